"""Who has a local port: real programs that listen."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from lab.sshd import SshHost, free_port
from nbtui.ssh.portowner import owner_of
from waiting import until

pytestmark = pytest.mark.live
Run = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a program until the end of the test."""
    programs: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> "subprocess.Popen[bytes]":
        programs.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()
        program.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_an_ssh_that_has_this_very_tunnel_is_named_as_that(host: SshHost, run: Run) -> None:
    port = free_port()
    forward = f"{port}:localhost:8889"
    ssh = run(
        "ssh", "-F", "/dev/null", "-N", "-L", forward, "-i", str(host.key), "-p", str(host.port),
        "-o", f"UserKnownHostsFile={host.known_hosts}", "-o", "BatchMode=yes", "127.0.0.1",
    )  # fmt: skip
    until(lambda: listens(port), what="the tunnel of ssh")
    same = owner_of(port, wanted=8889)
    assert (
        same.text == f"ssh -L {forward} (pid {ssh.pid}), which already has this very tunnel"
    )
    assert "close that window" in same.hint
    assert "somewhere else" in owner_of(port, wanted=27017).text


def test_a_program_called_putty_seems_to_hold_the_tunnel(run: Run) -> None:
    port = free_port()
    code = f"""
import socket, signal, pathlib
pathlib.Path("/proc/self/comm").write_text("putty")
listener = socket.create_server(("127.0.0.1", {port}))
signal.pause()
"""
    putty = run(sys.executable, "-c", code)
    until(lambda: listens(port), what="PuTTY listening")
    said = owner_of(port, wanted=8889)
    assert said.text == f"PuTTY (pid {putty.pid}), which seems to hold this very tunnel"
    assert "close that window" in said.hint


def test_any_other_program_is_named_with_its_pid(run: Run) -> None:
    port = free_port()
    code = f"import socket, signal; s = socket.create_server(('::1', {port}), family=10); signal.pause()"
    program = run(sys.executable, "-c", code)
    until(lambda: owner_of(port).text, what="the program listening")
    said = owner_of(port).text
    assert said.startswith("python")
    assert said.endswith(f"(pid {program.pid})")


def test_our_own_port_is_said_to_be_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = owner_of(taken.getsockname()[1]).text
    assert said == f"nbtui itself (pid {os.getpid()}), for something else"


def test_a_port_that_nobody_has_has_no_owner() -> None:
    assert owner_of(free_port()).text == ""


@pytest.mark.root
def test_where_the_process_is_hidden_its_user_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = f"""
import os
from nbtui.ssh.portowner import owner_of
os.setuid(65534)
print(owner_of({port}).text)
"""
        said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert said.stdout == b"a process of root\n"
