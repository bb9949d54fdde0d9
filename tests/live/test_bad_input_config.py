"""profiles.toml and ssh_config that cannot be used as they are: said with place, key and remedy; nothing is overwritten."""

import getpass
import stat
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost

pytestmark = pytest.mark.live

GOOD = '# mine\n[profiles.vm]\nhost = "127.0.0.1"\n'


def toml(desk: Desk) -> Path:
    return desk.config / "profiles.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[profiles.vm]\nhost = \n", ["profiles.toml:2:8", "quotes"]),
        ("[profiles.vm]\n[profiles.vm]\n", ["profiles.toml:2", "vm"]),
        ("[profiles.vm]\nport = 'ssh'\n", ["profiles.toml:2", "port"]),
        ("[profiles.vm]\nport = 70000\n", ["profiles.toml:2", "port"]),
        ("[profiles.vm.jupyter]\nport = true\n", ["profiles.toml:2", "port"]),
        ("[profiles.vm]\nhost = '-oProxyCommand=id'\n", ["profiles.toml:2", "host"]),
        ("[profiles.vm]\nuser = 'a;id'\n", ["profiles.toml:2", "user"]),
        ("profiles = 3\n", ["profiles.toml:1", "profiles"]),
        (
            "[[profiles.vm.forwards]]\nkind = 'up'\nlisten = 'localhost:1'\nto = 'h:1'\n",
            ["profiles.toml:2", "local"],
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_line_and_key_and_left_alone(
    desk: Desk, text: str, said: list[str]
) -> None:
    toml(desk).write_text(text)
    for words in (("profile", "add", "new", "h"), ("status",)):
        ran = desk.nbtui(*words)
        assert (ran.status, ran.out) == (1, ""), ran.err
        for part in said:
            assert part in ran.err
        assert "try: " in ran.err
    assert toml(desk).read_text() == text


def test_connect_says_it_too_and_works_again_once_the_file_is_mended(
    desk: Desk, host: SshHost
) -> None:
    desk.knows(host)
    good = toml(desk).read_text()
    toml(desk).write_text(good + "[profiles.")
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert ran.status == 1
    assert "profiles.toml:6:" in ran.err
    toml(desk).write_text(good)
    assert desk.nbtui("connect", "myvm", "--no-start").status == 7


def test_an_unknown_key_is_a_warning_with_the_nearest_known_one_said_once(
    desk: Desk, host: SshHost
) -> None:
    desk.knows(host, local_prot=1234)
    for words in (
        ("profile", "list"),
        ("profile", "show", "myvm"),
        ("connect", "myvm", "--no-start"),
    ):
        err = desk.nbtui(*words).err
        assert err.count("local_port") == 1, err
        assert "profiles.toml:6" in err


def test_a_repeated_name_is_refused_by_add_and_rename(desk: Desk) -> None:
    toml(desk).write_text(GOOD + "[profiles.other]\n")
    before = toml(desk).read_bytes()
    for words in (("profile", "add", "vm", "h"), ("profile", "rename", "other", "vm")):
        ran = desk.nbtui(*words)
        assert ran.status in (1, 2, 9)
        assert "vm" in ran.err
        assert "try: " in ran.err
    assert toml(desk).read_bytes() == before


@pytest.mark.parametrize(
    "words", [("remove", "my.v"), ("rename", "my.v", "x"), ("show", "my v")]
)
def test_a_name_that_is_not_there_is_exit_3_with_the_nearest(
    desk: Desk, words: tuple[str, ...]
) -> None:
    toml(desk).write_text("[profiles.myvm]\n")
    ran = desk.nbtui("profile", *words)
    assert ran.status == 3, ran.err
    assert "there is myvm" in ran.err
    assert toml(desk).read_text() == "[profiles.myvm]\n"


def test_what_an_editor_broke_is_refused_and_kept_beside(desk: Desk) -> None:
    toml(desk).write_text(GOOD)
    editor = desk.root / "editor"
    editor.write_text('#!/bin/sh\necho "[profiles." >> "$1"\n')
    editor.chmod(0o755)
    ran = desk.nbtui("profile", "edit", EDITOR=str(editor))
    assert ran.status == 1
    kept = Path(ran.err.partition("what you wrote is in ")[2].splitlines()[0])
    assert kept.read_text() == GOOD + "[profiles.\n"
    assert toml(desk).read_text() == GOOD
    kept.unlink()
    kept.parent.rmdir()


def test_an_editor_that_is_not_there_or_fails_is_said(desk: Desk) -> None:
    toml(desk).write_text(GOOD)
    folder = desk.root / "tmp"
    folder.mkdir()
    where = str(folder)
    for editor in ("/no/such/editor", '"'):
        assert desk.nbtui("profile", "edit", EDITOR=editor, TMPDIR=where).status == 2
    ran = desk.nbtui("profile", "edit", EDITOR="false", TMPDIR=where)
    assert "nothing was changed" in ran.err
    assert not list(folder.iterdir())


def test_an_empty_file_is_opened_with_a_profile_to_fill_in(desk: Desk) -> None:
    editor = desk.root / "editor"
    for change, profiles in (("true", 0), ("sed -i 's/^# //;1,2d'", 1)):
        editor.write_text(f'#!/bin/sh\n{change} "$1"\n')
        editor.chmod(0o755)
        assert desk.nbtui("profile", "edit", EDITOR=str(editor)).status == 0
        found = desk.nbtui("profile", "list", "--json").json["profiles"]
        assert len(found) == profiles
        assert toml(desk).exists() is bool(profiles)


def test_a_new_file_is_private_and_the_mode_of_an_old_one_stays(desk: Desk) -> None:
    desk.nbtui("profile", "add", "vm", "ada@h:2222")
    assert stat.S_IMODE(toml(desk).stat().st_mode) == 0o600
    toml(desk).chmod(0o640)
    desk.nbtui("profile", "add", "vm2", "h")
    assert stat.S_IMODE(toml(desk).stat().st_mode) == 0o640


def test_what_add_was_told_twice_differently_is_exit_2(desk: Desk) -> None:
    ran = desk.nbtui("profile", "add", "vm", "ada@h", "--user", "bob")
    assert (ran.status, toml(desk).exists()) == (2, False)


def test_a_fault_of_ssh_config_is_said_with_file_and_line(desk: Desk) -> None:
    (desk.home / ".ssh" / "config").write_text("Host box\n  Port many\n")
    ran = desk.nbtui("connect", "box")
    assert ran.status == 1
    assert "config:2" in ran.err


def test_a_bare_alias_of_ssh_config_and_a_typed_address_connect(
    desk: Desk, host: SshHost
) -> None:
    desk.knows(host)
    toml(desk).unlink()
    (desk.home / ".ssh" / "config").write_text(
        f"Host box\n  HostName 127.0.0.1\n  Port {host.port}\n  IdentityFile {host.key}\n"
        f"Host 127.0.0.1\n  IdentityFile {host.key}\n"
    )
    for name in ("box", f"{getpass.getuser()}@127.0.0.1:{host.port}"):
        ran = desk.nbtui("connect", name, "--no-start", "--no-browser")
        assert ran.status == 7, ran.err + desk.log()
        assert f"try: nbtui start {name}" in ran.err
        assert desk.nbtui("shell", name, "--", "true").status == 0
        assert desk.row(name)["lights"]["link"] == "ok"
    ran = desk.nbtui("agent", "status", "--json")
    assert ran.status == 0, ran.err + desk.log()
    assert ran.json["agent"]["links"] == 1


def test_a_locked_file_is_waited_for(desk: Desk) -> None:
    writers = [desk.begin("profile", "add", f"vm{n}", "h") for n in range(6)]
    for writer in writers:
        _, err = writer.communicate(timeout=30)
        assert writer.returncode == 0, err
    assert len(desk.nbtui("profile", "list").out.splitlines()) == 6
