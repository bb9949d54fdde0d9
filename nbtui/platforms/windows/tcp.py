"""TCP of Windows.

Surprise: SO_REUSEADDR lets another program take a port that is in use, and ranges of ports are kept for Hyper-V and others,
from which bind is refused with EACCES.
"""

import errno
import socket
from dataclasses import dataclass
from typing import Final

REUSE: Final = False
"""See `nbtui.platforms.tcp`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """Keeps other programs out."""

    option: int
    """SO_EXCLUSIVEADDRUSE."""

    def claim(self, sock: socket.socket) -> None:
        """See `nbtui.platforms.tcp`."""
        sock.setsockopt(socket.SOL_SOCKET, self.option, 1)


def reserved(number: int | None, _port: int) -> bool:
    """See `nbtui.platforms.tcp`."""
    return number == errno.EACCES


def send_some(sock: socket.socket, data: bytes | memoryview, *, patience: float) -> int:  # noqa: ARG001  # there is no MSG_DONTWAIT: the socket's own time-out counts
    """See `nbtui.platforms.tcp`."""
    return sock.send(data)


def acknowledge(_sock: socket.socket) -> None:
    """See `nbtui.platforms.tcp`; Windows decides by itself."""


def unsent(_sock: socket.socket) -> int:
    """See `nbtui.platforms.tcp`; Windows does not say."""
    return 0
