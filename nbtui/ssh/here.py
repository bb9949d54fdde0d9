"""What this machine's network says of a connection, asked without sending a byte.

Surprise: a connection whose own address went away with a cable, a Wi-Fi or a VPN gets no error; it falls silent.
A datagram socket that is bound or connected asks the system's tables and sends nothing, on every platform.
"""

import errno
import socket
from typing import NamedTuple

from nbtui.platforms import tcp

_NOT_HERE = {errno.EADDRNOTAVAIL, 10049}
"""The second is Windows' own."""


class Place(NamedTuple):
    """Both ends of a connection, as `getsockname` and `getpeername` have them."""

    family: socket.AddressFamily
    local: tuple[object, ...]
    peer: tuple[object, ...]


def place_of(sock: socket.socket) -> Place | None:
    """Where a connected socket stands; None: it is no internet connection, or not connected any more."""
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        family = socket.AddressFamily(sock.family)
        return Place(family, sock.getsockname(), sock.getpeername())
    except OSError:
        return None


def is_here(place: Place) -> bool:
    """Whether this machine still has the address that the connection uses; True when it cannot be told."""
    try:
        with socket.socket(place.family, socket.SOCK_DGRAM) as probe:
            probe.bind((place.local[0], 0, *place.local[2:]))
    except OSError as exc:
        return exc.errno not in _NOT_HERE
    return True


def source_now(place: Place) -> str:
    """The address that a new connection to the peer would use; empty: there is no way to it."""
    try:
        with socket.socket(place.family, socket.SOCK_DGRAM) as probe:
            probe.connect(place.peer)
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def unsent(sock: socket.socket) -> int:
    """Bytes that we wrote and the peer's system did not confirm; 0 where ours does not say."""
    try:
        return tcp.unsent(sock)
    except (OSError, ValueError):  # it was closed meanwhile
        return 0
