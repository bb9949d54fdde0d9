"""What happened when: every row of a profile as it changes, and whether a port was bound all the time."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

from lab.desk import Desk
from nbtui.client.socket_engine import socket_engine
from nbtui.clock import SystemClock
from nbtui.errors import NbtuiError
from nbtui.model.snapshot import Snapshot
from nbtui.paths import user_paths
from waiting import until

Wanted = Callable[[Snapshot], bool]
_LISTENS = "0A"
"""TCP_LISTEN in /proc/net/tcp; include/net/tcp_states.h."""


class Diary:
    """Watches one profile of a desk, whose agent runs already, from a thread."""

    def __init__(self, desk: Desk, name: str = "myvm") -> None:
        self._name = name
        self.rows: list[tuple[float, Snapshot]] = []
        """Each with the monotonic time at which it came."""
        engine = socket_engine(
            paths=user_paths(desk.env), environ=desk.env, clock=SystemClock()
        )
        self._watch = engine.watch((name,))
        self._thread = Thread(target=self._keep, name="diary", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self.rows, what=f"the first row of {self._name}")
        return self

    def __exit__(self, *_exc: object) -> None:
        self._watch.close()
        self._thread.join(5)

    @property
    def now(self) -> Snapshot:
        """The newest row."""
        return self.rows[-1][1]

    def seconds(
        self, wanted: Wanted, *, since: float, what: str, within: float = 60.0
    ) -> float:
        """Seconds from `since` to the first row after it that is as wanted; waits for it.

        Args:
            wanted: looks at a row.
            since: on the monotonic clock.
            what: what never happened, if it does not.
            within: seconds of patience.
        """

        def found() -> list[float]:
            rows = list(self.rows)
            return [when for when, row in rows if when >= since and wanted(row)][:1]

        try:
            [when] = until(found, what=what, seconds=within)
        except AssertionError as exc:
            story = "\n".join(
                f"{when - since:8.2f} {row.state} {row.lights} {row.doing} {row.last_error and row.last_error.message}"
                for when, row in self.rows
            )
            message = f"{exc}; the rows were\n{story}"
            raise AssertionError(message) from None
        return when - since

    def _keep(self) -> None:
        with suppress(NbtuiError):  # the agent went, or we do
            for rows in self._watch:
                self.rows += [(time.monotonic(), row) for row in rows]


def connected(row: Snapshot) -> bool:
    """The tunnel stands."""
    return row.state == "connected" and row.lights.tunnel == "ok"


def lost(row: Snapshot) -> bool:
    """The link was declared dead."""
    return row.state == "reconnecting"


def warned(row: Snapshot) -> bool:
    """The link's light is not ok any more."""
    return row.lights.link != "ok"


class Bound:
    """Looks all the time whether somebody listens on a port of 127.0.0.1; it never connects."""

    def __init__(self, port: int) -> None:
        self._here = f"0100007F:{port:04X}"
        self._stop = Event()
        self._thread = Thread(target=self._look, name="bound", daemon=True)
        self.looks = 0
        self.gaps = 0
        """Looks that found nobody."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join(5)

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            self.looks += 1
            self.gaps += not self._listens()

    def _listens(self) -> bool:
        rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
        columns = (row.split(maxsplit=4) for row in rows)
        return any(row[1] == self._here and row[3] == _LISTENS for row in columns)
