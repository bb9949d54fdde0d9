"""An agent that is killed: the next command starts another, which takes up all that needs no person again."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from lab.desk import Desk
from lab.kernel import Tab
from lab.sshd import SshHost, free_port, keygen
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]

PASSPHRASE = "open sesame"  # noqa: S105  # of a key of the lab


def kill_agent(desk: Desk) -> None:
    pid = desk.nbtui("agent", "status", "--json").json["agent"]["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid), what="the end of the agent")


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def closing_after() -> Iterator[Callable[[Tab], Tab]]:
    """Tabs that are closed at the end."""
    with contextlib.ExitStack() as stack:

        def keep(tab: Tab) -> Tab:
            stack.callback(tab.close)
            return tab

        yield keep


def connected(desk: Desk, name: str) -> dict[str, Any]:
    until(lambda: desk.row(name)["state"] == "connected", what=f"{name} connected again")
    return desk.row(name)


def made_by(host: SshHost) -> list[str]:
    """Processes of the host that are no SSH connection's."""
    return [one for one in host.processes() if "tmux" in one or "python" in one]


def connections(host: SshHost) -> int:
    return sum("sshd: " in one and "[priv]" not in one for one in host.processes())


@pytest.mark.parametrize("command", ["status", "connect", "start"])
def test_the_next_command_brings_up_what_was_up_and_touches_nothing_on_the_host(
    make_host: Callable[..., SshHost],
    desk: Desk,
    command: str,
    closing_after: Callable[[Tab], Tab],
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    desk.knows(vm, port=free_port())
    port = str(
        free_port()
    )  # said once on the command line; the pages that are open have it
    asked = ("connect", "myvm", "--no-browser", "--json", "--local-port", port)
    before = desk.nbtui(*asked).json
    tab = closing_after(Tab(desk.nbtui("url", "myvm").out.strip()))
    tab.open()
    assert tab.run("x = 6 * 7") == ""
    lives = made_by(vm)
    kill_agent(desk)
    words = {"status": [], "connect": ["myvm", "--no-browser"], "start": ["myvm"]}
    assert desk.nbtui(command, *words[command]).status == 0
    after = connected(desk, "myvm")
    assert after["url"] == before["url"] == f"http://localhost:{port}/"
    assert after["server"] == before["server"]
    assert made_by(vm) == lives
    until(lambda: connections(vm) == 1, what="the old agent's connection gone")
    tab.open()
    assert tab.run("print(x)") == "42\n"


def test_what_needs_a_person_waits_for_one_and_holds_up_nothing(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm, locked = make_host("vm"), make_host("locked", config="LogLevel VERBOSE")
    keygen(locked.root / "locked", passphrase=PASSPHRASE)
    for host in (vm, locked):
        host.give_jupyter()
    desk.knows(vm, "myvm", port=free_port())
    locked.key = locked.root / "locked"
    locked.prepare()
    desk.knows(locked, "locked", port=free_port())
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    before = log_in(desk)
    kill_agent(desk)
    tries = visits(locked)
    assert desk.nbtui("status").status == 0
    connected(desk, "myvm")
    until(lambda: desk.row("locked")["state"] == "needs-input", what="the question")
    question = desk.row("locked")["question"]
    assert question["kind"] == "passphrase"
    assert "locked" in question["text"]
    until(lambda: visits(locked) == tries + 1, what="one attempt, and no other")
    after = log_in(desk)
    assert after["url"] == before["url"]
    assert after["server"] == before["server"]
    assert visits(locked) == tries + 2


def log_in(desk: Desk) -> dict[str, Any]:
    with desk.terminal("connect", "locked", "--no-browser") as tty:
        tty.wait_for(b"Passphrase")
        tty.type(PASSPHRASE.encode() + b"\n")
        assert tty.end() == 0, tty.shown
    return desk.row("locked")


def visits(host: SshHost) -> int:
    """How many connections its sshd has seen, but for the lab's own look whether it listens."""
    return (host.root / "log").read_text().count("Connection from")
