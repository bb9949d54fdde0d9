"""TCP ports for hosts and tunnels of the lab, below the ephemeral range.

A port is chosen long before anybody listens on it, so processes that test side by side must not choose among
the same ones: each claims a slice for as long as it lives, by a name that the kernel frees with it.
"""

import contextlib
import os
import socket
from itertools import count

FIRST, SLICE, SLICES = 20000, 200, 60
STRIDE = 37
"""From one port to the next: what takes the next free one of its own must not take the next test's."""


def _claimed() -> int:
    """The first port of a slice that is ours until this process ends; of anybody's where all are held."""
    start = os.getpid()
    for turn in range(SLICES):
        number = (start + turn) % SLICES
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            name.bind(f"\0nbtui-lab-ports-{number}")
            name.detach()  # nothing ever closes it
            return FIRST + number * SLICE
        name.close()
    return FIRST + start % SLICES * SLICE


_first = _claimed()
_turns = count()


def next_port() -> int:
    """A TCP port that is free on 127.0.0.1 and ::1; the same one comes again after 200 others."""
    for _ in range(SLICE):
        port = _first + next(_turns) * STRIDE % SLICE
        if _is_free(socket.AF_INET, "127.0.0.1", port) and _is_free(
            socket.AF_INET6, "::1", port
        ):
            return port
    message = f"no port is free from {_first} on"
    raise AssertionError(message)


def _is_free(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        probe = socket.socket(family)
    except OSError:  # a machine without this family has none of its ports taken
        return True
    with probe:
        try:
            probe.bind((address, port))
        except OSError as exc:
            return family == socket.AF_INET6 and "assign" in str(exc)
    return True
