"""Logins that are refused: exit 4, and what to do, each its own."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.logins import LoginServer, PasswordServer
from lab.sshd import SshHost, keygen
from waiting import until

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host that takes one key; its own key is trusted."""
    host = make_shared_host("vm")
    shared_desk.knows(host)
    return host


def save(desk: Desk, name: str, host: SshHost, key: Path, user: str = "") -> None:
    with (desk.config / "profiles.toml").open("a") as file:
        file.write(
            f'[profiles.{name}]\nhost = "127.0.0.1"\nport = {host.port}\nidentity_file = "{key}"\n'
            + (f'user = "{user}"\n' if user else "")
        )


def copy_of(key: Path, folder: Path) -> Path:
    copied = folder / "key"
    shutil.copy(key, copied)
    copied.chmod(0o600)
    return copied


def stranger(_key: Path, folder: Path) -> Path:
    return keygen(folder / "stranger")


def open_to_others(key: Path, folder: Path) -> Path:
    copied = copy_of(key, folder)
    copied.chmod(0o644)
    return copied


def public_half(key: Path, folder: Path) -> Path:
    return copy_of(key.with_suffix(".pub"), folder)


def rich_text(key: Path, folder: Path) -> Path:
    copied = copy_of(key, folder)
    copied.write_text("{\\rtf1\\ansi\n" + key.read_text().replace("\n", "\\\n") + "}")
    return copied


def encrypted(key: Path, folder: Path) -> Path:
    copied = copy_of(key, folder)
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "x" * 8, "-f", str(copied)]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
    return copied


def missing(_key: Path, folder: Path) -> Path:
    return folder / "id_nowhere"


Fault = tuple[Callable[[Path, Path], Path], str, str]
"""What makes the key, a word of the message, the beginning of the remedy."""


@pytest.mark.parametrize(
    "fault",
    [
        (stranger, "stranger", ""),
        (open_to_others, "others", "chmod 600"),
        (public_half, "public", ""),
        (rich_text, "RTF", ""),
        (encrypted, "passphrase", ""),
        (missing, "id_nowhere", ""),
    ],
)
def test_each_fault_of_a_key_is_named_with_its_remedy(
    vm: SshHost, shared_desk: Desk, tmp_path: Path, fault: Fault
) -> None:
    make, said, remedy = fault
    name = make.__name__
    save(shared_desk, name, vm, make(vm.key, tmp_path))
    ran = shared_desk.nbtui("connect", name)
    assert (ran.status, ran.out) == (4, ""), ran.err
    assert said in ran.err
    assert f"try: {remedy}" in ran.err
    assert "NAME" not in ran.err
    assert shared_desk.row(name)["state"] == "failed"


def test_a_wrong_user_is_exit_4_and_names_who_tried(vm: SshHost, shared_desk: Desk) -> None:
    save(shared_desk, "nobody", vm, vm.key, user="no-such-user")
    ran = shared_desk.nbtui("connect", "nobody")
    assert ran.status == 4
    assert "no-such-user@127.0.0.1" in ran.err
    assert "try: " in ran.err


def test_the_hosts_own_word_about_the_user_is_passed_on(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    refuse = (
        'echo \'Please login as the user "ubuntu" rather than the user "root".\'; sleep 10'
    )
    vm = make_host("cloud", config=f"ForceCommand {refuse}")
    desk.knows(vm)
    ran = desk.nbtui("connect", "myvm")
    assert ran.status == 4, ran.err
    assert "ubuntu" in ran.err


def test_an_agent_key_comes_from_the_login_of_who_asks(
    make_host: Callable[..., SshHost], desk: Desk, tmp_path: Path
) -> None:
    vm = make_host("vm")
    desk.knows(vm)
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace(str(vm.key), str(tmp_path / "none")))
    assert desk.nbtui("connect", "myvm", "--no-start").status == 4
    socket = Path(desk.root / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        until(socket.exists, what="an ssh-agent")
        env = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
        subprocess.run(["ssh-add", "-q", vm.key], env=env, check=True)
        ran = desk.nbtui("connect", "myvm", "--no-start", SSH_AUTH_SOCK=str(socket))
        assert ran.status == 7, ran.err
    finally:
        agent.kill()
        agent.wait()


@pytest.fixture(scope="module")
def password_host() -> Iterator[LoginServer]:
    server = LoginServer(lambda: PasswordServer("right"))
    yield server
    server.close()


def save_password_host(desk: Desk, server: LoginServer) -> None:
    (desk.config / "profiles.toml").write_text(
        f'[profiles.pw]\nhost = "127.0.0.1"\nport = {server.port}\nuser = "ada"\n'
    )
    (desk.home / ".ssh" / "config").write_text(
        f"Host 127.0.0.1\n  StrictHostKeyChecking accept-new\n  IdentityFile {desk.root}/none\n"
    )


def test_a_password_is_asked_on_stderr_without_echo_and_only_on_a_terminal(
    desk: Desk, password_host: LoginServer
) -> None:
    save_password_host(desk, password_host)
    ran = desk.nbtui("connect", "pw")
    assert ran.status == 4, ran.err
    assert "password" in ran.err
    assert "try: " in ran.err
    with desk.terminal("connect", "pw") as tty:
        for attempt in range(3):
            tty.wait_for(b"Password of ada@127.0.0.1", times=attempt + 1)
            tty.type(b"wr0ng\n")
        assert tty.end() == 4
    assert b"wr0ng" not in tty.shown
    assert "wr0ng" not in desk.log()


def test_ctrl_c_at_the_prompt_is_130_and_nothing_goes_on(
    desk: Desk, password_host: LoginServer
) -> None:
    save_password_host(desk, password_host)
    with desk.terminal("connect", "pw") as tty:
        tty.wait_for(b"Password of ada@127.0.0.1")
        assert desk.row("pw")["state"] == "needs-input"
        assert tty.interrupt() == 130
    until(lambda: desk.row("pw")["state"] == "disconnected", what="the end of the attempt")
