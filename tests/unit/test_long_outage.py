"""A network that is away for days: attempts go on, and neither memory nor log grows by them."""

import gc
import logging
import threading
from functools import partial

import pytest

from lab.sessions import Host, Visitor
from nbtui.errors import NoAnswer
from nbtui.session.machine import LONGEST_PAUSE, Connected, Level, Tick, Waiting, Wish
from waiting import until

DAY = 86400.0
ATTEMPT = 10.0
"""Seconds that one takes."""


def lose(host: Host) -> None:
    host.ends(True)
    assert Visitor(host, Wish(goal=Level.LINK)).end() is None
    host.ends(NoAnswer("no route\nsecond line"))
    host.link.lose()
    host.becomes(Waiting)


def pass_attempts(host: Host, until_time: float) -> int:
    """Each due attempt is made and fails, up to a time of the clock; how many."""
    attempts = 0
    while host.clock.now < until_time:
        state = host.session.state
        assert isinstance(state, Waiting)
        assert state.due - host.clock.now <= LONGEST_PAUSE
        host.ends(NoAnswer("no route\nsecond line"))
        host.clock.now = state.due
        host.session.post(Tick())
        again = partial(waits_again, host, state)
        until(again, what="the next pause", every=0.0002)
        host.clock.now += ATTEMPT
        attempts += 1
        while not host.begun.empty():
            host.begun.get()
    return attempts


def waits_again(host: Host, before: Waiting) -> bool:
    now = host.session.state
    return isinstance(now, Waiting) and now.attempt == before.attempt + 1


def objects() -> int:
    gc.collect()
    return len(gc.get_objects())


def test_a_day_without_a_network_leaves_no_trace_but_a_few_lines_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = Host()
    with caplog.at_level(logging.INFO, logger="nbtui"):
        lose(host)
        pass_attempts(host, DAY / 20)
        threads, before = threading.active_count(), objects()
        attempts = pass_attempts(host, DAY)
        assert attempts > DAY / (ATTEMPT + LONGEST_PAUSE) * 0.9
        assert objects() - before < attempts / 10
        assert threading.active_count() <= threads + 1
    assert len(host.link.watchers) == 1
    assert len(caplog.records) < 15
    assert "attempt 1000 failed: no route" in caplog.text
    assert "second line" not in caplog.text
    host.ends(True)
    host.link.up = True
    host.clock.now += LONGEST_PAUSE
    host.session.post(Tick())
    host.becomes(Connected)
