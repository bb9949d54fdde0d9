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
