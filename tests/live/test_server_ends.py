"""Jupyter ends in every way there is while the link stays: it is said how, and `start` brings it back where it was."""

import contextlib
import json
import signal
import socket
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from lab.desk import Desk
from lab.kernel import Tab, rest
from lab.sshd import SshHost, free_port
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]

LIGHTS = {"link": "ok", "tunnel": "off", "server": "bad", "kernels": "off"}


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    """A host with Jupyter, saved as myvm without a port of its own, and connected."""
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, local_port=free_port())
    return host


def on_its_own_port(desk: Desk) -> None:
    """On a port that no other test's Jupyter takes while ours is away."""
    file, table = desk.config / "profiles.toml", "[profiles.myvm.jupyter]\n"
    file.write_text(file.read_text().replace(table, f"{table}port = {free_port()}\n"))


def connect(desk: Desk) -> dict[str, Any]:
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err + desk.log()
    row: dict[str, Any] = ran.json
    return row


def by_signal(number: int) -> Callable[[SshHost, Desk, int], object]:
    return lambda host, _desk, pid: host.run(f"kill -{number} {pid}")


def by_its_own_api(_host: SshHost, desk: Desk, _pid: int) -> object:
    with contextlib.suppress(OSError):  # it may end before it has answered
        rest(desk.nbtui("url", "myvm").out.strip(), "POST", "api/shutdown")
    return None


def by_keys(host: SshHost, _desk: Desk, _pid: int) -> object:
    host.run("tmux send-keys -t nbtui-myvm C-c")
    until(
        lambda: "(y/[n])" in host.run("tmux capture-pane -p -t nbtui-myvm"),
        what="Jupyter's question",
    )
    return host.run("tmux send-keys -t nbtui-myvm y Enter")


def version_at(row: dict[str, Any]) -> Any:
    with urllib.request.urlopen(f"{row['url']}api", timeout=10) as reply:
        return json.load(reply)["version"]


def gone(desk: Desk) -> dict[str, Any]:
    """The row once it says that the server ended."""
    until(lambda: desk.row()["lights"]["server"] == "bad", what="the server's light")
    return desk.row()


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (by_signal(signal.SIGKILL), "it was killed (SIGKILL), as where memory runs out"),
        (by_signal(signal.SIGTERM), "it was shut down"),
        (by_its_own_api, "it was shut down"),
        (by_keys, "it was shut down"),
    ],
    ids=["killed", "SIGTERM", "its own API", "Ctrl-C"],
)
def test_how_it_ended_is_said_and_start_brings_it_back_on_both_its_ports(
    vm: SshHost, desk: Desk, end: Callable[[SshHost, Desk, int], object], said: str
) -> None:
    on_its_own_port(desk)
    before = connect(desk)
    token = desk.nbtui("url", "myvm").out.strip().partition("token=")[2]
    end(vm, desk, before["server"]["pid"])
    row = gone(desk)
    assert (row["state"], row["lights"], row["server"]) == ("connected", LIGHTS, None)
    message = row["last_error"]["message"]
    first, *lines = message.splitlines()
    known = "; its terminal says:"
    told = {f"Jupyter of myvm ended: {said}{known}", f"Jupyter of myvm ended{known}"}
    assert first in told  # tmux 3.3 forgets the exit status of some panes for good
    assert lines
    assert token not in message
    assert row["last_error"]["try"] == "nbtui start myvm"
    with socket.socket() as probe:  # bound all the time
        assert probe.connect_ex(("127.0.0.1", before["local_port"])) == 0

    started = desk.nbtui("start", "myvm")
    assert started.status == 0, started.err + desk.log()
    after = desk.row()
    assert after["server"]["pid"] != before["server"]["pid"]
    assert after["remote_port"] == before["remote_port"]
    assert after["url"] == before["url"]
    assert after["last_error"] is None
    assert version_at(after)
    assert vm.run("tmux list-sessions -F '#{session_name}'").split() == ["nbtui-myvm"]


def test_connect_brings_it_back_too(vm: SshHost, desk: Desk) -> None:
    on_its_own_port(desk)
    before = connect(desk)
    vm.run(f"kill -9 {before['server']['pid']}")
    gone(desk)
    after = connect(desk)
    assert after["url"] == before["url"]
    assert after["remote_port"] == before["remote_port"]
    assert version_at(after)


def test_another_program_on_its_port_sends_the_next_one_elsewhere_and_the_page_stays(
    vm: SshHost, desk: Desk
) -> None:
    before = connect(desk)
    vm.run(f"kill -9 {before['server']['pid']}")
    gone(desk)
    with socket.create_server(("127.0.0.1", before["remote_port"])):
        after = connect(desk)
    assert after["remote_port"] != before["remote_port"]
    assert after["url"] == before["url"]
    assert version_at(after)


def test_a_kernel_that_restarts_or_dies_is_no_trouble_of_the_server(
    vm: SshHost, desk: Desk
) -> None:
    before = connect(desk)
    page = desk.nbtui("url", "myvm").out.strip()
    tab = Tab(page)
    rest(page, "POST", f"api/kernels/{tab.kernel}/restart")
    vm.run("pkill -9 -f [i]pykernel_launcher")
    until(lambda: desk.row()["kernels"]["total"] == 1, what="the kernel seen")
    rest(page, "DELETE", f"api/kernels/{tab.kernel}")
    until(lambda: desk.row()["kernels"]["total"] == 0, what="no kernel seen")
    row = desk.row()
    assert set(row["lights"].values()) == {"ok"}
    assert row["server"]["pid"] == before["server"]["pid"]
    assert row["last_error"] is None
    assert ": connected ->" not in desk.log()


@pytest.mark.parametrize("way", ["tmux kill-server", "pkill -9 -x 'tmux: server'"])
def test_a_tmux_server_that_was_ended_is_told_as_that_and_start_makes_another(
    vm: SshHost, desk: Desk, way: str
) -> None:
    before = connect(desk)
    vm.run(way)
    row = gone(desk)
    assert row["lights"] == LIGHTS
    assert row["last_error"]["message"] == (
        "Jupyter of myvm ended: the tmux server on vm ended, and session nbtui-myvm with it"
    )
    assert desk.nbtui("start", "myvm").status == 0
    assert desk.row()["url"] == before["url"]
    assert version_at(desk.row())


def test_a_session_that_was_ended_alone_is_told_as_that(vm: SshHost, desk: Desk) -> None:
    connect(desk)
    vm.run("tmux new-session -d -s mine sleep 1000; tmux kill-session -t nbtui-myvm")
    message = gone(desk)["last_error"]["message"]
    assert message == "Jupyter of myvm ended: its tmux session nbtui-myvm was ended"


def test_a_tmux_server_that_was_ended_while_the_link_was_away_is_told_as_that(
    vm: SshHost, desk: Desk
) -> None:
    connect(desk)
    vm.run("pkill -9 -x 'tmux: server'")
    vm.kill_sessions()
    message = gone(desk)["last_error"]["message"]
    assert "the tmux server on vm ended, and session nbtui-myvm with it" in message
    assert desk.row()["state"] == "connected"


def test_a_host_that_was_restarted_is_said_to_have_been_and_connect_goes_on(
    vm: SshHost, desk: Desk
) -> None:
    on_its_own_port(desk)
    before = connect(desk)
    vm.stop()
    vm.start()
    until(lambda: desk.row()["state"] == "connected", what="the link back", seconds=40)
    row = desk.row()
    assert row["last_error"]["message"] == "vm was restarted: Jupyter of myvm is gone"
    assert row["last_error"]["try"] == "nbtui start myvm"
    assert row["lights"] == LIGHTS
    after = connect(desk)
    assert (after["url"], after["remote_port"]) == (before["url"], before["remote_port"])
    assert version_at(after)
