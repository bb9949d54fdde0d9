"""What the agent does by itself: due attempts, looks at connected sessions, and its own end."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event as Flag

from nbtui.clock import Clock, Naps
from nbtui.session.crew import Crew
from nbtui.session.manager import Manager
from nbtui.session.session import Session

log = logging.getLogger(__name__)

BEAT_SECONDS = 0.25
LOOK_SECONDS = 5.0
"""Between two looks at a connected session, at least."""

REST = 2.0
"""Times as long as a look took, nobody looks again: on a slow line looks would be all that is carried."""

NAP_SECONDS = 5.0
"""Less time in which we did not run is only a busy machine."""

IDLE_SECONDS = 600.0
"""With no link and no client for this long, the agent ends."""


@dataclass(kw_only=True)
class Pulse:
    """Runs until `quit` is set, and sets it when nobody needs the agent any more."""

    manager: Manager
    crew: Crew
    clock: Clock
    quit: Flag
    _due: dict[str, float] = field(default_factory=dict)
    """When the next look at a session is due, on the clock."""

    _looking: set[str] = field(default_factory=set)

    def run(self, *, seen: Callable[[], float]) -> None:
        """Beat; returns once `quit` is set, also while a host that hangs is being looked at.

        Args: seen: when the last client was there, on the clock.
        """
        needed = self.clock.monotonic()
        naps = Naps(self.clock, worth=NAP_SECONDS)
        pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="look")
        while not self.quit.wait(BEAT_SECONDS):
            now = self.clock.monotonic()
            self.manager.tick()
            self._wake(naps.missed(BEAT_SECONDS))
            self._look(pool, now)
            needed = now if self.manager.active else max(needed, seen())
            if now - needed > IDLE_SECONDS:
                self.quit.set()
        pool.shutdown(wait=False, cancel_futures=True)

    def _wake(self, slept: float) -> None:
        """Whoever waits for their next attempt need not: it is another hour, and perhaps another network."""
        if slept:
            log.info("did not run for %.0f s", slept)
            self.manager.nudge()

    def _look(self, pool: ThreadPoolExecutor, now: float) -> None:
        for session in self.manager.connected():
            due = self._due.get(session.name, 0.0)
            if now >= due and session.name not in self._looking:
                self._looking.add(session.name)
                pool.submit(self._look_at, session)

    def _look_at(self, session: Session) -> None:
        began = self.clock.monotonic()
        try:
            self.crew.look_after(session)
        except Exception:  # nobody asks for the future's outcome
            log.exception("looking at %s", session.name)
        finally:
            now = self.clock.monotonic()
            self._due[session.name] = now + max(LOOK_SECONDS, REST * (now - began))
            self._looking.discard(session.name)
