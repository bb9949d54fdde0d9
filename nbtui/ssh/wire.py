"""What a transport reads from and writes to: counts what arrives, and looks at the first bytes.

Surprise: paramiko wakes up ten times a second on every idle connection; here it is every other second, and on a
socket that has greeted never, because `close` shuts it down and so wakes the reader. It also reads an endless first
line, and chokes on what is not UTF-8; here a line of greeting is bounded and what is not `SSH-` is kept for
the message and not passed on.
"""

import contextlib
import re
import socket
from typing import Protocol

from nbtui.clock import Clock
from nbtui.model.text import clean_line
from nbtui.platforms import tcp
from nbtui.ssh.here import Place, place_of, unsent

POLL = 2.0
"""Seconds that a read or write may block; see the module's surprise."""
OPENING_LIMIT = 16384
"""Bytes that may come before the line that starts with SSH-."""
HURRIED = 64
"""Reads after which TCP may delay its acknowledgements; until then sshd's Nagle would wait 40 ms for some."""
_GREETING = re.compile(rb"^SSH-.*\n", re.MULTILINE)


class RawStream(Protocol):
    """A socket, a channel of another link, or the pipes of a ProxyCommand."""

    def recv(self, size: int, /) -> bytes:
        """At least one byte, b"" at the end. Raises TimeoutError, OSError."""

    def send(self, data: bytes, /) -> int:
        """Send some of it; how much. Raises TimeoutError, OSError."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Seconds that `recv` and `send` may block."""

    def close(self) -> None:
        """Safe to call twice and from another thread."""


class NotSsh(OSError):
    """The first bytes are no SSH server's."""


class Wire:
    """See the module; satisfies what paramiko asks of a socket."""

    def __init__(
        self, stream: RawStream, *, clock: Clock, carrier: "Wire | None" = None
    ) -> None:
        """Take over a stream.

        Args:
            stream: connected.
            clock: time.
            carrier: where the stream is a channel of another connection, what that reads and writes.
        """
        self._stream = stream
        self._clock = clock
        self._carrier = carrier
        self._closed = False
        self._hurried = HURRIED
        self._opening = b""
        self._ready = b""
        self.greeted = False
        """The line that starts with SSH- has arrived."""
        self.greeted_at = 0.0
        """When it had."""
        self.received = 0
        """Bytes."""
        self.last_heard = clock.monotonic()
        """When the last byte arrived."""
        self.last_moved = self.last_heard
        """When `look` last saw that a queue of bytes on their way out got shorter."""
        self._sent = 0
        self._taken = 0
        stream.settimeout(POLL)

    @property
    def said(self) -> str:
        """What came before the SSH- line, for people."""
        return clean_line(self._opening, limit=200)

    def recv(self, size: int) -> bytes:
        """See `RawStream.recv`."""
        if not self.greeted:
            self._read_opening()
        if self._ready:
            data, self._ready = self._ready[:size], self._ready[size:]
            return data
        return self._read(size)

    def recv_into(self, room: memoryview) -> int:
        """See `RawStream.recv`: how much was put at the beginning of `room`, 0 at the end."""
        if isinstance(self._stream, socket.socket) and not self._ready:
            return self._heard(self._stream.recv_into(room))
        data = self.recv(len(room))
        room[: len(data)] = data
        return len(data)

    def send(self, data: bytes | memoryview) -> int:
        """See `RawStream.send`."""
        if isinstance(self._stream, socket.socket):
            size = tcp.send_some(self._stream, data, patience=POLL)
        else:
            size = self._stream.send(bytes(data))
        self._sent += size
        return size

    def now(self) -> float:
        """Monotonic seconds, on the clock of `last_heard`."""
        return self._clock.monotonic()

    def look(self) -> None:
        """Take note of what moves outwards. What was sent into an empty queue moves at once, and says little."""
        if self._carrier is not None:
            self._carrier.look()
            self.last_moved = self._carrier.last_moved
        elif isinstance(self._stream, socket.socket):
            queued = unsent(self._stream)
            before, self._taken = self._taken, self._sent - queued
            if queued and self._taken > before:
                self.last_moved = self._clock.monotonic()

    def place(self) -> Place | None:
        """Both ends, where it is a connection of its own."""
        return place_of(self._stream) if isinstance(self._stream, socket.socket) else None

    def settimeout(self, seconds: float | None) -> None:
        """Ignored: paramiko asks for a tenth of a second; see `POLL`."""

    def getpeername(self) -> object:
        """Address of the other end; paramiko hands it on."""
        peer = getattr(self._stream, "getpeername", None)
        return ("unknown", 0) if peer is None else peer()

    def close(self) -> None:
        """End reading and writing at once; safe to call twice and from another thread."""
        self._closed = True
        with contextlib.suppress(OSError):
            if isinstance(self._stream, socket.socket):
                self._stream.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, EOFError):
            self._stream.close()

    def _read(self, size: int) -> bytes:
        data = self._stream.recv(size)
        self._heard(len(data))
        return data

    def _heard(self, size: int) -> int:
        if self._hurried:
            self._hurried -= 1
            if isinstance(self._stream, socket.socket):
                tcp.acknowledge(self._stream)
        if size:
            self.received += size
            self.last_heard = self._clock.monotonic()
        return size

    def _read_opening(self) -> None:
        """Read up to the end of the SSH- line. Raises EOFError, NotSsh, TimeoutError."""
        while (found := _GREETING.search(self._opening)) is None:
            if len(self._opening) > OPENING_LIMIT:
                raise NotSsh(self.said)
            data = self._read(1024)
            if not data:
                raise EOFError
            self._opening += data
        self.greeted, self.greeted_at = True, self.last_heard
        if isinstance(self._stream, socket.socket):
            # a time-out costs a call of the system for each read and write
            self._stream.settimeout(None)
        start = found.start()
        self._opening, self._ready = self._opening[:start], self._opening[start:]
