"""How long a connection that was given up may still have something to say."""

from threading import Event

import pytest

from fakes import FakeClock
from nbtui.ssh.farewell import ANSWER, LONGEST, PATIENCE, QUIET, Farewell, Leaving
from waiting import until


class Leaver:
    """A connection that was given up, as far as its end goes."""

    def __init__(self) -> None:
        self.farewell = Farewell()
        self.ended = Event()
        self.last_heard = 0.0
        self.told = 0
        self.farewell.unanswered.add(self._unanswered)

    def _unanswered(self) -> None:
        self.told += 1

    def close(self) -> None:
        self.ended.set()


class Lab:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.leaving = Leaving(clock=self.clock)
        self.leaver = Leaver()
        self.leaving.add(self.leaver)


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_until_the_next_one_stands_it_goes_on_and_not_for_ever(lab: Lab) -> None:
    lab.clock.now = PATIENCE - 1
    assert not lab.leaver.ended.wait(0.3)
    assert not lab.leaver.farewell.replaced.is_set()
    lab.clock.now = PATIENCE
    assert lab.leaver.ended.wait(20)


def test_a_link_that_is_closed_ends_it_at_once(lab: Lab) -> None:
    lab.leaving.close()
    assert lab.leaver.ended.is_set()


def test_who_waits_for_an_answer_is_told_before_who_listens(lab: Lab) -> None:
    lab.leaving.replaced()
    assert lab.leaver.farewell.replaced.is_set()
    assert not lab.leaver.ended.wait(0.3)
    lab.clock.now = ANSWER + 0.1
    until(lambda: lab.leaver.told == 1, what="the word to who waits")
    assert not lab.leaver.ended.is_set()
    lab.clock.now = QUIET + 0.1
    assert lab.leaver.ended.wait(20)
    assert lab.leaver.told == 1


def test_as_long_as_something_comes_it_goes_on_and_not_for_ever(lab: Lab) -> None:
    lab.leaving.replaced()
    assert not lab.leaver.ended.wait(0.3)
    lab.leaver.last_heard = lab.clock.now = LONGEST - 1
    assert not lab.leaver.ended.wait(0.3)
    assert lab.leaver.told == 0
    lab.leaver.last_heard = lab.clock.now = LONGEST
    assert lab.leaver.ended.wait(20)


def test_a_second_replacement_sees_off_only_who_came_since(lab: Lab) -> None:
    lab.leaving.replaced()
    second = Leaver()
    lab.leaving.add(second)
    lab.leaving.replaced()
    assert second.farewell.replaced.is_set()
    lab.leaving.close()
    assert lab.leaver.ended.is_set()
    assert second.ended.is_set()
