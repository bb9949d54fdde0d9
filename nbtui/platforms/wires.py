"""What a connection to another program of this machine is, on every platform."""

from typing import Protocol


class AgentConnection(Protocol):
    """To an ssh-agent; the calls are those of a socket."""

    def send(self, data: bytes, /) -> object:
        """Send a message."""

    def recv(self, size: int, /) -> bytes:
        """At least one byte; empty at the end."""

    def close(self) -> object:
        """Safe to call twice."""
