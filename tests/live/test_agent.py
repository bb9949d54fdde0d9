"""The real agent: one dial for two, rows as they change, its end, and questions that nobody was there for."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from lab.code_host import CODE, CodeHost
from lab.desk import Desk
from lab.sshd import SshHost, free_port
from nbtui.client.socket_engine import socket_engine
from nbtui.clock import SystemClock
from nbtui.paths import user_paths
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host with Jupyter."""
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


@pytest.fixture
def code_host(desk: Desk) -> Iterator[CodeHost]:
    """A host that wants a code at every login, saved as vm."""
    (desk.root / "far").mkdir()
    host = CodeHost(desk.root / "far")
    (desk.config / "profiles.toml").write_text(
        f'[profiles.vm]\nhost = "127.0.0.1"\nport = {host.port}\nuser = "ada"\n'
    )
    (desk.home / ".ssh" / "config").write_text(
        f"Host 127.0.0.1\n StrictHostKeyChecking accept-new\n IdentityFile {desk.root}/none\n"
    )
    yield host
    desk.nbtui("agent", "stop")
    host.close()


def logins(host: SshHost) -> int:
    return (host.root / "log").read_text().count("Accepted publickey")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_two_connects_at_once_share_one_login_and_one_server(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    before = logins(vm)
    both = [desk.begin("connect", "myvm", "--no-browser", "--json") for _ in range(2)]
    rows = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert rows[0]["server"]["pid"] == rows[1]["server"]["pid"]
    assert logins(vm) == before + 1
    assert desk.nbtui("stop", "myvm").status == 0


def test_who_watches_sees_every_change_and_who_stops_reading_holds_up_nobody(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    watching = desk.begin("status", "--watch", "--json")
    stopped = desk.begin("status", "--watch", "--json")
    assert watching.stdout
    assert stopped.stdout
    watching.stdout.readline()
    stopped.stdout.readline()
    stopped.send_signal(signal.SIGSTOP)
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    states = ["disconnected"]
    while states[-1] != "connected":
        row = json.loads(watching.stdout.readline())["profiles"][0]
        states += [row["state"]] * (row["state"] != states[-1])
    assert states[0] == "disconnected"
    assert "starting" in states
    assert desk.nbtui("stop", "myvm").status == 0
    stopped.send_signal(signal.SIGCONT)
    while json.loads(stopped.stdout.readline())["profiles"][0]["state"] != "connected":
        pass


def test_after_a_disconnect_port_and_link_are_gone_when_the_command_returns(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    row = desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    assert listens(row["local_port"])
    assert desk.nbtui("disconnect", "--all").status == 0
    assert not listens(row["local_port"])
    assert desk.nbtui("agent", "status", "--json").json["agent"]["links"] == 0
    assert desk.nbtui("stop", "myvm").status == 0
    assert vm.run("tmux ls 2>/dev/null || true") == ""


def test_the_agents_end_closes_the_tunnel_leaves_the_server_and_brings_nothing_back(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    row = desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    assert desk.nbtui("agent", "stop").status == 0
    assert not listens(row["local_port"])
    vm.run(f"kill -0 {row['server']['pid']}")
    assert desk.row()["state"] == "disconnected"
    assert desk.nbtui("agent", "status", "--json").json["agent"] is None
    assert desk.nbtui("stop", "myvm", "--yes").status == 0


def test_a_refused_stop_of_a_host_that_was_not_connected_leaves_it_so(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    assert desk.nbtui("disconnect", "myvm").status == 0
    with desk.terminal("stop", "myvm") as tty:
        tty.wait_for(b"Shut down Jupyter of myvm?")
        tty.type(b"n\n")
        assert tty.end() == 9
    assert desk.row()["state"] == "disconnected"
    assert desk.nbtui("stop", "myvm", "--yes").status == 0


def test_a_stop_ends_a_session_in_which_nothing_lives_any_more(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    row = desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    vm.run(f"kill -9 {row['server']['pid']}")
    until(lambda: desk.row()["last_error"], what="that it ended is said")
    assert "ended" in desk.row()["last_error"]["message"]
    assert "nbtui-myvm" in vm.run("tmux ls")
    report = desk.nbtui("stop", "myvm", "--json").json
    assert report["left"] == []
    assert vm.run("tmux ls 2>/dev/null || true") == ""


def test_five_hosts_behind_one_jump_cost_it_one_login(
    make_shared_host: Callable[..., SshHost], vm: SshHost, desk: Desk
) -> None:
    names = [f"node{number}" for number in range(5)]
    for name in names:
        desk.knows(make_shared_host(name), name)
    (desk.home / ".ssh" / "config").write_text(
        f"Host jump\n HostName 127.0.0.1\n Port {vm.port}\n IdentityFile {vm.key}\n"
        f" UserKnownHostsFile {vm.known_hosts}\nHost node*\n ProxyJump jump\n"
    )
    text = (desk.config / "profiles.toml").read_text()
    behind = text.replace('host = "127.0.0.1"', 'host = "127.0.0.1"\njump = "jump"')
    (desk.config / "profiles.toml").write_text(behind)
    before = logins(vm)
    looks = [desk.begin("hints", name) for name in names]
    for look in looks:
        said = look.communicate(timeout=60)
        assert look.returncode == 0, said
    assert logins(vm) == before + 1
    assert desk.nbtui("agent", "status", "--json").json["agent"]["links"] == 6


def open_link(desk: Desk) -> None:
    with desk.terminal("hints", "vm") as tty:
        tty.wait_for(b"Verification code")
        tty.type(f"{CODE}\n".encode())
        assert tty.end() == 0, tty.shown


def cut(host: CodeHost, desk: Desk) -> str:
    """Cut the link and wait for the question that nobody is there for; its id."""
    host.cut()
    until(lambda: desk.row("vm")["state"] == "needs-input", what="the question in the row")
    question = desk.row("vm")["question"]
    assert question["kind"] == "code"
    assert host.logins == 1
    return str(question["id"])


def test_a_reconnect_that_needs_a_code_waits_for_an_answer_from_anywhere(
    code_host: CodeHost, desk: Desk
) -> None:
    open_link(desk)
    ident = cut(code_host, desk)
    engine = socket_engine(
        paths=user_paths(desk.env), environ=desk.env, clock=SystemClock()
    )
    engine.answer("vm", ident, CODE)
    until(lambda: desk.row("vm")["state"] == "connected", what="connected again")
    assert code_host.logins == 2


def test_the_next_command_takes_the_question_that_was_left(
    code_host: CodeHost, desk: Desk
) -> None:
    open_link(desk)
    cut(code_host, desk)
    open_link(desk)
    assert desk.row("vm")["state"] == "connected"


def test_a_terminal_that_is_closed_in_front_of_a_question_leaves_it(
    code_host: CodeHost, desk: Desk
) -> None:
    with desk.terminal("hints", "vm") as tty:
        tty.wait_for(b"Verification code")
        os.kill(tty.process.pid, signal.SIGKILL)
    until(lambda: desk.row("vm")["doing"] == "", what="the end of the attempt")
    assert desk.row("vm")["state"] == "needs-input"
    open_link(desk)
    assert code_host.logins == 1
