"""The connections of one forward: how many there are, what went wrong last, and an end to all of them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from nbtui.model.text import clean_line
from nbtui.ssh.connection import Connection

_POLITE = 0.3
"""Seconds that aborted connections get before they are severed."""
_FORCED = 1.0
"""Seconds that severed ones get."""


class Traffic:
    """See the module."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._open: set[Connection] = set()
        self._failures = 0
        self._error = ""
        self.ended = False
        """`end` was called."""

        self.served = 0
        """Connections so far."""

    @property
    def open(self) -> int:
        """Connections open now."""
        return len(self._open)

    @property
    def error(self) -> str:
        """What failed since a connection last worked, and how often; empty: nothing."""
        if self._failures > 1:
            return f"{self._error} ({self._failures} times)"
        return self._error

    def failed(self, reason: str) -> None:
        """Count a connection that could not be made."""
        with self._changed:
            self._failures += 1
            self._error = clean_line(reason)

    def worked(self) -> None:
        """Forget failures: a connection was made."""
        with self._changed:
            self._failures, self._error = 0, ""

    @contextmanager
    def connection(self, sock: socket.socket) -> Iterator[Connection]:
        """Count a connection for as long as the with-block lasts."""
        connection = Connection(sock)
        with self._changed:
            self._open.add(connection)
            self.served += 1
            ended = self.ended
        if ended:
            connection.abort()
        try:
            yield connection
        finally:
            with self._changed:
                self._open.discard(connection)
                self._changed.notify_all()

    def end(self) -> None:
        """Abort all connections, now and in future; returns when they are gone, in seconds."""
        self.ended = True
        for connection in self._now():
            connection.abort()
        if not self._gone(_POLITE):
            for connection in self._now():
                connection.sever()
            self._gone(_FORCED)

    def _now(self) -> list[Connection]:
        with self._changed:
            return list(self._open)

    def _gone(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, seconds)
