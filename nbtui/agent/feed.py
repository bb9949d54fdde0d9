"""Snapshots on their way to one client: the newest of each profile, however slow the client reads.

A session must not wait for a dashboard that is stopped with Ctrl-Z, so rows are put down here and a
thread of the client's own sends them.
"""

from collections.abc import Callable
from threading import Condition

from nbtui.model.snapshot import Snapshot


class Feed:
    """Newest rows by name, sent by whoever runs `serve`."""

    def __init__(self, *, send: Callable[[tuple[Snapshot, ...]], None]) -> None:
        self._send = send
        self._rows: dict[str, Snapshot] = {}
        self._open = True
        self._condition = Condition()

    def put(self, row: Snapshot) -> None:
        """A newer row replaces one that was not sent yet."""
        with self._condition:
            self._rows[row.name] = row
            self._condition.notify()

    def serve(self) -> None:
        """Send rows until `close`; what lies here then is still sent."""
        while rows := self._take():
            self._send(rows)

    def _take(self) -> tuple[Snapshot, ...]:
        with self._condition:
            self._condition.wait_for(lambda: self._rows or not self._open)
            rows, self._rows = tuple(self._rows.values()), {}
            return rows

    def close(self) -> None:
        """End `serve`."""
        with self._condition:
            self._open = False
            self._condition.notify()
