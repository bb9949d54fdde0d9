"""The ear at the agent: listens to snapshots, and listens again when the agent has gone.

Snapshots wait in an inbox, the newest of each profile only: while the dashboard is suspended nobody takes
them out, and they must neither pile up nor hold up the agent.
"""

from collections.abc import Callable
from threading import Event, Lock

from nbtui.client.engine import Engine
from nbtui.errors import NbtuiError
from nbtui.model.snapshot import Snapshot

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
"""Seconds between two attempts to reach the agent."""


class Inbox:
    """Newest snapshot of each profile, until somebody takes them."""

    def __init__(self, *, knock: Callable[[], object]) -> None:
        self._knock = knock
        self._lock = Lock()
        self._waiting: dict[str, Snapshot] = {}

    def put(self, *batch: Snapshot) -> None:
        """Add snapshots from any thread; knocks once for all that wait."""
        with self._lock:
            quiet = not self._waiting
            self._waiting.update({one.name: one for one in batch})
        if quiet and batch:
            self._knock()

    def take(self) -> tuple[Snapshot, ...]:
        """All that wait."""
        with self._lock:
            taken, self._waiting = tuple(self._waiting.values()), {}
        return taken


class Watch:
    """A loop for a thread of its own; ends soon after `close`."""

    def __init__(
        self, *, engine: Engine, inbox: Inbox, heard: Callable[[str], object]
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._heard = heard
        self._closed = Event()
        self._close_stream: Callable[[], None] | None = None

    def run(self) -> None:
        """Listen until closed. `heard` is told "" when the agent speaks, else why it does not."""
        pause = FIRST_PAUSE
        while not self._closed.is_set():
            reason, spoke = self._listen()
            if self._closed.is_set():
                return
            self._heard(reason)
            pause = FIRST_PAUSE if spoke else min(LONGEST_PAUSE, pause * 2)
            self._closed.wait(pause)

    def close(self) -> None:
        """Stop listening; safe twice and from any thread."""
        self._closed.set()
        if self._close_stream is not None:
            self._close_stream()

    def _listen(self) -> tuple[str, bool]:
        spoke = False
        try:
            with self._engine.watch() as stream:
                self._close_stream = stream.close
                for batch in stream:
                    if not spoke:
                        self._heard("")
                    spoke = True
                    self._inbox.put(*batch)
        except NbtuiError as error:
            return error.message, spoke
        return "gone, calling it again", spoke
