"""Noticing that a machine answers again, on a real sshd behind a wire that fails."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from lab.targets import serving
from nbtui.clock import SystemClock
from nbtui.errors import HostUnreachable, NoAnswer
from nbtui.model.question import nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.link import Link, LoginContext
from nbtui.ssh.links import Links
from nbtui.ssh.lookout import Lookout
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]
SOON = 6.0
"""The goal is two seconds; the machine may be busy."""


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(clock=SystemClock())
    yield made
    made.close()


@pytest.fixture
def wire(host: SshHost) -> Iterator[Shaper]:
    with Shaper(host.port) as made:
        yield made


def watching(target: Target) -> tuple[threading.Event, Callable[[], None]]:
    told = threading.Event()
    return told, Lookout(clock=SystemClock()).watch(target, told.set)


def lookouts() -> int:
    return sum(thread.name == "lookout" for thread in threading.enumerate())


def open_link(link: Link, seconds: float = 10.0) -> None:
    link.open(ask=nobody, tell=silent, timeout=seconds, context=LoginContext())


def test_a_machine_that_vanished_is_noticed_when_it_answers_again(
    host: SshHost, wire: Shaper
) -> None:
    with wire.vanishing():
        told, _end = watching(host.target(port=wire.port))
        assert not told.wait(2.5)
    assert told.wait(SOON)


def test_a_frozen_sshd_is_noticed_when_it_speaks_again_and_is_asked_few_times(
    host: SshHost, wire: Shaper
) -> None:
    with host.freezing():
        told, _end = watching(host.target(port=wire.port))
        assert not told.wait(3.0)
        assert wire.accepted <= 2
    assert told.wait(SOON)


def test_a_port_where_sshd_is_started_later_is_noticed(host: SshHost) -> None:
    port = free_port()
    told, end = watching(host.target(port=port))
    assert not told.wait(0.5)
    host.port = port
    host.stop()
    host.start()
    assert told.wait(SOON)
    end()


def test_what_greets_otherwise_is_not_the_host(host: SshHost) -> None:
    with serving(lambda sock: sock.sendall(b"Exceeded MaxStartups\r\n")) as port:
        told, end = watching(host.target(port=port))
        assert not told.wait(1.5)
        end()


def test_five_who_wait_for_one_machine_share_one_thread_and_are_all_told(
    host: SshHost, wire: Shaper
) -> None:
    lookout, told, before = Lookout(clock=SystemClock()), list[int](), lookouts()
    with wire.vanishing():
        for number in range(5):
            lookout.watch(host.target(port=wire.port), partial(told.append, number))
        assert lookouts() == before + 1
    until(lambda: sorted(told) == [0, 1, 2, 3, 4], what="all were told")
    until(lambda: lookouts() == before, what="the thread ended")


def test_a_watch_that_was_ended_tells_nobody_and_leaves_no_thread(host: SshHost) -> None:
    before = lookouts()
    told, end = watching(host.target(port=free_port()))
    end()
    end()
    until(lambda: lookouts() == before, what="the thread ended")
    assert not told.is_set()


def test_a_host_behind_a_jump_is_watched_at_the_jump(host: SshHost, links: Links) -> None:
    behind = links.get(host.target(port=free_port(), jumps=(host.target(),)))
    told = threading.Event()
    behind.watch(told.set)
    assert told.wait(SOON)


def test_an_attempt_under_way_notices_a_machine_that_answers_again(
    host: SshHost, wire: Shaper, links: Links
) -> None:
    """The system's own questions come 1, 3 and 7 s after the first, so that it would notice after 7 s."""
    link = links.get(host.target(port=wire.port, host_key_alias=f"[127.0.0.1]:{host.port}"))
    with ThreadPoolExecutor(1) as pool:
        with wire.vanishing():
            dial = pool.submit(open_link, link)
            threading.Event().wait(3.5)
        began = time.monotonic()
        dial.result(20)
    assert time.monotonic() - began < 3.0


def test_no_answer_is_told_apart_from_a_refusal_behind_the_first_hop(
    host: SshHost, links: Links
) -> None:
    with pytest.raises(NoAnswer):
        open_link(links.get(host.target(port=free_port())))
    with host.freezing(), pytest.raises(NoAnswer):
        open_link(links.get(host.target()), 0.5)
    behind = links.get(host.target(port=free_port(), jumps=(host.target(),)))
    with pytest.raises(HostUnreachable) as caught:
        open_link(behind)
    assert not isinstance(caught.value, NoAnswer)
