"""TCP of Linux and macOS."""

import contextlib
import errno
import fcntl
import select
import socket
import struct
import sys
import termios
from typing import Final

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

REUSE: Final = True
"""See `nbtui.platforms.tcp`."""

_PRIVILEGED = 1024
_SO_NWRITE = 0x1024
"""macOS, sys/socket.h: bytes in the send buffer."""


def claim(_sock: socket.socket) -> None:
    """See `nbtui.platforms.tcp`; who is bound first has it."""


def reserved(number: int | None, port: int) -> bool:
    """See `nbtui.platforms.tcp`; below 1024 it is root that is missing."""
    return number == errno.EACCES and port >= _PRIVILEGED


def send_some(sock: socket.socket, data: bytes | memoryview, *, patience: float) -> int:
    """See `nbtui.platforms.tcp`.

    Not by a time-out of the socket, which costs a call of the system each time; not blocking until all of it has gone
    in, which hides that something moves.
    """
    try:
        return sock.send(data, socket.MSG_DONTWAIT)
    except BlockingIOError:
        waiting = select.poll()
        waiting.register(sock, select.POLLOUT)
        if not waiting.poll(patience * 1000):
            raise TimeoutError from None
        return sock.send(data, socket.MSG_DONTWAIT)


def acknowledge(sock: socket.socket) -> None:
    """See `nbtui.platforms.tcp`. Source: tcp(7), TCP_QUICKACK."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def unsent(sock: socket.socket) -> int:
    """See `nbtui.platforms.tcp`. Source: tcp(7), SIOCOUTQ, on Linux; SO_NWRITE on macOS."""
    if sys.platform == "linux":
        answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
        return int(struct.unpack("i", answer)[0])
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on Linux
        return sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
