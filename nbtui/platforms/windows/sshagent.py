"""Agents of Windows: one that listens at a pipe with a name, else Pageant, else the one of Windows' own OpenSSH.

Source: PuTTY manual, 9.3.2 (Pageant writes the name of its pipe as an IdentityAgent of ssh_config); ssh_config of Win32-OpenSSH.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from nbtui.platforms.wires import AgentConnection

BY_SOCKET: Final = False
"""See `nbtui.platforms.sshagent`."""
_PIPE: Final = re.compile(r"[\\/]+\.[\\/]+pipe[\\/]+(.+)", re.IGNORECASE)


class Pipe(Protocol):
    """A file without a buffer."""

    def write(self, data: bytes, /) -> object:
        """All of it."""

    def read(self, size: int, /) -> bytes | None:
        """At most so much, at least one byte; empty at the end."""

    def close(self) -> object:
        """Safe to call twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipeConnection:
    """See `AgentConnection`."""

    pipe: Pipe

    def send(self, data: bytes) -> None:
        """See `AgentConnection.send`."""
        self.pipe.write(data)

    def recv(self, size: int) -> bytes:
        """See `AgentConnection.recv`."""
        return self.pipe.read(size) or b""

    def close(self) -> None:
        """See `AgentConnection.close`."""
        self.pipe.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class Agents:
    """See `nbtui.platforms.sshagent`."""

    open_pipe: Callable[[str], Pipe]
    """Raises OSError: nobody listens."""

    def connect(
        self,
        path: str | None,
        *,
        patience: float,
        pageant: Callable[[], AgentConnection | None],
    ) -> AgentConnection | None:
        """See `nbtui.platforms.sshagent`; a path that is no pipe's is one of Cygwin or WSL, whose sockets mean nothing here."""
        del patience  # Pageant answers in its window's thread, a pipe at once
        if name := pipe_name(path or ""):
            return PipeConnection(pipe=self.open_pipe(name))
        return pageant()


def pipe_name(path: str) -> str:
    r"""The name of a pipe as Windows opens it; empty: the path is none.

    >>> pipe_name(r"\\.\pipe\openssh-ssh-agent") == pipe_name("//./pipe/openssh-ssh-agent")
    True
    >>> pipe_name("/cygdrive/c/agent")
    ''
    """
    found = _PIPE.fullmatch(path)
    return rf"\\.\pipe\{found[1]}" if found else ""
