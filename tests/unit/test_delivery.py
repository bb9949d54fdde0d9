"""What arrives for a program: in order and whole, however slowly it reads, and without holding up who hands it over."""

import os
import socket
from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from lab.targets import read_all
from nbtui.ssh import delivery as module
from nbtui.ssh.delivery import STEP, Delivery
from waiting import until

BIG = os.urandom(1 << 20)


class Place:
    """A delivery with a program at the other end of its socket."""

    def __init__(self) -> None:
        self.sock, self.program = socket.socketpair()
        self.granted: list[int] = []
        self.ended = 0
        self.broken = Event()
        self.delivery = Delivery(
            self.sock,
            grant=self.granted.append,
            ended=self.end,
            broken=self.broken.set,
        )

    def end(self) -> None:
        self.ended += 1
        self.sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.sock.close()
        self.program.close()


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.close()


def test_what_the_socket_takes_is_written_by_who_hands_it_over(place: Place) -> None:
    place.delivery.feed(b"hello")
    assert place.program.recv(100) == b"hello"
    assert not place.granted
    place.delivery.end()
    assert place.delivery.finished.is_set()
    assert place.program.recv(100) == b""


@pytest.mark.parametrize("at_once", [True, False])
def test_a_program_that_reads_late_gets_all_of_it_in_order(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    if not at_once:  # as on Windows
        monkeypatch.setattr(module, "_NOW", None)
    for start in range(0, len(BIG), 10_000):
        place.delivery.feed(memoryview(BIG)[start : start + 10_000])
    place.delivery.end()
    assert not place.delivery.finished.is_set()
    assert read_all(place.program) == BIG
    assert place.delivery.finished.wait(10)
    assert place.ended == 1
    assert place.delivery.whole


def test_the_far_end_may_send_more_once_the_program_has_read_and_not_before(
    place: Place,
) -> None:
    place.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    place.delivery.feed(BIG)
    assert not place.granted
    reader = Thread(target=read_all, args=(place.program,))
    reader.start()
    until(lambda: sum(place.granted) == len(BIG), what="all of it granted")
    assert min(place.granted) >= STEP
    place.delivery.end()
    reader.join()


def test_a_program_that_has_gone_is_told_once_and_what_comes_then_is_dropped(
    place: Place,
) -> None:
    place.program.close()
    place.delivery.feed(b"hello")
    assert place.broken.wait(10)
    place.delivery.feed(b"hello")
    place.delivery.end()
    assert place.delivery.finished.wait(10)


def test_a_program_that_goes_while_it_is_written_to_is_told(place: Place) -> None:
    place.delivery.feed(BIG * 4)
    place.program.close()
    assert place.broken.wait(10)
    assert place.delivery.finished.wait(10)


def test_an_end_is_told_again_when_the_channel_closes_after_it(place: Place) -> None:
    place.delivery.end()
    place.delivery.end()
    assert place.ended == 2


def test_where_the_system_has_no_more_threads_the_connection_is_given_up_and_nobody_else(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Thread", no_thread)
    place.delivery.feed(BIG * 4)
    assert place.delivery.finished.is_set()
    assert not place.delivery.whole
    assert place.ended == 1


def no_thread(**_facts: object) -> Callable[[], None]:
    raise RuntimeError("can't start new thread")
