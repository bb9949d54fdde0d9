"""An sshd that grants one session a connection and two logins at once: one connection does all, in turn."""

from collections.abc import Callable, Iterator

import psutil
import pytest

from lab.desk import Desk
from lab.diary import Diary, connected
from lab.sshd import SshHost, free_port
from lab.targets import call, echo, serving
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]
FORWARDS = 20


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host with Jupyter and an anxious sshd."""
    host = make_shared_host("vm", config="MaxSessions 1\nMaxStartups 2:50:3")
    host.give_jupyter()
    return host


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return [free_port() for _ in range(FORWARDS)]


@pytest.fixture(scope="module")
def seat(vm: SshHost, shared_desk: Desk, ports: list[int]) -> Iterator[Desk]:
    """A user who is connected with twenty forwards."""
    shared_desk.knows(vm, port=free_port(), local_port=free_port())
    with serving(echo) as service:
        with (shared_desk.config / "profiles.toml").open("a") as file:
            for port in ports:
                file.write(
                    "[[profiles.myvm.forwards]]\n"
                    f'kind = "local"\nlisten = "localhost:{port}"\nto = "127.0.0.1:{service}"\n'
                )
        ran = shared_desk.nbtui("connect", "myvm", "--no-browser")
        assert ran.status == 0, ran.err
        yield shared_desk


def connections(desk: Desk, host: SshHost) -> int:
    """TCP connections of the agent to the host's sshd."""
    agent = psutil.Process(desk.nbtui("agent", "status", "--json").json["agent"]["pid"])
    far_ends = (one.raddr for one in agent.net_connections("tcp"))
    return sum(getattr(end, "port", None) == host.port for end in far_ends)


def logins(host: SshHost) -> int:
    return (host.root / "log").read_text().count("Accepted publickey")


def test_twenty_forwards_at_once_are_one_connection_and_one_login(
    vm: SshHost, seat: Desk, ports: list[int]
) -> None:
    socks = [call(port) for port in ports]
    for number, sock in enumerate(socks):
        sock.sendall(b"%03d" % number)
    for number, sock in enumerate(socks):
        assert sock.recv(3) == b"%03d" % number
        sock.close()
    assert connections(seat, vm) == 1
    assert logins(vm) == 1


def test_a_command_borrows_the_only_session_and_who_comes_meanwhile_is_told(
    vm: SshHost, seat: Desk
) -> None:
    wait = "echo begun; until [ -e ~/enough ]; do sleep 0.1; done"
    with Diary(seat) as diary:
        long = seat.begin("shell", "myvm", "--", "sh", "-c", wait)
        assert long.stdout is not None
        assert long.stdout.readline() == "begun\n"
        refused = seat.nbtui("logs", "myvm")
        assert refused.status != 0
        assert "the only session that the host grants" in refused.err
        assert "try: leave the attached terminal" in refused.err
        second = seat.nbtui("shell", "myvm", "--", "true")
        assert second.status != 0
        assert "try: leave the attached terminal" in second.err
        assert connected(diary.now)
        vm.write("enough")
        long.communicate()
        assert long.returncode == 0
        until(lambda: seat.nbtui("logs", "myvm").status == 0, what="the session given back")
        assert all(connected(row) for _when, row in diary.rows)
    assert seat.nbtui("shell", "myvm", "--", "echo", "mine").out == "mine\n"
    assert connections(seat, vm) == 1


def test_after_a_cut_one_login_brings_all_of_it_back(
    vm: SshHost, seat: Desk, ports: list[int]
) -> None:
    before = logins(vm)
    with Diary(seat) as diary:
        vm.kill_sessions()
        until(lambda: logins(vm) == before + 1, what="another login")
        until(lambda: connected(diary.now), what="the tunnel back")
    for port in ports:
        with call(port) as sock:
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"
    assert connections(seat, vm) == 1
    assert logins(vm) == before + 1
