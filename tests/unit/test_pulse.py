"""What the agent does by itself: it notices that it slept, and looks rarely where looking takes long."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import cast

import pytest

from fakes import FakeClock
from nbtui.agent.pulse import LOOK_SECONDS, REST, Pulse
from nbtui.session.crew import Crew
from nbtui.session.manager import Manager
from waiting import until


class Clock(FakeClock):
    asleep = 0.0

    def wall(self) -> float:
        return super().wall() + self.asleep


class Session:
    name = "myvm"
    doubted = False


class Sessions:
    """One connected session whose host takes its time."""

    active = 1

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.session = Session()
        self.ticks = self.nudges = 0
        self.looks: list[float] = []
        self.took = 0.0

    def tick(self) -> None:
        self.ticks += 1

    def nudge(self) -> None:
        self.nudges += 1

    def connected(self) -> tuple[Session, ...]:
        return (self.session,)

    def look_after(self, _session: object) -> bool:
        self.looks.append(self.clock.now)
        self.clock.now += self.took
        return True


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    clock, over = Clock(), Event()
    made = Sessions(clock)
    pulse = Pulse(
        manager=cast("Manager", made), crew=cast("Crew", made), clock=clock, quit=over
    )
    thread = Thread(target=pulse.run, kwargs={"seen": clock.monotonic})
    thread.start()
    until(lambda: made.looks, what="the first look")
    yield made
    over.set()
    thread.join()


def beats(sessions: Sessions, count: int = 2) -> None:
    """Let the agent come round."""
    before = sessions.ticks
    until(lambda: sessions.ticks >= before + count, what="a beat")


def test_who_waits_is_nudged_after_a_sleep_that_the_monotonic_clock_did_not_see(
    sessions: Sessions,
) -> None:
    beats(sessions)
    assert sessions.nudges == 0
    sessions.clock.asleep = 3600.0
    until(lambda: sessions.nudges == 1, what="the nudge")
    beats(sessions)
    assert sessions.nudges == 1


def test_looks_that_take_long_become_rare(sessions: Sessions) -> None:
    sessions.took = 10.0
    sessions.clock.now += LOOK_SECONDS
    until(lambda: len(sessions.looks) == 2, what="a slow look")
    sessions.clock.now += REST * 10.0 - 0.1
    beats(sessions)
    assert len(sessions.looks) == 2
    sessions.clock.now += 0.1
    until(lambda: len(sessions.looks) == 3, what="the next look")
