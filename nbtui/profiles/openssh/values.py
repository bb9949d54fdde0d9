"""What the options of one host come to: port, tokens, durations, canonical names."""

import re
import socket
from collections.abc import Mapping

from nbtui.profiles.here import Here
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import Options, bad
from nbtui.profiles.openssh.proxy import jump_of
from nbtui.profiles.openssh.tokens import with_hash
from nbtui.profiles.ports import parse_port

SSH_PORT = 22

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def port_of(options: Options) -> int:
    """The TCP port, 22 when nothing is said; names of services count.

    Raises:
        ConfigError: it is no port.
    """
    line = options.first("port")
    if line is None:
        return SSH_PORT
    port = parse_port(line.args[0])
    if port is None:
        raise bad(line, f"{line.args[0]} is no port")
    return port


def seconds_of(line: Line) -> float | None:
    """A duration such as `90` or `1h30m`; None for `none` and 0, which mean: no bound.

    Raises:
        ConfigError: it is none. Source: sshd_config(5), TIME FORMATS.
    """
    text = line.args[0]
    if text == "none":
        return None
    if not re.fullmatch(r"(\d{1,9}[smhdw]?)+", text, re.IGNORECASE | re.ASCII):
        raise bad(line, f"{text} is no duration")
    parts = re.findall(r"(\d+)([smhdw]?)", text.lower())
    return float(sum(int(number) * _UNITS[unit] for number, unit in parts)) or None


def canonical_host(host: str) -> str:
    """As ssh writes it: names in lower case, addresses in their short form. Asks no server.

    >>> canonical_host("GPU1.Example.Org"), canonical_host("0:0::1")
    ('gpu1.example.org', '::1')
    """
    if "%" in host:
        return host  # a scope, which Python would drop
    try:
        found = socket.getaddrinfo(
            host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError):
        return host.lower()
    return str(found[0][4][0])


def token_values(
    options: Options, *, here: Here, host: str, original_host: str, key: str
) -> Mapping[str, str]:
    """The tokens that ssh_config(5), TOKENS, grants to most keywords.

    Args:
        key: what %k is; Match exec and the rest differ in it.
    """
    chain = jump_of(options)
    tokens = {
        "L": here.hostname.partition(".")[0],
        "d": str(here.home),
        "h": host,
        "i": str(here.uid),
        "j": chain[-1].host if chain else "",
        "k": key,
        "l": here.hostname,
        "n": original_host,
        "p": str(port_of(options)),
        "r": options.text("user") or here.user,
        "u": here.user,
    }
    return with_hash(tokens)
