"""What a browser here sees of a fault: its request makes the link come back, or waits a bounded time."""

import time
from collections.abc import Iterator

import pytest

from lab.desk import Desk
from lab.diary import Diary, connected
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from lab.targets import call
from nbtui.ssh.forwarder import WAIT
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]
BUSY = 3.0
"""What a busy machine may cost: times the goal."""
API = b"GET /api HTTP/1.0\r\n\r\n"


@pytest.fixture
def wire(host: SshHost) -> Iterator[Shaper]:
    with Shaper(host.port) as made:
        yield made


@pytest.fixture
def seat(host: SshHost, wire: Shaper, desk: Desk) -> Desk:
    """A user who is connected through the wire."""
    host.give_jupyter()
    desk.knows(host.behind(wire), port=free_port(), local_port=free_port())
    return desk


@pytest.fixture
def diary(seat: Desk) -> Iterator[Diary]:
    ran = seat.nbtui("connect", "myvm", "--no-browser")
    assert ran.status == 0, ran.err
    with Diary(seat) as made:
        yield made


def port(diary: Diary) -> int:
    assert diary.now.local_port is not None
    return diary.now.local_port


def lose(wire: Shaper, diary: Diary, *, pause: float) -> None:
    """The link is lost, and the next attempt is at least so many seconds away."""
    wire.refusing = True
    wire.cut()
    until(
        lambda: diary.now.retry_in and diary.now.retry_in > pause,
        what="a long pause",
        seconds=60,
    )


def test_a_browsers_request_makes_the_link_come_back_and_is_answered(
    wire: Shaper, diary: Diary
) -> None:
    lose(wire, diary, pause=7.0)
    wire.refusing = False
    began = time.monotonic()
    with call(port(diary)) as sock:
        sock.sendall(API)
        assert b"200 OK" in sock.recv(4096)
    assert time.monotonic() - began <= 2.0 * BUSY
    assert diary.seconds(connected, since=began, what="the tunnel back") <= 2.0 * BUSY


def test_a_request_waits_a_bounded_time_for_a_link_that_stays_away_and_is_then_reset(
    wire: Shaper, diary: Diary
) -> None:
    lose(wire, diary, pause=0.0)
    began = time.monotonic()
    with call(port(diary), timeout=4 * WAIT) as sock:
        sock.sendall(API)
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    assert WAIT - 1 < time.monotonic() - began < WAIT * BUSY


def test_a_request_made_to_a_link_that_is_frozen_is_answered_once_it_is_replaced(
    wire: Shaper, diary: Diary
) -> None:
    wire.forget()
    with call(port(diary), timeout=60) as sock:
        sock.sendall(API)
        assert b"200 OK" in sock.recv(4096)
