"""Whether the browser that was opened has come.

A confined browser (snap, flatpak) may not be able to read the redirect file, and nothing tells whether it
did. But whoever follows it comes to the tunnel's port, where else only we come: to look at Jupyter.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

LATE = 5.0
"""Seconds after which a browser that has not come is worth a word."""


@dataclass(kw_only=True, slots=True)
class Visits:
    """Connections to one tunnel's port, by others than us."""

    _ours: int = 0
    _before: int = 0
    _since: float | None = None
    """When a browser was sent; None: none is waited for."""

    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def ours(self) -> Iterator[None]:
        """A connection of our own is made inside; one that could not be is not counted."""
        self._count(1)
        try:
            yield
        except BaseException:
            self._count(-1)
            raise

    def _count(self, change: int) -> None:
        with self._lock:
            self._ours += change

    def expect(self, served: int, now: float) -> None:
        """A browser is sent there.

        Args:
            served: connections that the port has taken.
            now: seconds, on the clock.
        """
        with self._lock:
            self._before, self._since = served - self._ours, now

    def missing(self, served: int, now: float) -> bool:
        """Whether it should have come by now.

        >>> visits = Visits()
        >>> visits.expect(3, 100.0)
        >>> visits.missing(3, 104.0), visits.missing(3, 106.0), visits.missing(4, 106.0)
        (False, True, False)
        """
        with self._lock:
            if self._since is not None and served - self._ours > self._before:
                self._since = None
            return self._since is not None and now - self._since > LATE
