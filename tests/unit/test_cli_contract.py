"""What every command keeps to: help, exit status, streams, and what is not imported."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from fuzz.targets import TARGETS
from lab.desk import Desk
from nbtui.cli import output
from nbtui.cli.dashboard import outside_of
from nbtui.cli.main import COMMANDS, nbtui
from nbtui.cli.shared import Shared
from nbtui.errors import NbtuiError

HEAVY = {
    "textual", "paramiko", "sshtunnel", "libtmux", "asyncio", "tomlkit", "keyring",
    "cryptography", "argon2", "bcrypt",
}  # fmt: skip


def every_command() -> Iterator[tuple[str, ...]]:
    context = click.Context(nbtui)
    for name in COMMANDS:
        yield (name,)
        command = nbtui.get_command(context, name)
        if isinstance(command, click.Group):
            yield from below((name,), command)


def below(words: tuple[str, ...], group: click.Group) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from below((*words, name), command)


def help_of(words: tuple[str, ...]) -> str:
    command: click.Command | None = nbtui
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command.get_help(click.Context(command, info_name=" ".join(("nbtui", *words))))


@pytest.mark.parametrize("words", [(), *every_command()], ids=" ".join)
def test_every_help_has_an_example_and_the_exit_status(words: tuple[str, ...]) -> None:
    text = help_of(words)
    example = " ".join(("Example: nbtui", *words))
    assert example in text
    assert re.search(r"Exit status:.*130\s+interrupted", text, re.DOTALL)


def test_the_list_of_commands_is_the_contract() -> None:
    page = Path(__file__).parents[2] / "README.md"
    text = page.read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"nbtui {name}" not in text]
    assert missing == []


def imported(desk: Desk, code: str) -> set[str]:
    """What was imported once `code` ran, by the names that are heavy."""
    script = (
        f"import sys\n{code}\nprint('\\n'.join(m.partition('.')[0] for m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=desk.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return HEAVY & set(done.stdout.split())


def test_the_command_line_itself_imports_nothing_heavy(desk: Desk) -> None:
    assert imported(desk, "import nbtui.cli.main") == set()


def test_status_without_an_agent_starts_none_and_imports_nothing_heavy(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.myvm]\n")
    run = "from nbtui.cli.main import run\nassert run(['status']) == 0"
    assert imported(desk, run) == set()
    assert desk.nbtui("agent", "status").out == "not running\n"
    assert list(desk.runtime.iterdir()) == []


def test_a_key_is_looked_at_without_what_opens_it(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "key.ppk"
    file.write_bytes(TARGETS["PuTTY key"].seeds[1])
    file.chmod(0o600)
    look = f"from nbtui.keys.ondisk import look_at\nassert look_at({str(file)!r}).encrypted"
    assert imported(desk, look) == set()


def test_without_any_profile_status_prints_nothing_and_is_content(desk: Desk) -> None:
    ran = desk.nbtui("status")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("connect",),
        ("connect", "vm", "--wait", "soon"),
        ("connect", "vm", "--local-port", "70000"),
        ("disconnect",),
        ("disconnect", "vm", "--all"),
        ("logs", "vm", "-n", "0"),
        ("completion", "cmd.exe"),
        ("profile", "nonsense"),
        ("connect", "-oProxyCommand=id"),
        ("connect", "--", "-oProxyCommand=id"),
        ("connect", "a;b@c$(id)"),
        ("profile", "add", "vm", "h;id"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_exit_2_without_a_trace(
    desk: Desk, words: tuple[str, ...]
) -> None:
    ran = desk.nbtui(*words)
    assert (ran.status, ran.out) == (2, ""), ran.err
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_mistyped_command_is_answered_with_the_nearest(desk: Desk) -> None:
    assert "'connect'" in desk.nbtui("conect", "myvm").err
    assert "try: nbtui connect myvm" in desk.nbtui("myvm").err


def test_the_dashboard_without_a_terminal_is_exit_2(desk: Desk) -> None:
    ran = desk.nbtui()
    assert (ran.status, ran.out) == (2, "")
    assert "try: nbtui status" in ran.err


def test_an_unknown_name_is_exit_3_with_the_nearest_names(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.myvm]\n[profiles.gpu1]\n")
    for words in (
        ("status", "myvn"),
        ("connect", "myvn.invalid"),
        ("stop", "myvn.invalid"),
    ):
        ran = desk.nbtui(*words)
        assert (ran.status, ran.out) == (3, ""), ran.err
        assert "myvm" in ran.err or "invalid" in words[1]
        assert "try: " in ran.err
    assert "try: the same with myvm" in desk.nbtui("status", "myvn").err
    assert "try: nbtui profile list" in desk.nbtui("profile", "remove", "qqq").err


def test_a_command_without_its_name_is_told_one_that_is_saved(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.myvm]\n[profiles.gpu1]\n")
    for words in (("connect",), ("stop",), ("profile", "show")):
        assert f"try: nbtui {' '.join(words)} myvm" in desk.nbtui(*words).err
    assert "try: " not in desk.nbtui("profile", "add").err


def test_a_local_port_that_is_none_is_told_what_is_one(desk: Desk) -> None:
    for word in ("abc", "0", "70000", "-1"):
        ran = desk.nbtui("connect", "vm", "--local-port", word)
        assert ran.status == 2
        assert "1 to 65535, nor auto" in ran.err


def test_where_something_happened_stands_in_the_first_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.error(NbtuiError("it ended\nits terminal says: ouch", layer="jupyter", hint="x"))
    assert capsys.readouterr().err.splitlines() == [
        "nbtui: it ended (jupyter)", "its terminal says: ouch", "try: x",
    ]  # fmt: skip


def test_a_reader_that_leaves_early_is_no_error(desk: Desk) -> None:
    lines = "".join(f"[profiles.p{n}]\n" for n in range(3000))
    (desk.config / "profiles.toml").write_text(lines)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m nbtui profile list | head -n 1"],
        env=desk.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("p0\tp0\t\t\n", "")


def test_an_error_has_a_trace_only_for_who_asks(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.")
    assert "Traceback" not in desk.nbtui("profile", "list").err
    assert "Traceback" in desk.nbtui("profile", "list", NBTUI_DEBUG="1").err


def test_disconnect_without_an_agent_starts_none(desk: Desk) -> None:
    assert desk.nbtui("disconnect", "--all").status == 0
    assert desk.nbtui("agent", "status", "--json").json == {"agent": None}


def test_disconnect_needs_no_profiles_toml_that_loads(desk: Desk) -> None:
    assert desk.nbtui("connect", "ada@127.0.0.1:1").status == 6
    (desk.config / "profiles.toml").write_text("[[[")
    assert desk.nbtui("disconnect", "ada@127.0.0.1:1").status == 0
    assert desk.nbtui("disconnect", "--all").status == 0
    assert desk.nbtui("disconnect", "other").status == 1


def test_a_state_folder_that_cannot_be_made_costs_the_log_and_no_more(desk: Desk) -> None:
    desk.env["NBTUI_STATE_DIR"] = f"{os.devnull}/state"
    assert desk.nbtui("agent", "start").status == 0
    assert desk.nbtui("connect", "ada@127.0.0.1:1").status == 6
    logs = desk.nbtui("agent", "logs")
    assert (logs.status, logs.out) == (1, "")
    assert "log: Not a directory" in logs.err


def test_an_agent_that_has_no_place_for_its_socket_says_so(desk: Desk) -> None:
    nowhere = f"{os.devnull}/run"
    ran = desk.nbtui("agent", "start", NBTUI_STATE_DIR=nowhere, XDG_RUNTIME_DIR=nowhere)
    assert ran.status == 1
    assert "Not a directory" in ran.err


def test_a_renamed_profile_keeps_what_is_remembered_and_a_removed_one_is_forgotten(
    desk: Desk,
) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.old]\nhost = 'h'\n")
    state = user_state(desk)
    state.write_text(json.dumps({"profiles": {"old": {"local_port": 1234}}}))
    assert desk.nbtui("profile", "rename", "old", "new").status == 0
    assert json.loads(state.read_text())["profiles"] == {"new": {"local_port": 1234}}
    assert desk.nbtui("profile", "remove", "new").status == 0
    assert json.loads(state.read_text())["profiles"] == {}


def user_state(desk: Desk) -> Path:
    """The state file of this configuration folder."""
    script = "from nbtui.paths import user_paths; print(user_paths().state_json)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=desk.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


@pytest.mark.parametrize(
    "words",
    [
        ("status", "--json"),
        ("profile", "list", "--json"),
        ("profile", "list", "--all", "--json"),
        ("profile", "show", "vm", "--json"),
        ("agent", "status", "--json"),
        ("doctor", "--json"),
        ("hints", "--json"),
    ],
    ids=" ".join,
)
def test_json_is_one_document_on_one_line(desk: Desk, words: tuple[str, ...]) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.vm]\nhost = '127.0.0.1'\n")
    ran = desk.nbtui(*words)
    assert ran.status == 0, ran.err
    assert ran.out.count("\n") == 1
    assert isinstance(ran.json, dict)


def test_the_script_the_module_and_version_agree(desk: Desk) -> None:
    script = Path(sys.executable).with_name("nbtui")
    done = subprocess.run(
        [script, "--version"], env=desk.env, capture_output=True, text=True, check=True
    )
    assert done.stdout == desk.nbtui("-V").out
    assert done.stdout.startswith("nbtui ")


def test_nothing_is_imported_from_the_working_folder_by_the_agent(desk: Desk) -> None:
    (desk.home / "paramiko.py").write_text("raise SystemExit('imported from the home')")
    (desk.home / "json.py").write_text("")
    script = Path(sys.executable).with_name("nbtui")
    done = subprocess.run(
        [script, "agent", "start"],
        env=desk.env,
        cwd=desk.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_the_dashboard_is_handed_can_be_put_together() -> None:
    """Only a real terminal would notice otherwise."""
    assert callable(outside_of(Shared.here()).saved)
