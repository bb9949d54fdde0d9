"""TCP ports as people write them."""

import socket

_HIGHEST_PORT = 65535


def parse_port(text: str) -> int | None:
    """A port from 1 up, or the name of a TCP service; None: neither.

    >>> parse_port("2222"), parse_port("0"), parse_port("65536")
    (2222, None, None)
    """
    if text.isascii() and text.isdigit():
        port = int(text[:6])  # int() refuses thousands of digits
        return port if 0 < port <= _HIGHEST_PORT else None
    try:
        return socket.getservbyname(text, "tcp")
    except (OSError, ValueError):  # no such service, or not even text that C takes
        return None
