"""What connections to other programs of this machine are, on every platform."""

from pathlib import Path
from typing import Final, NamedTuple, Protocol

LIMIT: Final = 16 * 1024 * 1024
"""Bytes of the largest payload."""


class AgentConnection(Protocol):
    """To an ssh-agent; the calls are those of a socket."""

    def send(self, data: bytes, /) -> object:
        """Send a message."""

    def recv(self, size: int, /) -> bytes:
        """At least one byte; empty at the end."""

    def close(self) -> object:
        """Safe to call twice."""


class TooLong(ValueError):
    """A payload over the limit was announced."""


class Occupied(Exception):
    """A live agent has the address."""


class Wire(Protocol):
    """Carries whole payloads of at most `LIMIT` bytes; both ends may use it at the same time."""

    def send(self, payload: bytes) -> None:
        """Send one payload.

        Raises: OSError: the peer or we closed.
        """

    def recv(self) -> bytes | None:
        """Wait for the next payload; None: the peer closed.

        Raises:
            OSError: we closed.
            TooLong: the peer announced more than `LIMIT` bytes.
        """

    def close(self) -> None:
        """Close; wakes a blocked `recv` and `send`; a second call does nothing."""


class Visit(NamedTuple):
    """One connection between a client and the agent."""

    wire: Wire
    peer: int | None
    """Process of the other end; None: the platform does not tell."""


class Address(Protocol):
    """Where the agent is met: `nbtui.paths.Paths`, as far as it is needed."""

    @property
    def runtime_dir(self) -> Path:
        """Only this user's; made where it is missing."""

    @property
    def agent_socket(self) -> Path:
        """In that folder, where there are sockets with names."""

    @property
    def key(self) -> str:
        """Tells the agents of one user apart."""


class Entrance(Protocol):
    """Where clients come in."""

    def accept(self) -> Visit | None:
        """Wait for the next client of this user; None: `close` was called."""

    def close(self) -> None:
        """Stop listening and wake a blocked `accept`; a second call does nothing."""
