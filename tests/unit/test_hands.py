"""Threads that wait a while for the next job."""

from threading import Event, Semaphore, current_thread, enumerate as all_threads

import pytest

from nbtui.ssh import hands as module
from nbtui.ssh.hands import KEPT, Hands
from waiting import until


def threads() -> int:
    return sum(thread.name == "hand" for thread in all_threads())


def do_one(hands: Hands) -> int | None:
    """Ident of the thread that did it."""
    found: list[int | None] = []
    done = Event()

    def job() -> None:
        found.append(current_thread().ident)
        done.set()

    hands.do(job)
    assert done.wait(10)
    return found[0]


def busy(hands: Hands, count: int) -> Event:
    """So many jobs at once; they end when the event is set."""
    end, begun = Event(), Semaphore(0)

    def job() -> None:
        begun.release()
        end.wait(10)

    for _ in range(count):
        hands.do(job)
    for _ in range(count):
        assert begun.acquire(timeout=10)
    return end


def test_who_has_done_a_job_does_the_next() -> None:
    hands = Hands("hand")
    first = do_one(hands)
    until(lambda: hands.waiting == 1, what="a thread waits")
    assert do_one(hands) == first
    hands.rest()
    until(lambda: threads() == 0, what="no thread left")


def test_jobs_at_once_do_not_wait_for_each_other_and_few_threads_stay() -> None:
    hands = Hands("hand")
    busy(hands, 3 * KEPT).set()
    until(lambda: threads() == KEPT, what="the others ended")
    hands.rest()
    until(lambda: threads() == 0, what="no thread left")


def test_a_thread_that_waited_long_enough_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    hands = Hands("hand")
    do_one(hands)
    until(lambda: threads() == 0, what="the thread ended by itself")
    do_one(hands)
    hands.rest()


def test_who_is_at_work_ends_after_it_when_all_are_to_rest() -> None:
    hands = Hands("hand")
    end = busy(hands, 2)
    hands.rest()
    end.set()
    until(lambda: threads() == 0, what="no thread left")
