"""Whole payloads over a stream socket: each is preceded by its length (4 bytes, big-endian)."""

import contextlib
import socket
from threading import Lock

from nbtui.platforms.wires import LIMIT, TooLong

_CHUNK = 256 * 1024


class SocketWire:
    """See `nbtui.platforms.wires.Wire`; over a connected stream socket, which it owns from now on.

    `close` first shuts the connection down, which wakes whoever is inside, and then waits for them:
    a descriptor that is closed under a blocked call may belong to somebody else a moment later.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._reading = Lock()
        self._writing = Lock()

    def send(self, payload: bytes) -> None:
        """See `Wire.send`."""
        with self._writing:
            self._socket.sendall(len(payload).to_bytes(4) + payload)

    def recv(self) -> bytes | None:
        """See `Wire.recv`."""
        with self._reading:
            header = self._exactly(4)
            if header is None:
                return None
            length = int.from_bytes(header)
            if length > LIMIT:
                raise TooLong(f"a frame of {length} bytes is over the limit of {LIMIT}")
            return self._exactly(length)

    def _exactly(self, count: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < count:
            part = self._socket.recv(min(count - len(parts), _CHUNK))
            if not part:
                return None
            parts += part
        return bytes(parts)

    def close(self) -> None:
        """See `Wire.close`."""
        with contextlib.suppress(OSError):  # the peer was faster, or it is the second call
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._reading, self._writing:
            self._socket.close()
