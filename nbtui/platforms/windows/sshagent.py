"""Pageant, else the agent of Windows' own OpenSSH; neither has a path that a person would know."""

from collections.abc import Callable
from typing import Final

from nbtui.platforms.wires import AgentConnection

BY_SOCKET: Final = False
"""See `nbtui.platforms.sshagent`."""


def connect(
    _path: str | None, *, patience: float, pageant: Callable[[], AgentConnection | None]
) -> AgentConnection | None:
    """See `nbtui.platforms.sshagent`; SSH_AUTH_SOCK is one of Cygwin or WSL, whose sockets mean nothing here."""
    del patience  # Pageant answers in its window's thread, the pipe at once
    return pageant()
