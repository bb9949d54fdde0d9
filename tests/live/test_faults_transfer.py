"""A transfer whose link dies in its middle: the program here sees a reset, never half an answer that looks whole."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.shaper import Shaper
from lab.sshd import SshHost
from lab.targets import call, read_all, serving
from nbtui.clock import SystemClock
from nbtui.model.question import nobody, silent
from nbtui.ssh.forward import LocalForward
from nbtui.ssh.heartbeat import Heart
from nbtui.ssh.link import Link, LoginContext
from nbtui.ssh.links import Links
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]
BULK = bytes(1 << 20) * 16
FAULTS: dict[str, Callable[[SshHost, Shaper], None]] = {
    "the wire is cut": lambda _host, wire: wire.cut(),
    "the sshd is killed": lambda host, _wire: host.kill_sessions(),
    "nothing comes any more": lambda _host, wire: wire.forget(),
}


@pytest.fixture
def wire(host: SshHost) -> Iterator[Shaper]:
    with Shaper(host.port) as made:
        yield made


@pytest.fixture
def link(host: SshHost, wire: Shaper) -> Iterator[Link]:
    """Its silence is noticed within a second."""
    clock = SystemClock()
    heart = Heart(clock=clock, every=0.1, silence=1.0, look=0.1)
    links = Links(clock=clock, heart=heart)
    link = links.get(host.behind(wire).target())
    open_link(link)
    yield link
    links.close()


def open_link(link: Link) -> None:
    link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())


def give(sock: socket.socket) -> None:
    sock.sendall(BULK)


SOME = [
    pytest.param(name, marks=pytest.mark.slow if name.startswith("nothing") else ())
    for name in FAULTS
]
"""The one that nobody tells of takes ten seconds more: what was on its way may still come."""


@pytest.mark.parametrize("fault", SOME)
def test_a_download_that_is_broken_off_ends_with_a_reset(
    host: SshHost, wire: Shaper, link: Link, fault: str
) -> None:
    wire.rate = 4e6
    with serving(give) as target, forward_to(target, link) as forward:
        with call(forward.port, timeout=60) as sock:
            assert len(sock.recv(1000)) > 0
            FAULTS[fault](host, wire)
            until(lambda: not link.up, what="the loss")
            wire.rate = 0.0
            open_link(link)  # until then what was on its way may still come
            with pytest.raises(ConnectionResetError):
                read_all(sock)
        with call(forward.port) as sock:
            assert len(read_all(sock)) == len(BULK)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_upload_that_is_broken_off_ends_with_a_reset(
    host: SshHost, wire: Shaper, link: Link, fault: str
) -> None:
    wire.rate = 1e5
    heard: list[int] = []

    def take(sock: socket.socket) -> None:
        heard.append(len(sock.recv(1000)))
        read_all(sock)

    with (
        serving(take) as target,
        forward_to(target, link) as forward,
        call(forward.port, timeout=60) as sock,
        ThreadPoolExecutor(1) as pool,
    ):
        sending = pool.submit(sock.sendall, BULK)
        until(lambda: heard, what="the beginning at the far end")
        FAULTS[fault](host, wire)
        until(lambda: not link.up, what="the loss")
        wire.rate = 0.0
        open_link(link)
        assert isinstance(sending.exception(40), ConnectionResetError)


def forward_to(port: int, link: Link) -> LocalForward:
    return LocalForward(
        listen="127.0.0.1:0", to=f"127.0.0.1:{port}", transport=link.transport
    )
