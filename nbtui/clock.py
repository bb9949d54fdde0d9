"""Time, handed to whoever needs it.

Everything below the composition roots takes a `Clock`, so that a test can own the hours.
"""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What the program may know of time."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; means nothing in another process."""

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC, for display and for state that outlives us."""

    def wait(self, seconds: float) -> None:
        """Return after `seconds`."""


class Naps:
    """Finds out afterwards that we did not run: the machine slept, or the process was stopped.

    Surprise: a sleep of the machine moves the wall clock; the monotonic one stands still on Linux and macOS. That
    somebody set the wall clock looks the same.
    """

    def __init__(self, clock: Clock, *, worth: float) -> None:
        """Begin now.

        Args:
            clock: time.
            worth: seconds; less than that is only a busy machine.
        """
        self._clock = clock
        self._worth = worth
        self._last = clock.monotonic(), clock.wall()

    def missed(self, awake: float) -> float:
        """Seconds in which we did not run since the last call; 0.0: none worth a word.

        Args: awake: seconds that pass between two calls when all is well.
        """
        before, self._last = self._last, (self._clock.monotonic(), self._clock.wall())
        gap = max(now - then for now, then in zip(self._last, before, strict=True)) - awake
        return gap if gap >= self._worth else 0.0


class SystemClock:
    """See `Clock`."""

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """See `Clock.wall`."""
        return time.time()  # noqa: TID251  # the one place that may

    def wait(self, seconds: float) -> None:
        """See `Clock.wait`; an event's wait, because it is as exact and can be told apart in a profile."""
        threading.Event().wait(seconds)
