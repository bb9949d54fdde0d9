"""A client that reads slowly gets the newest rows and holds up nobody."""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event, Thread

import pytest

from nbtui.agent.feed import Feed
from nbtui.model.snapshot import Snapshot


class Reader:
    """Takes rows when it is let to."""

    def __init__(self) -> None:
        self.may_read = Event()
        self.reads = Event()
        self.seen: SimpleQueue[tuple[Snapshot, ...]] = SimpleQueue()
        self.feed = Feed(send=self._send)
        self.thread = Thread(target=self.feed.serve, daemon=True)
        self.thread.start()

    def _send(self, rows: tuple[Snapshot, ...]) -> None:
        self.reads.set()
        assert self.may_read.wait(20)
        self.seen.put(rows)


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.may_read.set()
    made.feed.close()
    made.thread.join(20)
    assert not made.thread.is_alive()


def row(name: str, doing: str = "") -> Snapshot:
    return Snapshot(name=name, host=name, doing=doing)


def test_rows_are_put_down_while_the_reader_is_stuck_and_only_the_newest_is_kept(
    reader: Reader,
) -> None:
    reader.feed.put(row("a"))
    assert reader.reads.wait(20)
    for number in range(1000):
        reader.feed.put(row("a", str(number)))
        reader.feed.put(row("b", str(number)))
    reader.may_read.set()
    assert reader.seen.get(timeout=20) == (row("a"),)
    assert reader.seen.get(timeout=20) == (row("a", "999"), row("b", "999"))


def test_what_was_put_down_before_the_end_is_sent(reader: Reader) -> None:
    reader.feed.put(row("a"))
    assert reader.reads.wait(20)
    reader.feed.put(row("b"))
    reader.feed.close()
    reader.may_read.set()
    reader.thread.join(20)
    assert [one.name for _ in range(2) for one in reader.seen.get(timeout=20)] == ["a", "b"]
