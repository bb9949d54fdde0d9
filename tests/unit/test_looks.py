"""When the agent looks at its sessions by itself, notices that it slept, and ends; beat by beat."""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import cast

import pytest

from fakes import FakeClock
from nbtui.agent.pulse import LOOK_SECONDS, REST, Pulse
from nbtui.session.crew import Crew
from nbtui.session.manager import Manager
from nbtui.session.session import Session
from waiting import until


class Beats(Event):
    """Waits as often as the test lets it; each wait is one beat."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting, self.go = Semaphore(0), Semaphore(0)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == 0.25
        self.waiting.release()
        assert self.go.acquire(timeout=20)
        return self.is_set()


class Clock(FakeClock):
    asleep = 0.0

    def wall(self) -> float:
        return super().wall() + self.asleep


class Connected:
    """A session as far as the pulse looks at it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.doubted = False


class Lab:
    """An agent with sessions; nobody watches unless `seen` says so."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.nudges = 0
        self.seen = -1000.0
        self.active = 0
        self.sessions: list[Connected] = []
        self.looked: SimpleQueue[str] = SimpleQueue()
        self.well = True
        self.takes = 0.0
        self.quit = Beats()
        self.pulse = Pulse(
            manager=cast("Manager", self), crew=cast("Crew", self), clock=self.clock,
            quit=self.quit,
        )  # fmt: skip
        self._thread = Thread(target=self.pulse.run, kwargs={"seen": lambda: self.seen})

    # what the pulse asks of the manager and the crew

    def tick(self) -> None: ...

    def nudge(self) -> None:
        self.nudges += 1

    def connected(self) -> tuple[Connected, ...]:
        return tuple(self.sessions)

    def look_after(self, session: Session) -> bool:
        self.clock.now += self.takes
        self.looked.put(session.name)
        return self.well

    # the test's side

    def begin(self, *names: str) -> None:
        self.sessions = [Connected(name) for name in names]
        self.active = len(names)
        self._thread.start()
        assert self.quit.waiting.acquire(timeout=20)
        self.beat()

    def beat(self, seconds: float = 0.0) -> list[str]:
        """Who is looked at in a beat after so many seconds."""
        self.clock.now += seconds
        self.quit.go.release()
        assert self.quit.waiting.acquire(timeout=20)
        until(lambda: not self.pulse._looking, what="the end of the looks")  # noqa: SLF001
        looks = []
        while not self.looked.empty():
            looks.append(self.looked.get())
        return sorted(looks)

    def end(self) -> None:
        self.quit.set()
        self.quit.go.release()
        self._thread.join(20)


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.end()


def test_while_somebody_watches_each_session_is_looked_at_every_five_seconds(
    lab: Lab,
) -> None:
    lab.begin("a", "b")
    lab.seen = 1000.0
    assert lab.beat(4.9) == []
    assert lab.beat(0.2) == ["a", "b"]


def test_while_nobody_does_every_thirty_and_at_once_for_who_comes_to_see(lab: Lab) -> None:
    lab.begin("a")
    assert lab.beat(29.0) == []
    assert lab.beat(2.0) == ["a"]
    assert lab.beat(6.0) == []
    lab.seen = lab.clock.now
    assert lab.beat() == ["a"]


def test_a_server_that_hung_up_is_looked_at_in_the_next_beat(lab: Lab) -> None:
    lab.begin("a", "b")
    lab.sessions[1].doubted = True
    assert lab.beat() == ["b"]
    assert lab.beat() == []


def test_what_was_not_well_is_looked_at_again_soon_though_nobody_watches(lab: Lab) -> None:
    lab.well = False
    lab.begin("a")
    assert lab.beat(1.1) == ["a"]


def test_a_slow_host_is_looked_at_less_often_but_not_seldom(lab: Lab) -> None:
    lab.seen, lab.takes = 1000.0, 4.0
    lab.begin("a")
    assert lab.beat(7.9) == []
    lab.takes = 100.0
    assert lab.beat(0.2) == ["a"]
    assert lab.beat(20.1) == ["a"]


def test_looks_that_take_long_become_rare(lab: Lab) -> None:
    lab.seen = 1000.0
    lab.begin("a")
    lab.takes = 10.0
    assert lab.beat(LOOK_SECONDS) == ["a"]
    assert lab.beat(REST * 10.0 - 0.1) == []
    assert lab.beat(0.1) == ["a"]


def test_who_waits_is_nudged_after_a_sleep_that_the_monotonic_clock_did_not_see(
    lab: Lab,
) -> None:
    lab.begin("a")
    lab.beat()
    assert lab.nudges == 0
    lab.clock.asleep = 3600.0
    lab.beat()
    assert lab.nudges == 1
    lab.beat()
    assert lab.nudges == 1


def test_two_hundred_sessions_share_four_looks_a_second(lab: Lab) -> None:
    lab.seen = 1000.0
    lab.begin(*(str(number) for number in range(200)))
    assert lab.beat(49.0) == []
    assert len(lab.beat(1.1)) == 200


def test_without_a_link_and_a_client_for_ten_minutes_it_ends(lab: Lab) -> None:
    lab.begin()
    lab.beat(599.0)
    assert not lab.quit.is_set()
    lab.beat(2.0)
    assert lab.quit.is_set()
