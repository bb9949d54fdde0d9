"""The messages of a login (RFC 4252, 4256), one request and its answer at a time.

Surprise: paramiko's own handler cannot ask whether a key would be taken, asks a person on the thread that reads
the connection, keeps the list of methods to itself, and loses an answer that comes too soon. It is replaced here
as a whole; `_handler_table` is the one name of paramiko's inside. Message 60 means three things, by method.
"""

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import (
    MSG_SERVICE_ACCEPT,
    MSG_USERAUTH_BANNER,
    MSG_USERAUTH_FAILURE,
    MSG_USERAUTH_SUCCESS,
    cMSG_SERVICE_REQUEST,
    cMSG_USERAUTH_INFO_RESPONSE,
    cMSG_USERAUTH_REQUEST,
)

from nbtui.keys.wire import string
from nbtui.model.text import clean, clean_line
from nbtui.ssh.attempt import SLICE, Attempt
from nbtui.ssh.transport import LinkTransport

_SIXTY = 60
_BANNER_LIMIT = 4000
Method = Literal["none", "publickey", "keyboard-interactive", "password"]
Sign = Callable[[bytes], bytes]
"""Bytes to sign -> signature with its algorithm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """We are in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Denied:
    """Not in yet."""

    methods: tuple[str, ...]
    """What may go on."""

    partial: bool
    """This step was right, and the host wants another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyWelcome:
    """The host would take this key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompts:
    """The host asks; clean of control sequences."""

    title: str
    prompts: tuple[tuple[str, bool], ...]
    """(text, what is typed may be shown) of each; there may be none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired:
    """The password was right and has to be changed."""


Reply = Accepted | Denied | KeyWelcome | Prompts | Expired


class Gone(Exception):
    """The connection ended during the login."""


class Userauth(AuthHandler):
    """One login on one transport."""

    transport: LinkTransport
    """A weak reference, so that there is no cycle."""

    def __init__(self, transport: LinkTransport, *, user: str, attempt: Attempt) -> None:
        super().__init__(transport)
        self._user = user
        self._attempt = attempt
        self._inbox: SimpleQueue[Reply | None] = SimpleQueue()
        self._method: Method = "none"
        self.banner_text = ""
        """What the host said to everybody; clean."""
        self._session = transport.session_id or b""
        transport.auth_handler = self
        if transport.ended.is_set():
            self.abort()

    def begin(self) -> Reply:
        """Ask for the service and for the methods, in one round trip. Raises Gone, HostUnreachable."""
        service = paramiko.Message()
        service.add_byte(cMSG_SERVICE_REQUEST)
        service.add_string("ssh-userauth")
        self.transport.packetizer.send_message(service)
        return self._request("none")

    def probe(self, blob: bytes, algorithm: str) -> Reply:
        """Ask whether the host would take a key."""
        return self._request("publickey", b"\0" + string(algorithm) + string(blob))

    def offer(self, blob: bytes, algorithm: str, sign: Sign) -> Reply:
        """Log in with a key or certificate. Source: RFC 4252 section 7."""
        body = b"\1" + string(algorithm) + string(blob)
        request = self._head("publickey") + body
        signature = sign(string(self._session) + cMSG_USERAUTH_REQUEST + request)
        return self._request("publickey", body + string(signature))

    def offer_password(self, password: str) -> Reply:
        """Log in with a password."""
        return self._request("password", b"\0" + string(password))

    def interactive(self) -> Reply:
        """Start keyboard-interactive."""
        return self._request("keyboard-interactive", string("") + string(""))

    def answer(self, answers: list[str]) -> Reply:
        """Answer the prompts."""
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        message.add_int(len(answers))
        message.add_bytes(b"".join(string(answer) for answer in answers))
        return self._exchange(message)

    def signature_algorithms(self) -> tuple[str, ...]:
        """What the host says it takes (RFC 8308); empty: it did not say."""
        names = self.transport.server_extensions.get("server-sig-algs", b"")
        return tuple(filter(None, names.decode(errors="replace").split(",")))

    def abort(self) -> None:
        """The transport ended."""
        self._inbox.put(None)

    def _head(self, method: Method) -> bytes:
        return string(self._user) + string("ssh-connection") + string(method)

    def _request(self, method: Method, body: bytes = b"") -> Reply:
        self._method = method
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_REQUEST)
        message.add_bytes(self._head(method) + body)
        return self._exchange(message)

    def _exchange(self, message: paramiko.Message) -> Reply:
        self._attempt.check()
        try:
            self.transport.packetizer.send_message(message)
        except (OSError, EOFError) as exc:
            raise Gone from exc
        found: list[Reply | None] = []

        def answered() -> bool:
            try:
                found.append(
                    self._inbox.get(timeout=min(SLICE, self._attempt.left() or SLICE))
                )
            except Empty:
                return False
            return True

        self._attempt.poll(answered, layer="login", what="the login")
        if found[0] is None:
            raise Gone
        return found[0]

    @property
    def _handler_table(self) -> dict[int, Callable[[paramiko.Message], None]]:
        return {
            MSG_SERVICE_ACCEPT: lambda _message: None,
            MSG_USERAUTH_SUCCESS: self._on_success,
            MSG_USERAUTH_FAILURE: self._on_failure,
            MSG_USERAUTH_BANNER: self._on_banner,
            _SIXTY: self._on_sixty,
        }

    def _on_success(self, _message: paramiko.Message) -> None:
        self.authenticated = self.transport.authenticated = True
        self._inbox.put(Accepted())

    def _on_failure(self, message: paramiko.Message) -> None:
        methods = message.get_string().decode(errors="replace").split(",")
        self._inbox.put(Denied(methods=tuple(methods), partial=message.get_boolean()))

    def _on_banner(self, message: paramiko.Message) -> None:
        text = clean(message.get_string(), limit=_BANNER_LIMIT)
        self.banner_text = (self.banner_text + text)[-_BANNER_LIMIT:]

    def _on_sixty(self, message: paramiko.Message) -> None:
        if self._method == "publickey":
            self._inbox.put(KeyWelcome())
        elif self._method == "password":
            self._inbox.put(Expired())
        else:
            self._inbox.put(_prompts(message))


def _prompts(message: paramiko.Message) -> Prompts:
    """Read an info request; a host that asks for more than 20 things asks for none of them."""
    title, instruction = (clean_line(message.get_string()) for _ in range(2))
    message.get_string()  # language
    count = message.get_int()
    rows = [
        (clean_line(message.get_string()), message.get_boolean())
        for _ in range(min(count, 20))
    ]
    return Prompts(title=" ".join(filter(None, (title, instruction))), prompts=tuple(rows))
