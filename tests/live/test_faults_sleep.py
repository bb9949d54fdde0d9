"""A laptop that slept: noticed by the clocks, and all is back without a key being pressed.

The agent's process is stopped and goes on: its clocks jump as after a sleep, and the link may have died meanwhile.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.desk import Desk
from lab.diary import Diary, lost
from lab.shaper import Shaper
from lab.sshd import SshHost
from nbtui.model.snapshot import Snapshot
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]
NAP = 7.0
"""Seconds; more than what a busy machine may cost."""
BUSY = 3.0
"""What a busy machine may cost: times the goal."""


@pytest.fixture
def wire(host: SshHost) -> Iterator[Shaper]:
    with Shaper(host.port) as made:
        yield made


@pytest.fixture
def seat(host: SshHost, wire: Shaper, desk: Desk) -> Desk:
    """A user with a link through the wire."""
    desk.knows(host.behind(wire))
    ran = desk.nbtui("shell", "myvm", "--", "true")
    assert ran.status == 0, ran.err
    return desk


@pytest.fixture
def diary(seat: Desk) -> Iterator[Diary]:
    with Diary(seat) as made:
        yield made


def linked(row: Snapshot) -> bool:
    return row.state == "connected"


@contextmanager
def sleeping(desk: Desk, seconds: float = NAP) -> Iterator[None]:
    """The agent sleeps at least so long, and wakes up at the end."""
    agent = desk.nbtui("agent", "status", "--json").json["agent"]["pid"]
    os.kill(agent, signal.SIGSTOP)
    slept = time.monotonic()
    try:
        yield
        until(
            lambda: time.monotonic() - slept > seconds,
            what="the end of the nap",
            seconds=60,
        )
    finally:
        os.kill(agent, signal.SIGCONT)


def test_a_link_that_died_in_the_sleep_is_replaced_at_once(
    seat: Desk, wire: Shaper, diary: Diary
) -> None:
    with sleeping(seat):
        wire.forget()
    woke = time.monotonic()
    gone = diary.seconds(lost, since=woke, what="the loss")
    back = diary.seconds(linked, since=woke + gone, what="the link back")
    assert gone + back <= 5.0 * BUSY
    assert "we slept" in seat.log()


def test_a_link_that_survived_the_sleep_stays(
    seat: Desk, host: SshHost, diary: Diary
) -> None:
    with sleeping(seat):
        began = time.monotonic()
    until(lambda: time.monotonic() - began > NAP + 6.0, what="time to make up one's mind")
    assert all(linked(row) for when, row in diary.rows if when >= began)
    assert (host.root / "log").read_text().count("Accepted publickey") == 1


def test_a_pause_before_the_next_attempt_ends_with_the_sleep(
    seat: Desk, wire: Shaper, diary: Diary
) -> None:
    wire.refusing = True
    wire.cut()
    until(
        lambda: diary.now.retry_in and diary.now.retry_in > NAP + 4.0,
        what="a long pause",
        seconds=60,
    )
    with sleeping(seat):
        wire.refusing = False
    woke = time.monotonic()
    assert diary.seconds(linked, since=woke, what="the link back") <= 1.0 * BUSY
