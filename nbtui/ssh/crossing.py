"""A channel across whichever transport of the link is live, waiting a bounded time for one."""

from collections.abc import Callable

import paramiko

from nbtui.clock import Clock
from nbtui.errors import LinkLost
from nbtui.ssh.addresses import Address
from nbtui.ssh.channels import open_direct

GetTransport = Callable[[float], paramiko.Transport]
"""The live transport, waiting so many seconds for one. Raises LinkLost."""
Missed = Callable[[], None]
"""Called when somebody wants a link that is down; may not block."""

_SLICE = 0.25
"""Seconds after which a wait looks whether anybody still wants its result."""
_MOMENT = 0.05
"""Seconds in which a link notices that its transport died."""


def nobody_cares() -> None:
    """A `Missed` for who has no use for it."""


class Crossing:
    """See the module."""

    def __init__(
        self, transport: GetTransport, *, missed: Missed, wait: float, clock: Clock
    ) -> None:
        self._transport = transport
        self._missed = missed
        self._wait = wait
        self._clock = clock

    def open(
        self, to: Address, *, origin: Address, wanted: Callable[[], bool]
    ) -> paramiko.Channel:
        """A channel to `to`; no byte was sent when a transport died under it, so it is tried on the next.

        Args:
            to: as the host sees it.
            origin: who connected here.
            wanted: False ends the wait.

        Raises:
            LinkLost: no live transport within the bounded time, or no longer wanted.
            HostUnreachable, TimedOut: see `open_direct`.
        """
        left = self._wait
        while True:
            began = self._clock.monotonic()
            transport = self._live(left, wanted)
            left -= self._clock.monotonic() - began
            try:
                return open_direct(transport, to, origin=origin)
            except LinkLost:
                if left <= 0:
                    raise
            self._clock.wait(_MOMENT)
            left -= _MOMENT

    def _live(self, seconds: float, wanted: Callable[[], bool]) -> paramiko.Transport:
        deadline = self._clock.monotonic() + seconds
        told = False
        while True:
            began = self._clock.monotonic()
            piece = max(0.0, min(_SLICE, deadline - began))
            try:
                return self._transport(piece)
            except LinkLost:
                if not told:
                    told = True
                    self._missed()
                now = self._clock.monotonic()
                if now >= deadline or not wanted():
                    raise
                self._clock.wait(max(0.0, piece - (now - began)))
