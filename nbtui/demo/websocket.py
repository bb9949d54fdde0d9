"""As much of RFC 6455 as it takes to talk to a kernel the way a notebook page does: text, whole messages."""

import base64
import hashlib
import os
import socket
import struct
from collections.abc import Mapping
from typing import Final, Self

from nbtui.errors import NbtuiError

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455 section 1.3."""

_TEXT, _CLOSE, _PONG = 0x1, 0x8, 0xA
_FINAL, _MASKED = 0x80, 0x80
_SHORT, _LONG = 126, 127
"""Lengths that say that the length follows, in 2 or 8 bytes; section 5.2."""

_HEAD_LIMIT: Final = 65536
_SWITCHED: Final = b"HTTP/1.1 101"


class WebSocket:
    """A connection to a server of this machine; use it with `with`."""

    def __init__(
        self, port: int, path: str, *, headers: Mapping[str, str], timeout: float
    ) -> None:
        """Connect and shake hands.

        Args:
            port: of localhost.
            path: with its query.
            headers: besides those of the handshake.
            timeout: seconds without a byte after which `recv` gives up.

        Raises:
            NbtuiError: the server does not want to.
            OSError: nobody answers.
        """
        self._sock = socket.create_connection(("localhost", port), timeout=timeout)
        self._file = self._sock.makefile("rb")
        try:
            self._shake_hands(port, path, headers)
        except BaseException:
            self.close()
            raise

    def _shake_hands(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        key = base64.b64encode(os.urandom(16))
        wanted = {
            "Host": f"localhost:{port}", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": key.decode(), "Sec-WebSocket-Version": "13", **headers,
        }  # fmt: skip
        lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in wanted.items()), "", ""]
        self._sock.sendall("\r\n".join(lines).encode())
        head = self._head()
        proof = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
        if not head.startswith(_SWITCHED) or proof not in head:
            status = head.partition(b"\r\n")[0].decode("latin-1")
            message = f"the notebook refuses a websocket: {status or 'no answer'}"
            raise NbtuiError(message, layer="jupyter")

    def _head(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n") and len(head) < _HEAD_LIMIT:
            line = self._file.readline(_HEAD_LIMIT)
            if not line:
                break
            head += line
        return head

    def send(self, text: str) -> None:
        """Send one message."""
        self._send(_TEXT, text.encode())

    def recv(self) -> str | None:
        """The next message; None: the server has closed. Raises TimeoutError, OSError."""
        whole = b""
        while True:
            first, data = self._frame()
            match first & 0x0F:
                case 0x8:  # close
                    return None
                case 0x9:  # ping
                    self._send(_PONG, data)
                case 0xA:  # pong
                    pass
                case _:
                    whole += data
                    if first & _FINAL:
                        return whole.decode()

    def _frame(self) -> tuple[int, bytes]:
        """First byte and payload; the end of the stream is a closing frame."""
        head = self._file.read(2)
        if len(head) < 2:  # noqa: PLR2004  # bytes
            return _FINAL | _CLOSE, b""
        first, length = head
        if length == _SHORT:
            (length,) = struct.unpack("!H", self._file.read(2))
        elif length == _LONG:
            (length,) = struct.unpack("!Q", self._file.read(8))
        return first, self._file.read(length)

    def _send(self, kind: int, data: bytes) -> None:
        size = len(data)
        if size < _SHORT:
            head = struct.pack("!BB", _FINAL | kind, _MASKED | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", _FINAL | kind, _MASKED | _SHORT, size)
        else:
            head = struct.pack("!BBQ", _FINAL | kind, _MASKED | _LONG, size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._sock.sendall(head + mask + masked)

    def close(self) -> None:
        """Hang up; safe to call twice."""
        self._file.close()
        self._sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
