"""A port here that leads wherever each connection asks: ssh's -D.

SOCKS 5 without login (RFC 1928), SOCKS 4 and 4a; CONNECT only, as ssh. Names are looked up on the host, which is
the point of it for notebooks behind the host.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from nbtui.clock import Clock
from nbtui.errors import HostUnreachable, LinkLost, NbtuiError, TimedOut
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.addresses import Address
from nbtui.ssh.connection import Connection
from nbtui.ssh.crossing import GetTransport, Missed, nobody_cares
from nbtui.ssh.forwarder import WAIT, Forwarder

PATIENCE = 20.0
"""Seconds that a program may take to say what it wants."""
_CONNECT = 1
_NO_LOGIN = 0
_LONGEST_NAME = 255
_FAILED, _NETWORK, _HOST, _REFUSED, _EXPIRED, _COMMAND, _ADDRESS = 1, 3, 4, 5, 6, 7, 8
"""Replies of RFC 1928 section 6."""

Read = Callable[[int], bytes]
"""Exactly so many bytes. Raises OSError."""
Write = Callable[[bytes], object]


class BadRequest(OSError):
    """What was said is not SOCKS, or not a SOCKS that we serve; the answer has been sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a program asked for."""

    version: int
    """4 or 5."""

    to: Address

    def reply(self, code: int) -> bytes:
        """The answer; 0 is yes, else a reply of RFC 1928. The address in it means nothing, as with ssh."""
        if self.version == 4:  # noqa: PLR2004  # SOCKS 4
            return bytes([0, 0x5B if code else 0x5A]) + bytes(6)
        return bytes([5, code, 0, 1]) + bytes(6)


def negotiate(read: Read, write: Write) -> Request:
    """Talk to a program up to its request.

    Raises:
        BadRequest: see there.
        OSError: it went away.
    """
    match read(1)[0]:
        case 4:
            return _negotiate_4(read, write)
        case 5:
            return _negotiate_5(read, write)
        case other:
            message = f"not SOCKS: the first byte is {other}"
            raise BadRequest(message)


def _negotiate_4(read: Read, write: Write) -> Request:
    command, port, packed = read(1)[0], int.from_bytes(read(2)), read(4)
    _text(read)  # who is asking; nobody can check it
    is_name = packed[:3] == bytes(3) and packed[3] != 0  # 4a
    name = _text(read) if is_name else str(ip_address(packed))
    request = Request(version=4, to=(name, port))
    if command != _CONNECT:
        write(request.reply(_COMMAND))
        message = f"SOCKS 4 command {command}"
        raise BadRequest(message)
    return request


def _text(read: Read) -> str:
    """Up to a NUL byte."""
    text = b""
    while (byte := read(1)) != b"\0":
        text += byte
        if len(text) > _LONGEST_NAME:
            message = "a SOCKS 4 name without an end"
            raise BadRequest(message)
    return _name(text)


def _negotiate_5(read: Read, write: Write) -> Request:
    methods = read(read(1)[0])
    if _NO_LOGIN not in methods:
        write(b"\x05\xff")
        message = "a program insists on a SOCKS login"
        raise BadRequest(message)
    write(bytes([5, _NO_LOGIN]))
    _version, command, _reserved, kind = read(4)
    host = _host(kind, read)
    request = Request(version=5, to=(host, int.from_bytes(read(2))) if host else ("", 0))
    problem = _ADDRESS if not host else _COMMAND if command != _CONNECT else 0
    if problem:
        write(request.reply(problem))
        message = f"SOCKS command {command} with an address of kind {kind}"
        raise BadRequest(message)
    return request


def _host(kind: int, read: Read) -> str:
    """Empty: a kind of address that nobody knows."""
    match kind:
        case 1:
            return str(ip_address(read(4)))
        case 3:
            return _name(read(read(1)[0]))
        case 4:
            return str(ip_address(read(16)))
        case _:
            return ""


def _name(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as exc:
        message = "a host name that is not ASCII"
        raise BadRequest(message) from exc


def reason(error: NbtuiError) -> int:
    """The reply of RFC 1928 that says it best."""
    match error:
        case LinkLost():
            return _NETWORK
        case HostUnreachable():
            return _REFUSED
        case TimedOut():
            return _EXPIRED
        case _:
            return _FAILED


class SocksForward(Forwarder):
    """See the module."""

    kind = "socks"

    def __init__(
        self,
        *,
        listen: str,
        transport: GetTransport,
        missed: Missed = nobody_cares,
        wait: float = WAIT,
        clock: Clock | None = None,
        acceptor: Acceptor | None = None,
    ) -> None:
        """See `nbtui.ssh.forward.LocalForward`."""
        super().__init__(
            listen=listen,
            to=("socks.invalid", 1),
            transport=transport,
            missed=missed,
            wait=wait,
            clock=clock,
            acceptor=acceptor,
        )

    def _connect(self, connection: Connection) -> None:
        sock = connection.sock
        sock.settimeout(PATIENCE)
        try:
            request = negotiate(lambda size: _read_exactly(sock, size), sock.sendall)
        except BadRequest as exc:
            self._traffic.failed(str(exc))
            return
        sock.settimeout(None)
        try:
            self._carry(connection, request.to, hello=request.reply(0))
        except NbtuiError as exc:
            self._traffic.failed(exc.message)
            sock.sendall(request.reply(reason(exc)))

    def _to_text(self) -> None:
        return None


def _read_exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            message = "the program went away before it said what it wants"
            raise ConnectionResetError(message)
        data += more
    return data
