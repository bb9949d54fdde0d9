"""Forwards that listen on this machine: ssh's -L, and -D of `nbtui.ssh.socks`."""

from nbtui.clock import Clock
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.addresses import format_address, parse_address
from nbtui.ssh.connection import Connection
from nbtui.ssh.crossing import GetTransport, Missed, nobody_cares
from nbtui.ssh.forwarder import WAIT, Forwarder
from nbtui.ssh.socks import SocksForward

__all__ = ["LocalForward", "SocksForward"]


class LocalForward(Forwarder):
    """A port here that leads to one address as seen from the host."""

    kind = "local"

    def __init__(
        self,
        *,
        listen: str,
        to: str,
        transport: GetTransport,
        missed: Missed = nobody_cares,
        wait: float = WAIT,
        clock: Clock | None = None,
        acceptor: Acceptor | None = None,
    ) -> None:
        """Nothing is bound before `open`.

        Args:
            listen: `host:port` here; `localhost` is 127.0.0.1 and ::1, port 0 any that is free.
            to: `host:port` as the host sees it.
            transport: the link's live transport; asked at each connection.
            missed: told once for each connection that finds the link down.
            wait: seconds that a connection waits while the link is being replaced; then it is reset.
            clock: time.
            acceptor: waits for connections; forwards may share one.

        Raises:
            ValueError: an address is not `host:port`.
        """
        self._to = parse_address(to)
        self.same_tunnel_port = self._to[1]
        super().__init__(
            listen=listen,
            to=self._to,
            transport=transport,
            missed=missed,
            wait=wait,
            clock=clock,
            acceptor=acceptor,
        )

    def _connect(self, connection: Connection) -> None:
        self._carry(connection, self._to)

    def _to_text(self) -> str:
        return format_address(self._to)
