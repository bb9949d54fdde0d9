"""The end of a connection that was given up for its silence: what is on its way may still arrive.

A host that froze and a network that was away bring, when they are back, what TCP held meanwhile; and Jupyter has no
copy of what it once wrote to a page's websocket. So whoever listens to a connection that was declared dead may go on
listening, until the next one stands and nothing more comes. Whoever wants to say something is sent to the next one.
"""

from threading import Event, Lock, Thread
from typing import Protocol

from nbtui.clock import Clock
from nbtui.ssh.listeners import Listeners

SLICE = 0.25
"""Seconds between two looks at one that still may say something."""
PATIENCE = 120.0
"""Seconds until it is over where no other connection comes to stand."""
ANSWER = 2.0
"""Seconds without a byte, after the next connection stands, in which who has asked something may be answered."""
QUIET = 10.0
"""The same for who only listens."""
LONGEST = 60.0
"""Seconds after which it is over in any case."""


class Farewell:
    """How far the end of one connection has come."""

    def __init__(self) -> None:
        self.lost = Event()
        """It was given up: nobody begins anything on it."""
        self.replaced = Event()
        """The next connection stands: nobody says anything on it."""
        self.unanswered: Listeners[()] = Listeners()
        """To be told when who waits for an answer waits in vain."""


class Leaver(Protocol):
    """A connection that was given up."""

    @property
    def farewell(self) -> Farewell:
        """How far its end has come."""

    @property
    def ended(self) -> Event:
        """Set when it really ended."""

    @property
    def last_heard(self) -> float:
        """Monotonic seconds at which the last byte arrived."""

    def close(self) -> None:
        """End it; safe to call twice."""


class Leaving:
    """The connections of one link that were given up, each with a thread that sees to its end."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._leavers: list[Leaver] = []

    def add(self, leaver: Leaver) -> None:
        """Let it go on for who listens."""
        with self._lock:
            self._leavers.append(leaver)
        work = (leaver,)
        Thread(target=self._see_off, args=work, name="farewell", daemon=True).start()

    def replaced(self) -> None:
        """The next connection stands."""
        for leaver in self._now():
            leaver.farewell.replaced.set()

    def close(self) -> None:
        """End all of them."""
        for leaver in self._now():
            self._over(leaver)

    def _see_off(self, leaver: Leaver) -> None:
        if self._await_next(leaver):
            self._hear_out(leaver)
        self._over(leaver)

    def _await_next(self, leaver: Leaver) -> bool:
        """Until the next connection stands; False: it is over before that."""
        began = self._clock.monotonic()
        while not leaver.farewell.replaced.is_set():
            late = self._clock.monotonic() - began >= PATIENCE
            if late or leaver.ended.wait(SLICE):
                return False
        return True

    def _hear_out(self, leaver: Leaver) -> None:
        began = self._clock.monotonic()
        waited = False
        while not leaver.ended.wait(SLICE):
            now = self._clock.monotonic()
            quiet = now - max(began, leaver.last_heard)
            if quiet >= ANSWER and not waited:
                waited = True
                leaver.farewell.unanswered.tell()
            if quiet >= QUIET or now - began >= LONGEST:
                return

    def _over(self, leaver: Leaver) -> None:
        with self._lock:
            if leaver in self._leavers:
                self._leavers.remove(leaver)
        leaver.close()

    def _now(self) -> list[Leaver]:
        with self._lock:
            return list(self._leavers)
