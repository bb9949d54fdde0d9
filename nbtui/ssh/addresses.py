"""`host:port` as written in profiles, and the addresses that a listener binds.

Surprise: `localhost` is two addresses. A browser may try ::1 first, so who binds only 127.0.0.1 leaves room for
somebody else's program to be handed the token.
"""

import socket

from nbtui.errors import NbtuiError

Address = tuple[str, int]
"""Name or literal address without brackets, and TCP port."""

_HIGHEST_PORT = 65535


def parse_address(text: str) -> Address:
    """Read `host:port`; an IPv6 address stands in brackets, an empty host is `localhost`.

    Raises:
        ValueError: the port is missing or no TCP port.

    >>> parse_address("[::1]:8889"), parse_address(":80")
    (('::1', 8889), ('localhost', 80))
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        message = f"{text!r} is not host:port"
        raise ValueError(message)
    return host.removeprefix("[").removesuffix("]") or "localhost", int(port)


def format_address(address: Address) -> str:
    """The opposite of `parse_address`.

    >>> format_address(("::1", 8889))
    '[::1]:8889'
    """
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def bind_hosts(host: str) -> tuple[str, ...]:
    """The literal addresses to listen on for a host as written; `*` is every address.

    Raises:
        NbtuiError: the name is not known here.

    Source: ssh(1), option -L; unlike ssh, an empty host never means every address.

    >>> bind_hosts("localhost")
    ('127.0.0.1', '::1')
    """
    if host == "localhost":
        return ("127.0.0.1", "::1")
    if host == "*":
        return ("0.0.0.0", "::")  # noqa: S104  # somebody wrote the asterisk
    return _look_up(host)


def _look_up(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(
            host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as exc:
        message = f"cannot listen on {host}: no such address here"
        hint = "listen on localhost"
        raise NbtuiError(message, layer="local port", hint=hint) from exc
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))
