"""What the agent does by itself: due attempts, looks at connected sessions, and its own end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event as Flag

from nbtui.clock import Clock
from nbtui.session.crew import Crew
from nbtui.session.manager import Manager
from nbtui.session.session import Session

BEAT_SECONDS = 0.25
LOOK_SECONDS = 5.0
"""Between two looks at a connected session."""

IDLE_SECONDS = 600.0
"""With no link and no client for this long, the agent ends."""


@dataclass(kw_only=True)
class Pulse:
    """Runs until `quit` is set, and sets it when nobody needs the agent any more."""

    manager: Manager
    crew: Crew
    clock: Clock
    quit: Flag
    _looked: dict[str, float] = field(default_factory=dict)
    _looking: set[str] = field(default_factory=set)

    def run(self, *, clients: Callable[[], int]) -> None:
        """Beat; returns once `quit` is set."""
        needed = self.clock.monotonic()
        with ThreadPoolExecutor(max_workers=4, thread_name_prefix="look") as pool:
            while not self.quit.wait(BEAT_SECONDS):
                now = self.clock.monotonic()
                self.manager.tick()
                self._look(pool, now)
                if self.manager.active or clients():
                    needed = now
                if now - needed > IDLE_SECONDS:
                    self.quit.set()

    def _look(self, pool: ThreadPoolExecutor, now: float) -> None:
        for session in self.manager.connected():
            due = self._looked.get(session.name, 0.0) + LOOK_SECONDS
            if now >= due and session.name not in self._looking:
                self._looking.add(session.name)
                pool.submit(self._look_at, session)

    def _look_at(self, session: Session) -> None:
        try:
            self.crew.look_after(session)
        finally:
            self._looked[session.name] = self.clock.monotonic()
            self._looking.discard(session.name)
