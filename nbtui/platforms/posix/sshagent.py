"""A Unix socket of the agent's."""

import socket
import sys
from collections.abc import Callable
from typing import Final

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

BY_SOCKET: Final = True
"""See `nbtui.platforms.sshagent`."""


def connect(
    path: str | None, *, patience: float, pageant: Callable[[], object]
) -> socket.socket | None:
    """See `nbtui.platforms.sshagent`."""
    del pageant  # of Windows
    if not path:
        return None
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(patience)
    try:
        sock.connect(path)
    except OSError:
        sock.close()
        raise
    return sock
