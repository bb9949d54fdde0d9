"""Ctrl-C at any point: exit 130, one line, nothing half-made at either end."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host with Jupyter, saved as myvm."""
    host = make_shared_host("vm")
    host.give_jupyter()
    shared_desk.knows(host, port=free_port(), local_port=free_port())
    return host


@pytest.fixture(autouse=True)
def fresh(shared_desk: Desk) -> Iterator[None]:
    """Nothing is connected before, and afterwards no server is left."""
    yield
    shared_desk.nbtui("stop", "myvm", "--yes", "--force")


def interrupt(process: "subprocess.Popen[str]") -> str:
    """Ctrl-C; what it said on stderr after it has ended with 130."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, ""), err
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "nbtui: interrupted"
    return err


def doing(desk: Desk, words: str) -> None:
    until(lambda: words in desk.row()["doing"], what=words)


def nothing_is_left(desk: Desk, vm: SshHost) -> None:
    until(lambda: desk.row()["state"] == "disconnected", what="the end of the attempt")
    assert desk.row()["lights"]["link"] == "off"
    assert desk.row()["last_error"] is None
    until(lambda: vm.processes() == [], what="a host without a trace")
    assert list(vm.home.rglob(".nbtui*")) == []


def test_during_the_dial_to_a_host_that_says_nothing(shared_desk: Desk) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        with (shared_desk.config / "profiles.toml").open("a") as file:
            port = listener.getsockname()[1]
            file.write(f'[profiles.frozen]\nhost = "127.0.0.1"\nport = {port}\n')
        process = shared_desk.begin("connect", "frozen")
        peer, _ = listener.accept()
        with peer:
            until(lambda: shared_desk.row("frozen")["state"] == "connecting", what="a dial")
            interrupt(process)
            until(
                lambda: shared_desk.row("frozen")["state"] == "disconnected", what="the end"
            )
            peer.settimeout(10)
            while peer.recv(1024):
                pass  # its version string; then the end: nobody holds the connection


def test_while_jupyter_starts(vm: SshHost, shared_desk: Desk) -> None:
    process = shared_desk.begin("connect", "myvm", "--no-browser")
    doing(shared_desk, "starting Jupyter")
    until(lambda: any("jupyter" in one for one in vm.processes()), what="a Jupyter")
    interrupt(process)
    nothing_is_left(shared_desk, vm)


def test_during_a_start_that_never_gets_anywhere(vm: SshHost, desk: Desk) -> None:
    desk.knows(vm, activate="sleep 1000", port=free_port())
    process = desk.begin("start", "myvm")
    until(lambda: any("sleep 1000" in one for one in vm.processes()), what="the activation")
    interrupt(process)
    nothing_is_left(desk, vm)


def test_one_who_leaves_takes_nothing_from_another_who_waits(
    vm: SshHost, shared_desk: Desk
) -> None:
    assert vm.port
    one = shared_desk.begin("connect", "myvm", "--no-browser")
    doing(shared_desk, "starting Jupyter")
    other = shared_desk.begin("connect", "myvm", "--no-browser", "--json")
    until(lambda: len(clients(shared_desk)) >= 2, what="two who wait")
    interrupt(one)
    _, err = other.communicate(timeout=40)
    assert other.returncode == 0, err
    assert shared_desk.row()["state"] == "connected"


def clients(desk: Desk) -> list[str]:
    """Connections to the agent's socket."""
    done = subprocess.run(["ss", "-xH"], capture_output=True, text=True, check=True)
    return [x for x in done.stdout.splitlines() if str(desk.runtime) in x and "ESTAB" in x]


def test_while_it_watches_or_follows(vm: SshHost, shared_desk: Desk) -> None:
    assert vm.port
    assert shared_desk.nbtui("connect", "myvm", "--no-browser").status == 0
    for words in (("status", "--watch", "--json"), ("logs", "myvm", "-f")):
        process = shared_desk.begin(*words)
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130, err
        assert "Traceback" not in err
    assert shared_desk.row()["state"] == "connected"


COMMANDS = {
    "writes": ("yes", "4711"),
    "is silent": ("sleep", "4711"),
    "is a pipeline": ("sleep 4711 | sleep 4712",),
    "heeds neither Ctrl-C nor a hang-up": (
        "trap '' INT HUP; while :; do sleep 4711; done",
    ),
}


def runs(vm: SshHost) -> bool:
    return any(re.search("(sleep|yes) 471[12]", one) for one in vm.processes())


def only_the_link(vm: SshHost) -> bool:
    """Nothing of a command is left, not even the shells on the way to it."""
    link = re.compile(r"\d+ (sshd\b.*|sh -s|sleep 0\.1)")
    return all(link.fullmatch(one) for one in vm.processes())


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_in_a_remote_command_it_ends_and_the_link_stays(
    vm: SshHost, shared_desk: Desk, command: tuple[str, ...], sent: signal.Signals
) -> None:
    process = shared_desk.begin("shell", "myvm", "--", *command)
    until(lambda: runs(vm), what="the command")
    process.send_signal(sent)
    _, err = process.communicate(timeout=20)
    assert process.returncode == (130 if sent is signal.SIGINT else -sent), err
    until(lambda: only_the_link(vm), what="the end of the command")
    assert shared_desk.row()["lights"]["link"] == "ok", shared_desk.log()[-3000:]


def test_in_a_command_that_does_not_read_what_it_is_given(
    vm: SshHost, shared_desk: Desk
) -> None:
    script = f"exec {sys.executable} -m nbtui shell myvm -- sleep 4711 < /dev/zero"
    with subprocess.Popen(
        ["sh", "-c", script], env=shared_desk.env, stderr=subprocess.PIPE, text=True
    ) as process:
        until(lambda: runs(vm), what="the command")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130, err
    until(lambda: only_the_link(vm), what="the end of the command")


def test_a_command_that_ends_leaves_what_it_put_into_the_background(
    vm: SshHost, shared_desk: Desk
) -> None:
    line = "nohup sleep 4711 > /dev/null 2>&1 < /dev/null & echo begun"
    ran = shared_desk.nbtui("shell", "myvm", "--", line)
    assert (ran.status, ran.out) == (0, "begun\n"), ran.err
    assert runs(vm)
    assert shared_desk.nbtui("shell", "myvm", "--", "pkill", "-f", "sleep 4711").status == 0


def test_at_the_question_of_stop_nothing_is_stopped(vm: SshHost, shared_desk: Desk) -> None:
    assert vm.port
    assert shared_desk.nbtui("connect", "myvm", "--no-browser").status == 0
    pid = shared_desk.row()["server"]["pid"]
    with shared_desk.terminal("stop", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        assert tty.interrupt() == 130
    until(lambda: shared_desk.row()["state"] == "connected", what="connected as before")
    assert shared_desk.row()["question"] is None
    assert shared_desk.row()["server"]["pid"] == pid
    with shared_desk.terminal("stop", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        tty.type(b"\n")
        assert tty.end() == 9
    assert shared_desk.row()["server"]["pid"] == pid


def test_before_the_program_has_begun(shared_desk: Desk) -> None:
    process = shared_desk.begin("connect", "myvm")
    until(Path(f"/proc/{process.pid}/exe").exists, what="a process")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGINT)
