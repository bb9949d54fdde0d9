"""A host with another key: refused by every command, replaced on one way only, and only by a person."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, keygen
from lab.tty import Terminal
from nbtui.client.engine import RemoteFailure, Unattended
from nbtui.client.socket_engine import SocketEngine, socket_engine
from nbtui.clock import SystemClock
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.paths import user_paths
from nbtui.profiles.sightings import Sightings

pytestmark = [pytest.mark.live, pytest.mark.slow]
DAY = 86400
FIX = """
import os, sys
from nbtui.cli.shared import Shared
from nbtui.errors import NbtuiError
shared = Shared.here()
try:
    shared.engine.replace_host_key("myvm", None, shared.talk)
except NbtuiError as error:
    sys.exit(int(error.code))
"""
"""What a command on a terminal does."""


@dataclass
class Talk:
    """A person who answers in turn; `then` happens before each answer."""

    answers: list[str | None]
    asked: list[Question] = field(default_factory=list)
    then: Callable[[], object] = lambda: None
    can_ask = True

    def ask(self, question: Question) -> str | None:
        self.asked.append(question)
        self.then()
        return self.answers.pop(0)

    def progress(self, snapshot: Snapshot) -> None: ...


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("vm")
    desk.knows(host)
    return host


@pytest.fixture
def engine(desk: Desk) -> SocketEngine:
    return socket_engine(paths=user_paths(desk.env), environ=desk.env, clock=SystemClock())


def known_hosts(desk: Desk) -> Path:
    return desk.home / ".ssh" / "known_hosts"


def print_of(private: Path) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-l", "-f", private.with_suffix(".pub")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.split()[1]


def set_up_anew(host: SshHost) -> None:
    """As a machine that was installed again: another key at the same place."""
    host.stop()
    for half in ("hostkey", "hostkey.pub"):
        (host.root / half).unlink()
    host.start()


def files(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.home / ".ssh").iterdir())


def logins(host: SshHost) -> int:
    log = (host.root / "log").read_text()
    return log.count("Accepted") + log.count("authenticating user")


def went_by(desk: Desk, key: str, host: SshHost, seconds: float) -> None:
    """Let the key have been seen so long ago."""
    clock = SystemClock()

    class Past(SystemClock):
        def wall(self) -> float:
            return clock.wall() - seconds

    path = user_paths(desk.env).state_json
    path.unlink(missing_ok=True)
    Sightings(path, clock=Past()).saw(f"[127.0.0.1]:{host.port}", key)


def test_a_yes_replaces_the_key_keeps_a_copy_and_the_next_connect_works(
    vm: SshHost, desk: Desk, engine: SocketEngine
) -> None:
    old = print_of(vm.root / "hostkey")
    with known_hosts(desk).open("a") as file:
        file.write(f"other {(vm.root / 'hostkey.pub').read_text()}# end\n")
    before = known_hosts(desk).read_text()
    set_up_anew(vm)
    new = print_of(vm.root / "hostkey")
    ran = desk.nbtui("shell", "myvm", "--", "true")
    assert (ran.status, "try: nbtui doctor myvm --fix" in ran.err) == (5, True)
    assert desk.row()["last_error"]["offered"] == new

    person = Talk(["yes"])
    [done] = engine.replace_host_key("myvm", new, person)
    [question] = person.asked
    said = "\n".join((question.text, *question.detail))
    assert question.kind == "changed-key"
    assert not question.typed, "it was never seen, so a yes will do"
    for fact in (old, new, f"{known_hosts(desk)}:1", "never seen"):
        assert fact in said
    assert (done.line, done.old, done.new) == (1, f"ED25519 {old}", f"ED25519 {new}")
    [kept] = map(Path, done.kept)
    assert kept.read_text() == before
    assert kept.stat().st_mode & 0o777 == 0o600
    lines, after = before.splitlines(), known_hosts(desk).read_text().splitlines()
    assert after[1:] == lines[1:]
    assert (vm.root / "hostkey.pub").read_text().split()[1] in after[0]
    assert logins(vm) == 0, "nobody logged in for it"
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    assert engine.replace_host_key("myvm", None, Unattended()) == ()


@pytest.mark.parametrize("answer", [None, "no", "", "y", "127.0.0.1"])
def test_anything_but_yes_leaves_everything_as_it_is(
    vm: SshHost, desk: Desk, engine: SocketEngine, answer: str | None
) -> None:
    before = known_hosts(desk).read_bytes()
    set_up_anew(vm)
    with pytest.raises(RemoteFailure, match="changed") as caught:
        engine.replace_host_key("myvm", None, Talk([answer]))
    assert caught.value.code == 5
    assert known_hosts(desk).read_bytes() == before
    assert files(desk) == ["known_hosts"]


def test_who_cannot_be_asked_has_refused(
    vm: SshHost, desk: Desk, engine: SocketEngine
) -> None:
    set_up_anew(vm)
    with pytest.raises(RemoteFailure, match="changed"):
        engine.replace_host_key("myvm", None, Unattended())
    assert files(desk) == ["known_hosts"]
    assert desk.row()["question"] is None


def test_a_key_that_was_seen_within_a_day_wants_the_hosts_name(
    vm: SshHost, desk: Desk, engine: SocketEngine
) -> None:
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    assert desk.nbtui("disconnect", "myvm").status == 0
    set_up_anew(vm)
    person = Talk(["yes", "127.0.0.1"])
    with pytest.raises(RemoteFailure):
        engine.replace_host_key("myvm", None, person)
    assert len(engine.replace_host_key("myvm", None, person)) == 1
    for question in person.asked:
        assert question.typed == "127.0.0.1"
        assert any("last seen" in line and " s ago" in line for line in question.detail)


@pytest.mark.parametrize(("ago", "typed"), [(DAY - 60, "127.0.0.1"), (DAY + 60, "")])
def test_a_day_makes_the_difference(
    vm: SshHost,
    desk: Desk,
    engine: SocketEngine,
    ago: float,
    typed: str,
) -> None:
    went_by(desk, print_of(vm.root / "hostkey"), vm, ago)
    set_up_anew(vm)
    person = Talk([None])
    with pytest.raises(RemoteFailure):
        engine.replace_host_key("myvm", None, person)
    assert person.asked[0].typed == typed


def test_a_key_that_is_not_the_one_that_was_shown_is_not_written(
    vm: SshHost, desk: Desk, engine: SocketEngine
) -> None:
    set_up_anew(vm)
    shown = print_of(vm.root / "hostkey")
    before = known_hosts(desk).read_bytes()
    person = Talk(["yes"], then=lambda: set_up_anew(vm))
    with pytest.raises(RemoteFailure, match="does not offer the key"):
        engine.replace_host_key("myvm", shown, person)
    with pytest.raises(RemoteFailure, match="does not offer the key"):
        engine.replace_host_key("myvm", shown, Talk([]))
    assert known_hosts(desk).read_bytes() == before


def test_a_file_that_was_changed_while_the_person_thought_is_left_alone(
    vm: SshHost, desk: Desk, engine: SocketEngine, tmp_path: Path
) -> None:
    set_up_anew(vm)
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    text = f"[127.0.0.1]:{vm.port} {other}"
    person = Talk(["yes"], then=lambda: known_hosts(desk).write_text(text))
    with pytest.raises(RemoteFailure) as caught:
        engine.replace_host_key("myvm", None, person)
    assert caught.value.code == 5
    assert known_hosts(desk).read_text() == text


def test_a_file_of_the_system_is_never_written_and_its_line_is_named(
    vm: SshHost, desk: Desk, engine: SocketEngine, tmp_path: Path
) -> None:
    system = tmp_path / "ssh_known_hosts"
    system.write_text(f"# all of us\n{vm.known_hosts.read_text()}")
    config = Path("/etc/ssh/ssh_known_hosts")
    assert not config.exists() or str(vm.port) not in config.read_text()
    (desk.home / ".ssh" / "config").write_text(f"GlobalKnownHostsFile {system}\n")
    before = system.read_bytes()
    set_up_anew(vm)
    person = Talk(["yes"])
    with pytest.raises(RemoteFailure) as caught:
        engine.replace_host_key("myvm", None, person)
    assert person.asked == []
    assert f"root of this machine must replace line 2 of {system}" in caught.value.hint
    assert system.read_bytes() == before
    assert files(desk) == ["config", "known_hosts"]


def test_a_jump_host_with_another_key_is_asked_about_first(
    vm: SshHost, desk: Desk, engine: SocketEngine, make_host: Callable[..., SshHost]
) -> None:
    inner = make_host("inner")
    desk.knows(inner, "inner")
    text = (desk.config / "profiles.toml").read_text()
    where = f"port = {inner.port}\n"
    (desk.config / "profiles.toml").write_text(
        text.replace(where, f'{where}jump = "myvm"\n')
    )
    for host in (vm, inner):
        set_up_anew(host)
    person = Talk(["yes", "yes"])
    done = engine.replace_host_key("inner", print_of(vm.root / "hostkey"), person)
    assert [one.host for one in done] == [f"[127.0.0.1]:{x.port}" for x in (vm, inner)]
    assert desk.nbtui("shell", "inner", "--", "hostname").out == "inner\n"


@pytest.mark.usefixtures("vm")
def test_a_link_that_stands_has_nothing_to_replace(
    desk: Desk, engine: SocketEngine
) -> None:
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    assert engine.replace_host_key("myvm", None, Unattended()) == ()


@pytest.mark.parametrize("typed", [b"\n", b"no\n", b"127.0.0.1\n"])
def test_on_a_terminal_the_name_is_typed_and_no_is_the_default(
    vm: SshHost, desk: Desk, typed: bytes
) -> None:
    went_by(desk, print_of(vm.root / "hostkey"), vm, 60)
    set_up_anew(vm)
    with Terminal(script=FIX, env=desk.env) as tty:
        tty.wait_for(b"Type 127.0.0.1 for yes [no]")
        for key in (print_of(vm.root / "hostkey").encode(), b"on file: ED25519"):
            assert key in tty.shown
        tty.type(typed)
        assert tty.end() == (0 if typed.startswith(b"127") else 5)
    yes = typed.startswith(b"127")
    assert len(files(desk)) == (2 if yes else 1)
    assert (desk.nbtui("shell", "myvm", "--", "true").status == 0) == yes
