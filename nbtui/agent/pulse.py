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
LOOK_SECONDS, ALONE_SECONDS = 5.0, 30.0
"""Between two looks at a connected session: while somebody sees what they tell, and while nobody does."""

WATCHED_SECONDS = 30.0
"""After the last client has gone, another one may come to see whether it is still well."""

LOOKS_A_SECOND = 4.0
"""Of all sessions together, as a rule: two hundred of them must not cost what forty looks a second do."""

REST, LONGEST_REST = 2.0, 20.0
"""Times as long as a look took, nobody looks again, for so many seconds at most: on a slow line looks would be all
that is carried."""

NAP_SECONDS = 5.0
"""Less time in which we did not run is only a busy machine."""

AGAIN_SECONDS = 1.0
"""After a look at which something was not well."""

IDLE_SECONDS = 600.0
"""With no link and no client for this long, the agent ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looked:
    """When a session was last looked at, on the clock, and how it was."""

    ended: float
    took: float
    well: bool

    def due(self, usual: float) -> float:
        """When it is to be looked at again; `usual`: seconds between two looks while all is well."""
        pause = usual if self.well else AGAIN_SECONDS
        return self.ended + max(pause, min(REST * self.took, LONGEST_REST))


@dataclass(kw_only=True)
class Pulse:
    """Runs until `quit` is set, and sets it when nobody needs the agent any more."""

    manager: Manager
    crew: Crew
    clock: Clock
    quit: Flag
    _looked: dict[str, _Looked] = field(default_factory=dict)
    _looking: set[str] = field(default_factory=set)

    def run(self, *, seen: Callable[[], float]) -> None:
        """Beat; returns once `quit` is set, also while a host that hangs is being looked at.

        Args: seen: when the last client was there, on the clock.
        """
        needed = self.clock.monotonic()
        naps = Naps(self.clock, worth=NAP_SECONDS)
        pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="look")
        while not self.quit.wait(BEAT_SECONDS):
            now = self.clock.monotonic()
            self.manager.tick()
            self._wake(naps.missed(BEAT_SECONDS))
            self._look(pool, now, watched=now - seen() < WATCHED_SECONDS)
            needed = now if self.manager.active else max(needed, seen())
            if now - needed > IDLE_SECONDS:
                self.quit.set()
        pool.shutdown(wait=False, cancel_futures=True)

    def _wake(self, slept: float) -> None:
        """Whoever waits for their next attempt need not: it is another hour, and perhaps another network."""
        if slept:
            log.info("did not run for %.0f s", slept)
            self.manager.nudge()

    def _look(self, pool: ThreadPoolExecutor, now: float, *, watched: bool) -> None:
        sessions = self.manager.connected()
        usual = LOOK_SECONDS if watched else ALONE_SECONDS
        usual = max(usual, len(sessions) / LOOKS_A_SECOND)
        for session in sessions:
            last = self._looked.get(session.name)
            due = session.doubted or last is None or now >= last.due(usual)
            if due and session.name not in self._looking:
                session.doubted = False
                self._looking.add(session.name)
                pool.submit(self._look_at, session)

    def _look_at(self, session: Session) -> None:
        began, well = self.clock.monotonic(), False
        try:
            well = self.crew.look_after(session)
        except Exception:  # nobody asks for the future's outcome
            log.exception("looking at %s", session.name)
        finally:
            ended = self.clock.monotonic()
            looked = _Looked(ended=ended, took=ended - began, well=well)
            self._looked[session.name] = looked
            self._looking.discard(session.name)
