"""HTTP over a `Stream`: one connection, a deadline for all of it, bounded answers.

`http.client` does the protocol; a `Stream` of a paramiko channel or a socket is dressed as the socket that
it expects. TLS runs over memory buffers, because `ssl` can wrap only real sockets. The certificate is not
looked at: the way there is a verified link, and the far end of it is the host itself.
"""

import io
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from nbtui.clock import Clock
from nbtui.errors import NbtuiError, TimedOut
from nbtui.model.shell import Reach, Stream

BODY_LIMIT = 1 << 20
"""Bytes of an answer that are read."""

CHUNK = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where to ask, as the far end of the link sees it."""

    host: str
    port: int
    secure: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A response."""

    status: int
    body: bytes
    """At most `BODY_LIMIT` bytes."""


class Conversation:
    """A connection that takes requests. Made by `conversation`."""

    def __init__(self, address: Address, sock: "_SocketLike") -> None:
        self._address, self._socket = address, sock

    def ask(self, method: str, path: str, headers: dict[str, str]) -> Callable[[], Answer]:
        """Send a request without a body; what is returned waits for its answer.

        Several may be under way, which saves round trips; their answers are read in the same order.
        Source: RFC 9112 section 9.3.2. http.client wants an object for each of them.
        """
        connection = HTTPConnection(self._address.host, self._address.port)
        connection.auto_open = 0
        connection.sock = self._socket
        connection.request(method, path, headers=headers)
        return lambda: _answer(connection, path)


def _answer(connection: HTTPConnection, path: str) -> Answer:
    try:
        response = connection.getresponse()
        body = response.read(BODY_LIMIT + 1)
    except ValueError as exc:  # http.client takes a chunk of -5 bytes at its word
        raise NbtuiError(f"the answer to {path} is no HTTP", layer="jupyter") from exc
    if len(body) > BODY_LIMIT:
        raise NbtuiError(f"the answer to {path} has no end", layer="jupyter")
    return Answer(status=response.status, body=body)


@contextmanager
def conversation(
    address: Address, reach: Reach, *, timeout: float, clock: Clock
) -> Iterator[Conversation]:
    """Connect; everything inside has `timeout` seconds together.

    Raises:
        TimedOut: no answer in time.
        NbtuiError: refused, or what answers does not speak HTTP.
        LinkLost, HostUnreachable: see `Reach`.
    """
    with _translated(address):
        deadline = clock.monotonic() + timeout
        stream: Stream = _Bounded(
            reach(address.host, address.port, timeout), deadline=deadline, clock=clock
        )
        try:
            if address.secure:
                stream = _Tls(stream)
            yield Conversation(address, _SocketLike(stream))
        finally:
            stream.close()


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    where = f"port {address.port} of the host"
    try:
        yield
    except TimeoutError as exc:
        raise TimedOut(f"{where} does not answer", layer="jupyter") from exc
    except (OSError, EOFError) as exc:
        raise NbtuiError(f"{where} broke off: {exc}", layer="jupyter") from exc
    except HTTPException as exc:
        raise NbtuiError(f"{where} does not speak HTTP", layer="jupyter") from exc


class _Bounded:
    """A stream of which each call has what is left of one deadline. See `Stream`."""

    def __init__(self, stream: Stream, *, deadline: float, clock: Clock) -> None:
        self._stream, self._deadline, self._clock = stream, deadline, clock

    def _arm(self) -> None:
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        self._stream.settimeout(left)

    def recv(self, size: int, /) -> bytes:
        self._arm()
        return self._stream.recv(size)

    def sendall(self, data: bytes, /) -> object:
        self._arm()
        return self._stream.sendall(data)

    def settimeout(self, seconds: float | None, /) -> None:
        """The deadline rules."""

    def close(self) -> None:
        self._stream.close()


class _Tls:
    """TLS over a stream. See `Stream`."""

    def __init__(self, stream: Stream) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # see the module's docstring
        self._stream = stream
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing)
        self._handshake()

    def _handshake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
                return self._flush()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._stream.sendall(data)

    def _fill(self) -> None:
        if data := self._stream.recv(CHUNK):
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def recv(self, size: int, /) -> bytes:
        while True:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                self._fill()
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                return b""

    def sendall(self, data: bytes, /) -> object:
        self._tls.write(data)
        self._flush()
        return None

    def settimeout(self, seconds: float | None, /) -> None:
        self._stream.settimeout(seconds)

    def close(self) -> None:
        self._stream.close()


class _SocketLike:
    """As much of a socket as http.client uses."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._answers = _Answers(_Reader(stream))

    def sendall(self, data: bytes) -> None:
        self._stream.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return self._answers

    def close(self) -> None:
        """`conversation` closes the stream; here it would cut an answer that is being read."""


class _Answers(io.BufferedReader):
    """One buffer for all answers: the end of one may come with the beginning of the next."""

    def close(self) -> None:
        """The next answer is still to be read."""


class _Reader(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # WriteableBuffer has no len
        data = self._stream.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)
