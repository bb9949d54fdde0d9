"""What local and SOCKS forwards share: connections that cross a transport which is already there.

The transport is asked for at each connection, so the port stays bound while the link is being replaced, and a
connection made meanwhile waits a bounded time.
"""

import socket

from nbtui.clock import Clock, SystemClock
from nbtui.errors import NbtuiError
from nbtui.model.profile import ForwardKind
from nbtui.model.snapshot import ForwardState
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.addresses import Address, format_address, parse_address
from nbtui.ssh.connection import Connection
from nbtui.ssh.crossing import Crossing, GetTransport, Missed
from nbtui.ssh.doorway import Doorway

WAIT = 15.0
"""Seconds that a connection waits for a link that is being replaced."""


class Forwarder(Doorway):
    """A listening port here; where a connection leads is for the subclass to say."""

    kind: ForwardKind

    def __init__(
        self,
        *,
        listen: str,
        to: Address,
        transport: GetTransport,
        missed: Missed,
        wait: float,
        clock: Clock | None,
        acceptor: Acceptor | None,
    ) -> None:
        clock = clock or SystemClock()
        self._host = parse_address(listen)[0]
        self._crossing = Crossing(transport, missed=missed, wait=wait, clock=clock)
        super().__init__(listen=listen, to=to, clock=clock, acceptor=acceptor or Acceptor())

    def state(self) -> ForwardState:
        """How it is."""
        return ForwardState(
            kind=self.kind,
            listen=format_address((self._host, self.port)),
            to=self._to_text(),
            open=self._traffic.open,
            served=self._traffic.served,
            error=self._traffic.error,
        )

    def serve(self, sock: socket.socket) -> None:
        """See `Doorway.serve`."""
        with self._traffic.connection(sock) as connection:
            try:
                self._connect(connection)
            except (NbtuiError, OSError) as exc:
                self._traffic.failed(str(exc))
                connection.abort()

    def _connect(self, connection: Connection) -> None:
        raise NotImplementedError

    def _to_text(self) -> str | None:
        raise NotImplementedError

    def _carry(self, connection: Connection, to: Address, *, hello: bytes = b"") -> None:
        """Open a channel to `to` and carry; `hello` is sent to the program here in between."""
        channel = self._crossing.open(
            to,
            origin=connection.sock.getpeername()[:2],
            wanted=lambda: not self._traffic.ended,
        )
        self._traffic.worked()
        if hello:
            connection.sock.sendall(hello)
        connection.carry(channel)

    def __str__(self) -> str:
        return f"{type(self).__name__} {self._listen} -> {self._to_text() or 'anywhere'}"

    __repr__ = __str__
