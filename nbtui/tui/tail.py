"""Follows what comes for a pane, such as the output of one server; it waits here until the interface takes it."""

from collections import deque
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

HELD = 5000
"""Lines, or whatever comes, that wait at most; the oldest go first."""


class Tail(Generic[T]):
    """A loop for a thread of its own.

    Args:
        lines: opens the stream; may block.
        knock: called, in the thread, when something waits that nobody was told of.
    """

    def __init__(
        self, *, lines: Callable[[], Iterator[T]], knock: Callable[[], object]
    ) -> None:
        self._lines = lines
        self._knock = knock
        self._lock = Lock()
        self._waiting: deque[T] = deque(maxlen=HELD)
        self._closed = False
        self._end: Callable[[], object] | None = None

    def run(self) -> None:
        """Read until the stream ends or `close`."""
        stream = self._lines()
        self._end = getattr(stream, "close", None)
        try:
            for line in stream:
                if self._closed:
                    break
                self._put(line)
        finally:
            self._shut()

    def take(self) -> tuple[T, ...]:
        """What waits."""
        with self._lock:
            taken = tuple(self._waiting)
            self._waiting.clear()
        return taken

    def close(self) -> None:
        """Stop; safe twice and from any thread."""
        self._closed = True
        self._shut()

    def _shut(self) -> None:
        if self._end:
            self._end()

    def _put(self, line: T) -> None:
        with self._lock:
            quiet = not self._waiting
            self._waiting.append(line)
        if quiet:
            self._knock()
