"""Host keys that are not trusted: exit 5 on every path, and a yes is taken only from a person."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, keygen

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host without Jupyter: `--no-start` ends with 7 once the link is up."""
    return make_shared_host("vm")


def known_hosts(desk: Desk) -> Path:
    return desk.home / ".ssh" / "known_hosts"


def fingerprint(host: SshHost) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-l", "-f", host.root / "hostkey.pub"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()[1]


def test_an_unknown_key_without_a_terminal_is_shown_and_refused(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm)
    known_hosts(desk).unlink()
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert (ran.status, ran.out) == (5, "")
    assert fingerprint(vm) in ran.err
    assert "ED25519" in ran.err.upper()
    assert "try: " in ran.err
    assert not known_hosts(desk).exists()
    row = desk.row()
    assert (row["state"], row["last_error"]["code"]) == ("failed", 5)


@pytest.mark.parametrize(("typed", "status"), [(b"\n", 5), (b"n\n", 5), (b"y\n", 7)])
def test_on_a_terminal_it_is_asked_with_the_fingerprint_and_no_is_the_default(
    vm: SshHost, desk: Desk, typed: bytes, status: int
) -> None:
    desk.knows(vm)
    known_hosts(desk).unlink()
    with desk.terminal("connect", "myvm", "--no-start") as tty:
        tty.wait_for(b"[y/N]")
        assert fingerprint(vm).encode() in tty.shown
        tty.type(typed)
        assert tty.end() == status
    assert known_hosts(desk).exists() == (status == 7)
    assert desk.nbtui("connect", "myvm", "--no-start").status == (7 if status == 7 else 5)


def test_a_changed_key_is_refused_with_both_fingerprints_file_and_line_and_asks_nobody(
    vm: SshHost, desk: Desk, tmp_path: Path
) -> None:
    desk.knows(vm)
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known_hosts(desk).write_text(f"# mine\n[127.0.0.1]:{vm.port} {other}")
    before = known_hosts(desk).read_bytes()
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert ran.status == 5
    assert fingerprint(vm) in ran.err
    assert ran.err.count("SHA256:") >= 2
    assert f"{known_hosts(desk)}:2" in ran.err
    assert "try: nbtui doctor myvm --fix" in ran.err
    with desk.terminal("connect", "myvm", "--no-start") as tty:
        assert tty.end() == 5
    assert b"[y/N]" not in tty.shown
    assert known_hosts(desk).read_bytes() == before


def test_a_revoked_key_is_refused(vm: SshHost, desk: Desk) -> None:
    desk.knows(vm)
    known_hosts(desk).write_text("@revoked " + vm.known_hosts.read_text())
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert ran.status == 5
    assert "revoked" in ran.err
    assert f"{known_hosts(desk)}:1" in ran.err


def test_every_command_that_opens_the_link_has_the_same_status(
    vm: SshHost, shared_desk: Desk
) -> None:
    shared_desk.knows(vm)
    known_hosts(shared_desk).unlink()
    for words in (
        ("start", "myvm"),
        ("stop", "myvm"),
        ("open", "myvm"),
        ("url", "myvm"),
        ("logs", "myvm"),
        ("hints", "myvm"),
        ("shell", "myvm", "--", "true"),
        ("attach", "myvm"),
    ):
        ran = shared_desk.nbtui(*words)
        assert (ran.status, ran.out) == (5, ""), (words, ran)
