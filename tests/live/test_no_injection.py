"""Nothing that a profile, a command line or a host calls something is ever run, at either end.

`activate` and `command` of a profile, and what follows `nbtui shell NAME --`, are shell by design.
"""

import itertools
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.jupyter import launch, runtime_file
from lab.kernel import rest
from lab.sshd import BIN, SshHost, free_port
from nbtui.errors import NbtuiError
from nbtui.paths import Paths
from nbtui.profiles.schema import FLAVOR, FORWARD, JUPYTER, MACHINE, PROFILE
from nbtui.profiles.store import Store
from waiting import until

assert sys.platform != "win32"  # ptys are of POSIX

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(200)]

MARK = "pwned"
PAYLOADS = {
    "quote": f"'; touch {MARK}; '",
    "double quote": f'"; touch {MARK}; "',
    "substitution": f"$(touch {MARK})",
    "backticks": f"`touch {MARK}`",
    "newline": f"a\ntouch {MARK}\n",
    "dash": f"-oProxyCommand=touch {MARK}",
    "two dashes": f"--help; touch {MARK}",
    "format": f"#(touch {MARK})",
    "format in a format": f"#{{?1,#(touch {MARK}),}}",
    "semicolon": f"x; touch {MARK};",
    "last semicolon": "x;",
    "backslash": f"\\'; touch {MARK} #",
    "history": f"!!; touch {MARK}; !$",
    "pipe": f"x|touch {MARK}&",
}
SHELLS = ("bash", "zsh", "fish", "tcsh", "dash")


@pytest.fixture(autouse=True)
def nothing_ran(lab: Path) -> Iterator[None]:
    """No file of that name turns up: in either home, in a folder that something runs in, in a temporary one."""
    yield
    around = (
        Path.cwd(),
        Path.home(),
        Path("/"),
        Path(tempfile.gettempdir()),
        Path("/var/tmp"),  # noqa: S108  # looked into, not used
    )
    found = [*lab.rglob(MARK), *(one / MARK for one in around if (one / MARK).exists())]
    assert found == []


# ---------------------------------------------------------------- what a profile says

REFUSED = (
    *("host", "user", "jump", "host_key_alias", "address_family"),
    *("listen", "to", "kind"),
)
"""Text fields that take none of these."""
TAKEN = (
    *("identity_file", "certificate_file", "identity_agent"),
    *("group", "tags", "directory", "runner", "name"),
)
BY_DESIGN = ("activate", "command", "proxy_command")
NO_TEXT = ("port", "local_port", "keyring", "favourite", "cores", "memory_gb", "hourly")
TABLES = ("jupyter", "forwards", "machine", "flavors")


def test_every_field_of_a_profile_is_looked_at_here() -> None:
    fields = {*PROFILE, *JUPYTER, *FORWARD, *MACHINE, *FLAVOR}
    assert fields == {*REFUSED, *TAKEN, *BY_DESIGN, *NO_TEXT, *TABLES}


def profile(name: str, text: str) -> str:
    return f"[profiles.{json.dumps(name)}]\n{text}\n"


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_what_ends_in_a_shells_line_or_an_address_does_not_load(
    desk: Desk, payload: str
) -> None:
    store = Store(
        Paths(config_dir=desk.config, state_dir=desk.state, runtime_dir=desk.runtime)
    )
    value = json.dumps(payload)
    rest = {"kind": '"local"', "listen": '"localhost:1"', "to": '"localhost:1"'}
    for field in (*REFUSED, *NO_TEXT):
        one = {**rest, field: value}
        forward = "\n".join(f"{key} = {said}" for key, said in one.items())
        text = {
            **dict.fromkeys(("listen", "to", "kind"), f"[[profiles.x.forwards]]\n{forward}"),
            **dict.fromkeys(("cores", "memory_gb", "hourly"), f"machine.flavors = [{{name = 'x', {field} = {value}}}]"),
            "local_port": f"jupyter.local_port = {value}",
        }.get(field, f"{field} = {value}")  # fmt: skip
        with pytest.raises(NbtuiError):
            store.check(profile("x", text).encode())


def accepts(read: Callable[[object], object], value: str) -> bool:
    try:
        read(value)
    except Exception:  # noqa: BLE001  # whatever it says, it is not taken
        return False
    return True


@pytest.mark.parametrize(
    ("payload", "shell"),
    [*zip(PAYLOADS.values(), itertools.cycle(SHELLS), strict=False)],
    ids=PAYLOADS,
)
def test_what_a_profile_says_goes_through_a_whole_job_and_stays_text(
    make_host: Callable[..., SshHost], desk: Desk, payload: str, shell: str
) -> None:
    vm = make_host("vm", shell=f"/usr/bin/{shell}")  # noqa: S604  # the login shell
    vm.give_jupyter()
    for file, line in ((".zprofile", "export PATH={}:$PATH"), (".tcshrc", "setenv PATH {}:$PATH"), (".config/fish/config.fish", "set -gx PATH {} $PATH")):  # fmt: skip
        vm.write(file, line.format(BIN) + "\n")
    name = save(desk, vm, payload)
    ran = desk.nbtui("connect", name, "--no-browser", "--json")
    assert ran.status == 0, ran.err + desk.log()
    folder = ran.json["server"]["root_dir"]
    if accepts(JUPYTER["directory"], payload):
        assert folder == f"{vm.home}/work/{payload}"
    for words in (("url",), ("open",), ("hints",), ("logs",), ("profile", "show")):
        assert desk.nbtui(*words, name).status == 0, words
    said = desk.nbtui("shell", name, "--", "printf", "%s|", payload, "--", payload)
    assert said.out == f"{payload}|--|{payload}|"
    assert desk.nbtui("shell", name, "--", "pwd").out == f"{folder}\n"
    for verb in ("attach", "shell"):
        look_in(
            desk, verb, name, "[nbtui-"
        )  # the status line of tmux, which expands formats
    ran = desk.nbtui("stop", name, "--yes", "--json")
    assert (ran.status, ran.json["left"]) == (0, []), ran.err


def look_in(desk: Desk, verb: str, name: str, shows: str) -> None:
    """Take the terminal over, and leave it by tmux's own key."""
    with desk.terminal(verb, name) as tty:
        tty.wait_for(b"leaves it running")
        tty.wait_for(shows.encode())
        tty.type(b"\x02d")
        assert tty.end() == 0


def save(desk: Desk, vm: SshHost, payload: str) -> str:
    """A profile that has it in every field that takes it; its name, which may be it too."""
    name = payload if accepts(name_of, payload) else "myvm"
    quoted = json.dumps(payload)
    group = accepts(PROFILE["group"], payload)
    lines = [
        *([f"group = {quoted}", f"tags = [{quoted}]"] if group else []),
        *([f"machine.flavors = [{{name = {quoted}, cores = 1, memory_gb = 1}}]"] if group else []),
        f'port = {vm.port}\nhost = "127.0.0.1"',
        f"identity_file = {json.dumps([str(vm.key), *([payload] if chr(10) not in payload else [])])}",
        *([f"certificate_file = {quoted}\nidentity_agent = {quoted}"] if chr(10) not in payload else []),
        f"jupyter.port = {free_port()}\njupyter.local_port = {free_port()}",
        *([f"jupyter.directory = {json.dumps('work/' + payload)}"] if accepts(JUPYTER["directory"], payload) else []),
    ]  # fmt: skip
    (desk.config / "profiles.toml").write_text(profile(name, "\n".join(lines)))
    (desk.home / ".ssh" / "known_hosts").write_text(vm.known_hosts.read_text())
    (desk.home / ".ssh" / "config").write_text('Match exec "true %n %h %r %k"\n')
    return name


def name_of(value: object) -> str:
    from nbtui.profiles.values import profile_name  # noqa: PLC0415  # not a field

    return profile_name(value)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_runner_or_a_name_on_the_command_line_is_only_refused(
    desk: Desk, payload: str
) -> None:
    (desk.home / ".ssh" / "config").write_text(
        'Match exec "echo %n %h %r %k >/dev/null"\n ProxyCommand echo %n %h %r %k\n'
    )
    for words in (("connect", "--", payload), ("shell", "--", f"{payload}@h"), ("url", "--", f"u@{payload}")):  # fmt: skip
        assert desk.nbtui(*words).status in (2, 3, 6), words
    if accepts(JUPYTER["runner"], payload):
        text = f'host = "127.0.0.1"\njupyter.runner = {json.dumps(payload)}'
        (desk.config / "profiles.toml").write_text(profile("x", text))
        assert desk.nbtui("connect", "x").status == 2


def test_bash_completes_a_name_as_one_quoted_word(desk: Desk) -> None:
    name = PAYLOADS["substitution"]
    (desk.config / "profiles.toml").write_text(profile(name, 'host = "h"'))
    asked = {
        "_NBTUI_COMPLETE": "bash_complete",
        "COMP_WORDS": "nbtui connect ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        ["nbtui"], env={**desk.env, **asked}, capture_output=True, text=True, check=True
    )
    kind, _, word = done.stdout.strip().partition(",")
    assert (kind, shlex.split(word)) == ("plain", [name])


# ---------------------------------------------------------------- what a host calls things

EVIL = " ".join(
    PAYLOADS[key]
    for key in ("quote", "substitution", "backticks", "format", "last semicolon")
).replace("; '", ";'")


@pytest.fixture
def evil(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    """A host on which everything has such a name."""
    hostname = shlex.quote(EVIL[:60])
    host = make_host(f"x; printf %s {hostname} > /proc/sys/kernel/hostname")
    host.give_jupyter()
    desk.knows(host, local_port=free_port())
    return host


def tmux(host: SshHost, *words: str) -> str:
    return host.run(shlex.join(["tmux", *words]), check=False)


def literal(name: str) -> str:
    """For tmux's commands that expand formats, and for a last semicolon."""
    text = name.replace("#", "##")
    return f"{text[:-1]}\\;" if text.endswith(";") else text


def name_sessions(host: SshHost) -> None:
    """One of each name, with marks and a window that are called so too."""
    for number, payload in enumerate(PAYLOADS.values()):
        name = f"s{number}"
        tmux(host, "new-session", "-d", "-s", name, "sleep 1000")
        for mark in ("@nbtui_profile", "@nbtui_shell"):
            tmux(host, "set-option", "-t", name, mark, payload)
        tmux(host, "rename-window", "-t", name, literal(payload))
        tmux(host, "rename-session", "-t", name, literal(payload))


def test_names_of_sessions_folders_notebooks_and_marks_are_text(
    evil: SshHost, desk: Desk
) -> None:
    folder = evil.home / EVIL.replace("/", "_")
    folder.mkdir()
    port = launch(
        evil, "mine", f"--ServerApp.root_dir={folder}", env={"PATH": os.environ["PATH"]}
    )
    tmux(evil, "rename-session", "-t", "mine", literal(EVIL))
    name_sessions(evil)
    runtime_file(evil, port)
    assert MARK in tmux(evil, "list-sessions")
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err + desk.log()
    assert MARK in ran.json["server"]["session"]
    assert MARK in ran.json["server"]["root_dir"]
    page = desk.nbtui("url", "myvm").out.strip()
    for number, payload in enumerate((*PAYLOADS.values(), EVIL)):
        body = {"path": f"{number}{payload}.ipynb", "name": payload, "type": "notebook", "kernel": {"name": "python3"}}  # fmt: skip
        if number < 2 or payload == EVIL:
            rest(page, "POST", "api/sessions", body)
    until(lambda: len(desk.row()["kernel_list"]) == 3, what="the kernels in the row")
    for words in (("status",), ("hints", "myvm"), ("logs", "myvm"), ("open", "myvm")):
        assert desk.nbtui(*words).status == 0, words
    look_in(desk, "attach", "myvm", "touch")
    with desk.terminal("stop", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert MARK in tmux(evil, "list-sessions")


def test_an_environment_is_chosen_by_its_path_whatever_that_is(
    evil: SshHost, desk: Desk
) -> None:
    (evil.home / ".profile").unlink()
    places = [evil.home / "envs" / EVIL, evil.home / "envs" / PAYLOADS["double quote"]]
    for place in places:
        place.mkdir(parents=True)
        (place / "bin").symlink_to(BIN)
    evil.write(".conda/environments.txt", "".join(f"{place}\n" for place in places))
    with desk.terminal("connect", "myvm", "--no-browser") as tty:
        tty.wait_for(b"(0: none)")
        assert MARK.encode() in tty.shown
        tty.type(b"1\n")
        assert tty.end() == 0, tty.shown.decode() + desk.log()
    assert desk.row()["server"]["ours"]
    assert desk.nbtui("stop", "myvm", "--yes").status == 0
