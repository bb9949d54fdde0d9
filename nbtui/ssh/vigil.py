"""A connection that says nothing and is only there to end: it tells at once that the program at its far end did.

Surprise: paramiko has no callback for the end of a channel, but it sets an event when anything arrives, an end
too; here that event calls. It does so on the transport's thread, so what is called must not block.
"""

from collections.abc import Callable
from threading import Event

import paramiko

from nbtui.ssh.addresses import Address
from nbtui.ssh.channels import brief, close_channel, open_direct
from nbtui.ssh.crossing import GetTransport


class Vigil:
    """See the module; made by `hold`."""

    def __init__(self, channel: paramiko.Channel, to: Address) -> None:
        self._channel = channel
        self.to = to
        """Where it leads."""

    @property
    def open(self) -> bool:
        """It has not ended."""
        return not (self._channel.closed or self._channel.eof_received)

    def close(self) -> None:
        """End it; safe to call twice and from any thread."""
        close_channel(self._channel)


class _News(Event):
    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self._call = call

    def set(self) -> None:
        super().set()
        self._call()


def hold(
    transport: GetTransport, to: Address, ended: Callable[[], object], *, timeout: float
) -> Vigil:
    """Connect to `to` as the host sees it and wait for the end.

    Args:
        transport: the link's live one.
        to: where the program listens.
        ended: called, perhaps several times and perhaps at once; must not block.
        timeout: seconds for the opening.

    Raises:
        LinkLost, TimedOut, HostUnreachable: see `open_direct`.
    """
    channel = brief(open_direct(transport(0.0), to, timeout=timeout))
    channel.in_buffer.set_event(_News(ended))
    return Vigil(channel, to)
