"""One connection through a forward: bytes between a socket here and a channel, both ways at once.

Surprise: b"" from a paramiko channel means "the far end said it is done" as well as "the link died"; only
`eof_received` tells them apart, and the second must reach the program here as a reset, or it would take half an
answer for a whole one. Surprise: `shutdown(SHUT_RDWR)` sends a polite end before any reset, so an abort shuts the
reading half only, and the whole just for a writer that is stuck, whose polite end cannot get out.
"""

import contextlib
import socket
import struct
from threading import Lock
from typing import cast

import paramiko

from nbtui.ssh.channels import LIBRARY_ERRORS, close_channel
from nbtui.ssh.delivery import Delivery
from nbtui.ssh.outlet import Outlet
from nbtui.ssh.transport import LinkTransport


class Connection:
    """See the module. Closing the socket is up to who accepted it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._lock = Lock()
        self._channel: paramiko.Channel | None = None
        self._delivery: Delivery | None = None
        self._aborted = False

    def carry(self, channel: paramiko.Channel) -> None:
        """Carry until both ways have ended, each by itself, or something breaks."""
        with self._lock:
            self._channel = channel
            aborted = self._aborted
        if not aborted:
            self._carry(channel, cast("LinkTransport", channel.get_transport()))
        close_channel(channel)

    def _carry(self, channel: paramiko.Channel, transport: LinkTransport) -> None:
        self._delivery = delivery = Delivery(
            self.sock,
            grant=lambda size: transport.grant(channel, size),
            ended=lambda: self._delivered(channel, whole=delivery.whole),
            broken=lambda: self._broken(channel),
        )
        forget = transport.farewell.unanswered.add(self._unanswered)
        with transport.delivering(channel, delivery), contextlib.ExitStack() as told:
            told.callback(forget)
            try:
                self._send(Outlet(channel, transport), delivery)
                if not self._aborted:
                    # else the far end would end in order, and so would we
                    channel.shutdown_write()
            except LIBRARY_ERRORS:
                self._broken(channel)
            delivery.finished.wait()

    def _send(self, outlet: Outlet, delivery: Delivery) -> None:
        """Until the program here has said all. Raises what `Outlet.pass_on` does."""
        while outlet.pass_on(self.sock):
            delivery.heard = False

    def _delivered(self, channel: paramiko.Channel, *, whole: bool) -> None:
        """Nothing more is written here; on any thread, which may hold the channel's lock."""
        in_order = whole and channel.eof_received and not self._aborted
        if in_order:
            self._shut(socket.SHUT_WR)
        else:
            self._linger()
        if channel.closed or not in_order:
            self._shut(socket.SHUT_RD)  # wakes the way up

    def _broken(self, channel: paramiko.Channel) -> None:
        if not (channel.eof_received and channel.closed):  # else it ended in order
            self.abort()

    def _unanswered(self) -> None:
        """The connection to the host was given up: who asked something had better ask again."""
        if self._delivery is not None and not self._delivery.heard:
            self.abort()

    def abort(self) -> None:
        """End it so that the program here sees a reset; from any thread, twice is fine."""
        with self._lock:
            self._aborted = True
            channel = self._channel
        self._linger()
        self._shut(socket.SHUT_RD)
        if channel is not None:
            close_channel(channel)

    def sever(self) -> None:
        """Wake a writer that `abort` could not, because the program here does not read.

        Whoever is only slow to notice on a busy machine is left to end with its reset.
        """
        if self._delivery is not None and self._delivery.writing:
            self._shut(socket.SHUT_RDWR)

    def _linger(self) -> None:
        """Make the socket's close a reset."""
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(how)
