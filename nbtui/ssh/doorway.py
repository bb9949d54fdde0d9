"""sshtunnel's forwarder without a gateway: it listens, and what comes in is for a subclass to serve.

Stock sshtunnel dials by itself, reads the user's keys and ssh_config, binds 0.0.0.0, shows the password in its
repr, hides why a port cannot be bound, and freezes its handlers to one transport. Where sshtunnel's own method
would do, it is used.
"""

import logging
import socket
from typing import Any, Self

import sshtunnel

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.addresses import Address, parse_address
from nbtui.ssh.listener import Listener, bind
from nbtui.ssh.traffic import Traffic

_NOWHERE = ("nbtui.invalid", 22)
"""A gateway that is never dialled; RFC 6761 keeps the name from existing."""


class Handler(sshtunnel._ForwardHandler):  # type: ignore[misc] # noqa: SLF001  # untyped; made to be subclassed, if by its name alone
    """One connection, on a thread of its own."""

    doorway: "Doorway"

    def handle(self) -> None:
        """See `socketserver.BaseRequestHandler.handle`."""
        self.doorway.serve(self.request)


class Doorway(sshtunnel.SSHTunnelForwarder):  # type: ignore[misc]  # sshtunnel has no types
    """See the module.

    Args:
        listen: `host:port` here.
        to: where connections lead, for messages about a port that is taken.
    """

    same_tunnel_port: int | None = None
    """Where whoever has the port would have to lead for it to be this very tunnel."""

    is_alive = False
    _server_list: list[Listener]

    def __init__(
        self, *, listen: str, to: Address, clock: Clock, acceptor: Acceptor
    ) -> None:
        self._server_list = []
        self._listen = listen
        self._clock, self._acceptor = clock, acceptor
        self._traffic = Traffic()
        super().__init__(
            _NOWHERE,
            ssh_config_file=None,
            ssh_username="-",
            logger=_quiet_logger(),
            remote_bind_address=to,
            local_bind_address=("127.0.0.1", 0),
            set_keepalive=0.0,
        )

    def open(self) -> None:
        """Listen; once closed, it stays closed.

        Raises:
            LocalPortTaken: somebody else has the port, on one of the addresses.
            NbtuiError: it cannot be listened on otherwise.
        """
        if self.is_alive:
            return
        try:
            self._create_tunnels()
        except NbtuiError as exc:
            self._traffic.failed(exc.message)
            raise
        self._traffic.worked()
        self.is_alive = True
        for listener in self._server_list:
            self._acceptor.add(listener)

    def close(self) -> None:
        """Stop listening and reset all connections; safe to call twice. Returns in about a second."""
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port that it listens on; as asked for while it does not."""
        if self._server_list:
            return int(self._server_list[0].local_port)
        return parse_address(self._listen)[1]

    def serve(self, sock: socket.socket) -> None:
        """Serve one accepted connection to its end; the caller closes the socket."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # sshtunnel's own hooks

    def start(self) -> None:
        """See `open`."""
        self.open()

    @property
    def is_active(self) -> bool:
        """For sshtunnel: is there anything to stop."""
        return bool(self._server_list)

    def _create_tunnels(self) -> None:
        self._server_list = bind(
            self._listen, self._make_listener, to_port=self.same_tunnel_port
        )
        self.tunnel_is_up = dict.fromkeys(
            (s.local_address for s in self._server_list), True
        )

    def _make_listener(self, address: Address) -> Listener:
        return Listener(
            address,
            self._make_ssh_forward_handler_class(self._remote_binds[0]),
            logger=self.logger,
            traffic=self._traffic,
            hands=self._acceptor.hands,
            clock=self._clock,
        )

    def _make_ssh_forward_handler_class(self, remote_address_: Address) -> type[Handler]:
        facts = {"remote_address": remote_address_, "doorway": self, "logger": self.logger}
        return type("Handler", (Handler,), facts)

    def _stop_transport(self, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  # sshtunnel's signature
        """Stop listening; there is no transport of ours to stop."""
        listeners, self._server_list = self._server_list, []
        for listener in listeners:
            self._acceptor.remove(listener)
            listener.server_close()
        self._traffic.end()
        self.is_alive = False

    @staticmethod
    def _consolidate_auth(**_facts: Any) -> tuple[None, list[Any]]:
        """Stock reads ~/.ssh/id_* and asks the agent."""
        return None, []

    @staticmethod
    def _read_ssh_config(host: str, *_facts: Any) -> tuple[Any, ...]:
        """Stock looks the host up in ssh_config: host, user, key, port, proxy, compression."""
        return host, "-", None, _NOWHERE[1], None, False


def _quiet_logger() -> logging.Logger:
    """Sshtunnel speaks of gateways and keys that there are not."""
    logger = logging.getLogger("nbtui.ssh.sshtunnel")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger
