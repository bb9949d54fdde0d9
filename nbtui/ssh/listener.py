"""sshtunnel's listening socket, mended, and its errors said for people.

What stock does otherwise: a backlog of 5, so that the 6th of a burst of connections waits for a second or eight;
IPv4 only; an orderly end where a reset is meant; SO_REUSEADDR on Windows, where it lets another program take the
port; a busy loop when descriptors run out; a bind error that loses its number.
"""

import contextlib
import errno
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import sshtunnel

from nbtui.clock import Clock
from nbtui.errors import LocalPortTaken, NbtuiError
from nbtui.platforms import tcp
from nbtui.ssh.addresses import Address, bind_hosts, parse_address
from nbtui.ssh.hands import Hands
from nbtui.ssh.portowner import owner_of
from nbtui.ssh.traffic import Traffic

_LOG = logging.getLogger(__name__)
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_BREATH = 0.1
"""Seconds without accepting when descriptors ran out; the others need them too."""
_TRIES = 20


class Listener(sshtunnel._ThreadingForwardServer):  # type: ignore[misc] # noqa: SLF001  # untyped; made to be subclassed, if by its name alone
    """One listening socket; a thread for each connection."""

    request_queue_size = 128
    allow_reuse_address = tcp.REUSE

    def __init__(
        self,
        address: Address,
        handler: type,
        *,
        logger: Any,
        traffic: Traffic,
        hands: Hands,
        clock: Clock,
    ) -> None:
        self._traffic = traffic
        self._hands = hands
        self._clock = clock
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler, logger=logger)
        self.socket.setblocking(False)

    def handle_request(self) -> None:
        """See `socketserver.BaseServer.handle_request`, which would wait; here somebody has just knocked."""
        try:
            request, client_address = self.get_request()
        except OSError:
            return  # they have gone
        try:
            self.process_request(request, client_address)
        except RuntimeError:  # no thread to be had
            self.handle_error(request, client_address)
            self.shutdown_request(request)

    def process_request(self, request: Any, client_address: Any) -> None:
        """See `socketserver.ThreadingMixIn.process_request`."""
        self._hands.do(lambda: self.process_request_thread(request, client_address))

    def server_bind(self) -> None:
        """See `socketserver.TCPServer.server_bind`."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        tcp.claim(self.socket)
        self.socket.setblocking(False)  # who knocked may have run away
        super().server_bind()

    def get_request(self) -> Any:
        """See `socketserver.TCPServer.get_request`."""
        try:
            return super().get_request()
        except OSError as exc:
            if exc.errno in _EXHAUSTED:
                self._traffic.failed(f"no connection taken: {exc.strerror}")
                self._clock.wait(_BREATH)
            raise

    def shutdown_request(self, request: Any) -> None:
        """See `socketserver.TCPServer.shutdown_request`; no polite end, it would hide a reset."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # socketserver's signature
        """See `socketserver.BaseServer.handle_error`; in the thread of a connection."""
        self._traffic.failed(f"a connection failed: {sys.exception()}")


MakeListener = Callable[[Address], Listener]


def bind(listen: str, make: MakeListener, *, to_port: int | None) -> list[Listener]:
    """Bind every address that `listen` means, all on one port.

    Args:
        listen: `host:port`; port 0: any that is free on all addresses.
        make: called with an address, makes a `Listener`.
        to_port: where it leads, to tell whether who has the port has this very tunnel.

    Raises:
        LocalPortTaken: somebody else has the port on one of the addresses.
        NbtuiError: it cannot be listened on otherwise.
    """
    host, port = parse_address(listen)
    tries = _TRIES if port == 0 else 1
    while True:
        tries -= 1
        try:
            return _bind_all(bind_hosts(host), port, make)
        except OSError as exc:
            if tries == 0:
                raise _said(listen, exc, to_port) from exc


def _bind_all(hosts: tuple[str, ...], port: int, make: MakeListener) -> list[Listener]:
    made: list[Listener] = []
    try:
        for host in hosts:
            with _family_may_be_missing(port, last=host == hosts[-1] and not made):
                made.append(make((host, port)))
                port = made[-1].local_port
    except OSError:
        for listener in made:
            listener.server_close()
        raise
    return made


@contextlib.contextmanager
def _family_may_be_missing(port: int, *, last: bool) -> Iterator[None]:
    """A machine without IPv6, or without IPv4, still has the other."""
    try:
        yield
    except OSError as exc:
        if last or exc.errno not in _NOT_HERE:
            raise
        _LOG.info("port %d: %s", port, exc.strerror)


def _said(listen: str, exc: OSError, to_port: int | None) -> NbtuiError:
    port = parse_address(listen)[1]
    if exc.errno == errno.EADDRINUSE:
        owner = owner_of(port, wanted=to_port)
        return LocalPortTaken(port, owner=owner.text, hint=owner.hint, window=owner.window)
    if tcp.reserved(exc.errno, port):
        return LocalPortTaken(port, owner="the system, which keeps it reserved")
    message = f"cannot listen on {listen}: {exc.strerror}"
    hint = "take a port above 1023" if exc.errno == errno.EACCES else "listen on localhost"
    return NbtuiError(message, layer="local port", hint=hint)
