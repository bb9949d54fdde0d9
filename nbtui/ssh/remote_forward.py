"""A port on the host that leads to an address here: ssh's -R.

Surprise: paramiko has one handler of incoming connections a transport, set after the host said yes and dropped when
any forward is cancelled. So all remote forwards of a transport share a `_Routes`, which is in place before the host
is asked, and cancelling is asked for by hand.
"""

import contextlib
import socket
from collections.abc import Callable
from threading import Event, Thread
from typing import Self

import paramiko

from nbtui.errors import LinkLost, NbtuiError
from nbtui.model.snapshot import ForwardState
from nbtui.ssh.addresses import Address, format_address, parse_address
from nbtui.ssh.channels import LIBRARY_ERRORS, close_channel, is_lost
from nbtui.ssh.crossing import GetTransport
from nbtui.ssh.inlet import Inlet
from nbtui.ssh.traffic import Traffic

_Taker = Callable[[paramiko.Channel], object]
_CONNECT_SECONDS = 10.0
_LINK_SECONDS = 5.0
_LOOK = 1.0
"""Seconds in which the end of a transport is noticed."""
_RARELY = 30.0
"""Most seconds between two questions for a port that the host does not give."""


class RemoteForward:
    """See the module. Asks again by itself whenever the link got a new transport."""

    def __init__(
        self,
        *,
        listen: str,
        to: str,
        transport: GetTransport,
    ) -> None:
        """Nothing is asked for before `open`.

        Args:
            listen: `host:port` on the host; sshd binds loopback only, unless its GatewayPorts says otherwise.
                Port 0: any that is free there, and the same again after a reconnect.
            to: `host:port` as this machine sees it.
            transport: the link's live transport.

        Raises:
            ValueError: an address is not `host:port`.
        """
        self._host, self._port = parse_address(listen)
        self._to = parse_address(to)
        self._get = transport
        self._traffic = Traffic()
        self._closed = Event()
        self._transport: paramiko.Transport | None = None

    def open(self) -> None:
        """Ask the host to listen, and go on asking, ever more rarely, until `close`.

        Raises:
            LinkLost: the link is down.
            NbtuiError: the host says no; the port is taken there, or AllowTcpForwarding forbids it.
        """
        try:
            self._ask(self._get(_LINK_SECONDS))
        except NbtuiError as exc:
            self._traffic.failed(exc.message)
            raise
        finally:
            Thread(target=self._keep, name="remote forward", daemon=True).start()

    def close(self) -> None:
        """Ask the host to stop, and reset all connections; safe to call twice."""
        self._closed.set()
        if self._transport is not None and not is_lost(self._transport, grace=0):
            self._cancel(self._transport)
        self._traffic.end()

    def state(self) -> ForwardState:
        """How it is."""
        return ForwardState(
            kind="remote",
            listen=format_address(self.address),
            to=format_address(self._to),
            open=self._traffic.open,
            served=self._traffic.served,
            error=self._traffic.error,
        )

    @property
    def address(self) -> Address:
        """Where it listens on the host; the port that the host chose, once it did."""
        return self._host, self._port

    def serve(self, channel: paramiko.Channel) -> None:
        """Serve one connection to its end."""
        try:
            sock = socket.create_connection(self._to, timeout=_CONNECT_SECONDS)
        except OSError as exc:
            self._traffic.failed(f"{format_address(self._to)}: {exc.strerror or exc}")
            close_channel(channel)
            return
        with sock, self._traffic.connection(sock) as connection:
            self._traffic.worked()
            connection.carry(channel)

    def _ask(self, transport: paramiko.Transport) -> None:
        routes = _Routes.of(transport)
        routes.add(self.address, self.serve)
        try:
            self._port = transport.request_port_forward(self._host, self._port, routes)
        except LIBRARY_ERRORS as exc:
            routes.remove(self.address)
            if is_lost(transport, grace=0):
                message = "the connection to the host was lost"
                raise LinkLost(message) from exc
            message = f"the host does not listen on {format_address(self.address)} for us"
            hint = "take another port, or ask the host's owner for AllowTcpForwarding"
            raise NbtuiError(message, layer="forward", hint=hint) from exc
        routes.add(self.address, self.serve)
        self._transport = transport
        self._traffic.worked()
        if self._closed.is_set():
            self._cancel(transport)

    def _cancel(self, transport: paramiko.Transport) -> None:
        _Routes.of(transport).remove(self.address)
        data = self.address
        with contextlib.suppress(*LIBRARY_ERRORS):
            transport.global_request("cancel-tcpip-forward", data, wait=False)

    def _keep(self) -> None:
        """Ask the next transport whenever the last one ended."""
        pause = _LOOK
        while not self._closed.wait(pause):
            transport = self._transport
            if transport is not None and not is_lost(transport, grace=0):
                continue
            try:
                self._ask(self._get(_LINK_SECONDS))
                pause = _LOOK
            except LinkLost:
                pause = _LOOK
            except NbtuiError as exc:
                self._traffic.failed(exc.message)
                pause = min(2 * pause, _RARELY)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class _Routes:
    """The handler of incoming connections of one transport: which forward takes which."""

    def __init__(self) -> None:
        self._takers: dict[Address, _Taker] = {}

    @classmethod
    def of(cls, transport: paramiko.Transport) -> Self:
        """The transport's routes, put in place when there are none."""
        slot = "_tcp_handler"  # private, but paramiko offers no other way to share it
        with transport.lock:
            routes = getattr(transport, slot)
            if not isinstance(routes, cls):
                routes = cls()
                setattr(transport, slot, routes)
            return routes

    def add(self, address: Address, taker: _Taker) -> None:
        self._takers[address] = taker

    def remove(self, address: Address) -> None:
        self._takers.pop(address, None)

    def __call__(
        self, channel: paramiko.Channel, _origin: Address, server: Address
    ) -> None:
        """On the transport's thread, which may not wait, and before anything arrived."""
        channel.in_buffer = Inlet()
        taker = self._takers.get(server, paramiko.Channel.close)
        Thread(target=taker, args=(channel,), name="remote forward", daemon=True).start()
