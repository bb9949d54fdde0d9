"""A forwarded connection at the VM's end (RFC 4254 section 7.2), with half-close both ways."""

import contextlib
import socket
from threading import Thread

import paramiko

_CHUNK = 1 << 16
_HERE = ("localhost", "127.0.0.1", "::1")
_SECONDS = 3.0
"""For a connection that does not leave this machine."""


def reach(host: str, port: int) -> socket.socket | None:
    """Connect; None: the address is not one of this machine. Raises OSError: nobody answers."""
    if host not in _HERE:
        return None
    sock = socket.create_connection((host, port), timeout=_SECONDS)
    sock.settimeout(None)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def carry(channel: paramiko.Channel, sock: socket.socket) -> None:
    """Carry bytes until both directions have ended; closes both."""
    with contextlib.closing(channel), sock:
        up = Thread(target=_up, args=(channel, sock), name="forward", daemon=True)
        up.start()
        _down(sock, channel)
        up.join()


def _up(channel: paramiko.Channel, sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := channel.recv(_CHUNK):
            sock.sendall(data)
    with contextlib.suppress(OSError):  # a channel that was closed ends reading too
        sock.shutdown(socket.SHUT_RDWR if channel.closed else socket.SHUT_WR)


def _down(sock: socket.socket, channel: paramiko.Channel) -> None:
    try:
        while data := sock.recv(_CHUNK):
            channel.sendall(data)
        channel.shutdown_write()
    except (OSError, EOFError):
        channel.close()
