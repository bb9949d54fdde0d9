"""Frames: JSON messages and raw bytes of three streams over one connection.

What a frame's payload rides on is the platform's (`nbtui.platforms.wires`). A payload is a JSON object in UTF-8, so it
begins with `{`, or the number of a stream in one byte followed by that stream's bytes.

Surprise: a peer that dies in the middle of a frame is a peer that closed (None), not a wrong frame.
"""

import json
from threading import Lock
from typing import Any, Final, NamedTuple, Self

from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.platforms.wires import LIMIT, TooLong, Wire

STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2
_CHUNK: Final = 256 * 1024


class Data(NamedTuple):
    """Bytes of one stream."""

    stream: int
    """STDIN, STDOUT or STDERR."""

    data: bytes


class Channel:
    """One connection between a client and the agent."""

    def __init__(self, wire: Wire, *, peer: int | None = None) -> None:
        self._wire = wire
        self.peer = peer
        """Process of the other end; None: the platform does not tell."""

        self._sending = Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; safe from several threads.

        Raises:
            PeerGone: the connection is closed.
            ProtocolError: it is too large.
        """
        self._send(json.dumps(message, separators=(",", ":")).encode())

    def send_data(self, stream: int, data: bytes) -> None:
        """Send bytes of one stream, in as many frames as they need.

        Raises: PeerGone: the connection is closed.
        """
        for start in range(0, len(data), _CHUNK):
            self._send(bytes((stream,)) + data[start : start + _CHUNK])

    def _send(self, payload: bytes) -> None:
        if len(payload) > LIMIT:
            message = f"a message of {len(payload)} bytes is over the limit of {LIMIT}"
            raise ProtocolError(message)
        try:
            with self._sending:
                self._wire.send(payload)
        except OSError as exc:
            message = "the other end of the agent's socket went away"
            raise PeerGone(message) from exc

    def recv(self) -> dict[str, Any] | Data | None:
        """Wait for the next message; None: the peer closed, or `close` was called.

        Raises: ProtocolError: what came is no frame of ours.
        """
        try:
            payload = self._wire.recv()
        except OSError:
            return None
        except TooLong as exc:
            raise ProtocolError(str(exc)) from exc
        return None if payload is None else decode(payload)

    def close(self) -> None:
        """Close; wakes a blocked `recv`, which returns None. A second call does nothing."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def decode(payload: bytes) -> dict[str, Any] | Data:
    r"""Tell what a payload holds.

    >>> decode(b"\x01hi")
    Data(stream=1, data=b'hi')
    >>> decode(b'{"type":"eof"}')
    {'type': 'eof'}

    Raises: ProtocolError: neither; or JSON that is broken or nested too deeply.
    """
    if payload[:1] in {b"\x00", b"\x01", b"\x02"}:
        return Data(stream=payload[0], data=payload[1:])
    if payload[:1] != b"{":
        message = f"a frame begins with {payload[:1]!r}"
        raise ProtocolError(message)
    try:
        document: dict[str, Any] = json.loads(payload)
    except (ValueError, RecursionError) as exc:
        message = "a message is no JSON that can be read"
        raise ProtocolError(message) from exc
    return document
