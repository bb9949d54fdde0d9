"""Where the agent of this user and configuration folder is: `nbtui.platforms.doors`, spoken through channels."""

from collections.abc import Callable
from typing import Protocol

from nbtui.ipc.errors import AgentRunning, NoAgent
from nbtui.ipc.framing import Channel
from nbtui.platforms.doors import knock, open_door
from nbtui.platforms.wires import Address, Entrance, Occupied, Visit

__all__ = ["Listener", "dial", "listen"]


class Knock(Protocol):
    """See `nbtui.platforms.doors.knock`."""

    def __call__(self, address: Address, /, *, timeout: float) -> Visit: ...


class Listener:
    """Where clients come in. `close` frees the address."""

    def __init__(self, door: Entrance) -> None:
        self._door = door

    def accept(self) -> Channel | None:
        """Wait for the next client of this user; None: `close` was called."""
        visit = self._door.accept()
        return None if visit is None else Channel(visit.wire, peer=visit.peer)

    def close(self) -> None:
        """Stop listening and wake a blocked `accept`; a second call does nothing."""
        self._door.close()


def listen(
    address: Address, *, door: Callable[[Address], Entrance] = open_door
) -> Listener:
    """Become the agent.

    Raises:
        AgentRunning: a live one has the address.
        AgentError: the folder is not private.
    """
    try:
        return Listener(door(address))
    except Occupied as exc:
        raise AgentRunning("another agent is running") from exc


def dial(address: Address, *, timeout: float, knocking: Knock = knock) -> Channel:
    """Talk to the agent.

    Args:
        address: of the agent.
        timeout: seconds for the connection, not for the talk.
        knocking: how it is connected to.

    Raises:
        NoAgent: nobody listens.
        AgentError: whoever listens is another user.
    """
    try:
        visit = knocking(address, timeout=timeout)
    except OSError as exc:
        raise NoAgent("no agent is running") from exc
    return Channel(visit.wire, peer=visit.peer)
