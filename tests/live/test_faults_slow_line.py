"""A line of 64 kbit/s and 300 ms each way, full with a transfer: nothing is called dead or ill, and it stays of use."""

import contextlib
import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from lab.desk import Desk
from lab.diary import Diary, connected
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from lab.targets import call, read_all, serving
from nbtui.model.snapshot import Lights
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(240)]
RATE = 8000.0
"""Bytes per second."""
WELL = Lights(link="ok", tunnel="ok", server="ok", kernels="ok")
WHILE = 45.0
"""Seconds of a full line; three times what a silent link has."""


@pytest.fixture
def wire(host: SshHost) -> Iterator[Shaper]:
    with Shaper(host.port, delay=0.3, room=1 << 15) as made:
        made.rate = RATE
        yield made


def flood(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            sock.sendall(bytes(1 << 14))


def swallow(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        read_all(sock)


@contextlib.contextmanager
def transfer(port: int, way: str) -> Iterator[None]:
    """Data flows through a forward as fast as it goes."""
    work = flood if way == "up" else swallow
    with call(port) as sock:
        thread = Thread(target=work, args=(sock,))
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            thread.join(20)


def forward(desk: Desk, port: int, to: int) -> None:
    """One more forward of the profile, which is the last in the file."""
    with (desk.config / "profiles.toml").open("a") as file:
        file.write(
            "[[profiles.myvm.forwards]]\n"
            f'kind = "local"\nlisten = "localhost:{port}"\nto = "127.0.0.1:{to}"\n'
        )


@pytest.fixture
def ports(host: SshHost, wire: Shaper, desk: Desk) -> Iterator[dict[str, int]]:
    """A user who is connected over the slow line, with a forward for each way."""
    host.give_jupyter()
    desk.knows(host.behind(wire), port=free_port(), local_port=free_port())
    made = {"up": free_port(), "down": free_port()}
    with serving(swallow) as up, serving(flood) as down:
        for way, to in (("up", up), ("down", down)):
            forward(desk, made[way], to)
        ran = desk.nbtui("connect", "myvm", "--no-browser", timeout=120)
        assert ran.status == 0, ran.err
        yield made
        desk.nbtui("disconnect", "myvm")


@pytest.mark.parametrize("way", ["down", "up"])
def test_a_full_slow_line_is_neither_dead_nor_ill(
    desk: Desk, wire: Shaper, ports: dict[str, int], way: str
) -> None:
    with Diary(desk) as diary:
        until(lambda: diary.now.lights == WELL, what="all lights ok", seconds=60)
        began = time.monotonic()
        with transfer(ports[way], way):
            until(lambda: time.monotonic() - began > WHILE, what="time", seconds=2 * WHILE)
            asked = time.monotonic()
            assert desk.row()["lights"]["link"] == "ok"
            assert time.monotonic() - asked < 5.0
        ill = [
            row.lights for when, row in diary.rows if when > began and row.lights != WELL
        ]
        assert ill == []
        assert all(connected(row) for when, row in diary.rows if when > began)
        assert diary.now.latency is not None
        assert wire.accepted == 1
