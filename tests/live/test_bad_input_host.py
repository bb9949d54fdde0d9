"""Hosts that lack something: exit 7, what is missing, and the command that mends it. Nothing stays behind."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host without Jupyter on its PATH."""
    host = make_shared_host("vm")
    shared_desk.knows(host)
    return host


def settle(host: SshHost) -> None:
    """No tmux session, no start file and no Jupyter is left on the host."""
    until(
        lambda: not [x for x in host.processes() if "jupyter" in x or "tmux" in x],
        what="a host without a trace of the start",
    )
    assert list(host.home.rglob("*nbtui*/**/start*")) == []


def refused(desk: Desk, *words: str) -> str:
    ran = desk.nbtui(*words)
    assert (ran.status, ran.out) == (7, ""), ran.err
    assert "try: " in ran.err
    assert "NAME" not in ran.err
    assert "Traceback" not in ran.err
    return ran.err


def test_no_jupyter_at_all(vm: SshHost, shared_desk: Desk) -> None:
    err = refused(shared_desk, "connect", "myvm")
    assert "jupyter" in err.lower()
    settle(vm)


def test_no_tmux(make_host: Callable[..., SshHost], desk: Desk) -> None:
    hidden = 'mount --bind /dev/null "$(command -v tmux)"'
    vm = make_host("bare", boot=hidden)
    vm.give_jupyter()
    desk.knows(vm)
    err = refused(desk, "connect", "myvm")
    assert "tmux" in err
    assert "install" in err


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"activate": "conda activate nowhere"}, "conda"),
        ({"activate": "source ~/venv/bin/activate"}, "venv/bin/activate"),
        ({"directory": "/proc/nb/work"}, "/proc/nb/work"),
        ({"directory": "/etc/passwd/work"}, "/etc/passwd/work"),
        ({"command": "jupyter nosuchthing"}, "nosuchthing"),
        ({"command": "no-such-program --x"}, "no-such-program"),
    ],
    ids=str,
)
def test_what_a_start_fails_on_is_shown_in_its_own_words(
    with_jupyter: SshHost, desk: Desk, facts: dict[str, str], said: str
) -> None:
    desk.knows(with_jupyter, **facts)
    assert said in refused(desk, "start", "myvm")
    settle(with_jupyter)
    row = desk.row()
    assert row["state"] == "failed"
    assert said in row["last_error"]["message"]


@pytest.fixture(scope="module")
def with_jupyter(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host where a start would succeed."""
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


@pytest.mark.root
def test_a_read_only_folder(make_host: Callable[..., SshHost], desk: Desk) -> None:
    vm = make_host("ro", boot="mkdir -p /mnt && mount -t tmpfs -o ro tmpfs /mnt")
    vm.give_jupyter()
    desk.knows(vm, directory="/mnt/work")
    assert "/mnt/work" in refused(desk, "start", "myvm")
    settle(vm)


HOME = "mount -t tmpfs -o {0} tmpfs $home && cp $root/profile $home/.profile"
FULL = "{ dd if=/dev/zero of=$home/big bs=1k 2>/dev/null; true; }"
READ_ONLY = "mount -o remount,ro $home"
RUN = "mkdir -p /mnt && mount -t tmpfs tmpfs /mnt && mkdir -m 700 /mnt/run"
ROOM, OWNER = "try: make room on the host", "why this file system is read-only"


class Disk(NamedTuple):
    """Mounts of a host, and what a start there says."""

    boot: list[str]
    said: str
    hint: str
    env: dict[str, str] = {}  # noqa: RUF012  # nobody changes it


DISKS = {
    "full home": Disk([HOME.format("size=64k"), FULL], "No space left on device", ROOM),
    "no inode in the home": Disk(
        [HOME.format("nr_inodes=2")], "No space left on device", ROOM
    ),
    "read-only home": Disk(
        [HOME.format("size=1m"), READ_ONLY], "Read-only file system", OWNER
    ),
    "full home, start file elsewhere": Disk(
        [RUN, HOME.format("size=64k"), FULL],
        "Jupyter did not start: OSError: [Errno 28] No space left on device",
        ROOM,
        {"XDG_RUNTIME_DIR": "/mnt/run"},
    ),
    "read-only home, start file elsewhere": Disk(
        [RUN, HOME.format("size=1m"), READ_ONLY],
        "Jupyter did not start: the folder",
        "jupyter.directory",
        {"XDG_RUNTIME_DIR": "/mnt/run"},
    ),
    "no place for tmux's socket": Disk(
        ["mount -t tmpfs -o ro tmpfs $root/tmux"], "tmux makes no session", OWNER
    ),
}


@pytest.mark.root
@pytest.mark.parametrize("disk", DISKS.values(), ids=DISKS)
def test_a_disk_without_room_and_one_that_is_read_only(
    make_host: Callable[..., SshHost], desk: Desk, disk: Disk
) -> None:
    vm = make_host("full", env=disk.env)
    vm.give_jupyter()
    (vm.root / "profile").write_text((vm.home / ".profile").read_text())
    vm.stop()
    vm.boot = f"home={vm.home} root={vm.root}; {' && '.join(disk.boot)} || exit 1"
    vm.start()
    desk.knows(vm)
    err = refused(desk, "start", "myvm")
    assert disk.said in err
    assert disk.hint in err
    assert "of this user's own" not in err
    settle(vm)
    assert vm.run("ls -A /mnt/run/nbtui 2>/dev/null || true") == ""
    assert desk.row()["state"] == "failed"


def test_a_port_of_another_program_is_named(with_jupyter: SshHost, desk: Desk) -> None:
    port = free_port()
    other = subprocess.Popen(
        [*with_jupyter.enter, "python3", "-m", "http.server", "--bind", "127.0.0.1", f"{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: listens(port), what="the other program")
        desk.knows(with_jupyter, port=port)
        err = refused(desk, "start", "myvm")
    finally:
        other.kill()
        other.wait()
    assert f"port {port}" in err
    assert "python" in err
    settle(with_jupyter)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ordinary_user(vm: SshHost) -> str:
    """Boot lines that give the host a user ada; logind spares root."""
    passwd = vm.root / "passwd"
    line = f"ada:x:1000:1000::{vm.home}:/bin/bash\n"
    passwd.write_text(Path("/etc/passwd").read_text() + line)
    vm.root.chmod(0o755)
    for folder in (vm.home, vm.root / "tmux"):
        os.chown(folder, 1000, 1000)
    return f"mount --bind {passwd} /etc/passwd;"


def test_a_host_that_ends_programs_at_logout_says_so_before_anything_is_started(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("killer")
    vm.stop()
    vm.give_jupyter()
    (vm.root / "logind.conf").write_text("[Login]\nKillUserProcesses=yes\n")
    vm.boot = (
        "mount -t tmpfs tmpfs /run; mkdir -p /run/sshd /run/systemd/system;"
        f" mount --bind {vm.root}/logind.conf /etc/systemd/logind.conf"
    )
    if os.getuid() == 0:
        vm.boot = ordinary_user(vm) + vm.boot
    vm.start()
    desk.knows(vm)
    if os.getuid() == 0:
        file = desk.config / "profiles.toml"
        file.write_text(file.read_text().replace("\nport", '\nuser = "ada"\nport', 1))
    ran = desk.nbtui("start", "myvm")
    assert ran.status == 9, ran.err
    assert "at logout" in ran.err
    assert "try: on the host: loginctl enable-linger" in ran.err
    assert not any("tmux" in line for line in vm.processes())
    with desk.terminal("start", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        assert b"at logout" in tty.shown
        tty.type(b"n\n")
        assert tty.end() == 9
