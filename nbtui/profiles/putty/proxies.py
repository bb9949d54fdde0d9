"""How a session goes through a proxy, in ssh's words. Pure.

Source: load_open_settings of PuTTY's settings.c, format_connection_setup_command of proxy/telnet.c, sshproxy.c.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from nbtui.profiles.hops import Hop

_METHODS = (
    *("none", "SOCKS 4", "SOCKS 5", "HTTP", "Telnet", "command"),
    *("SSH", "SSH with a command there", "SSH with a subsystem there"),
)
_OLD_METHODS = {"0": "none", "1": "HTTP", "2": "SOCKS", "3": "Telnet", "4": "command"}
"""Of ProxyType, which versions up to 0.58 wrote."""

_PORT = "80"
_SSH_PORT = 22
_TOKEN = re.compile(
    r"%(%|host|port|user|pass|proxyhost|proxyport)|\\(\\|%|r|n|t|x[0-9a-f]{2})|(%)",
    re.IGNORECASE,
)
_WHITE = {"r": "", "n": "", "t": "\t"}


class NoWay(Exception):
    """A proxy that nbtui cannot go through."""


class Way(NamedTuple):
    """To the host."""

    jump: str | None = None
    """As `Profile.jump`, or the name of a saved session."""

    command: str | None = None
    """As `Profile.proxy_command`."""


def way_of(settings: Mapping[str, str], *, sessions: Mapping[str, object]) -> Way:
    """What the Proxy panel of a session says.

    Args:
        settings: of the session.
        sessions: the saved ones by name: "SSH to proxy" may name one.

    Raises:
        NoWay: says which proxy.
    """
    method = _method(settings)
    if method == "none":
        return Way()
    if method == "SSH":
        return Way(jump=_jump(settings, sessions))
    if method == "command":
        return Way(command=_command(settings))
    where = settings.get("ProxyHost", "")
    raise NoWay(
        f"it goes through a proxy ({method} at {where}), and nbtui has only jumps and proxy commands"
    )


def is_through_ssh(settings: Mapping[str, str]) -> bool:
    """Whether its proxy is a host, or a saved session, that ssh goes through."""
    return _method(settings) == "SSH"


def _method(settings: Mapping[str, str]) -> str:
    said = settings.get("ProxyMethod", "-1")
    if said == "-1":
        return _OLD_METHODS.get(settings.get("ProxyType", "0"), "an unknown one")
    known = said.isdecimal() and int(said) < len(_METHODS)
    return _METHODS[int(said)] if known else "an unknown one"


def _jump(settings: Mapping[str, str], sessions: Mapping[str, object]) -> str:
    host = settings.get("ProxyHost", "")
    if not host:
        raise NoWay("it goes through SSH to a proxy and does not say to which")
    if host in sessions:
        return host
    port = settings.get("ProxyPort", _PORT)
    number = int(port) if port.isdecimal() and int(port) != _SSH_PORT else None
    return str(Hop(host=host, user=settings.get("ProxyUsername") or None, port=number))


def _command(settings: Mapping[str, str]) -> str:
    said = settings.get("ProxyTelnetCommand", "")
    if not said.strip():
        raise NoWay("its proxy is a local command, and it does not say which")

    def token(found: re.Match[str]) -> str:
        return _token(found, settings)

    return _TOKEN.sub(token, said).strip()


def _token(found: re.Match[str], settings: Mapping[str, str]) -> str:
    word, escape, _lone = found.groups()
    match (word or "").lower():
        case "host":
            return "%h"
        case "port":
            return "%p"
        case "user":
            return settings.get("ProxyUsername", "").replace("%", "%%")
        case "proxyhost":
            return settings.get("ProxyHost", "").replace("%", "%%")
        case "proxyport":
            return settings.get("ProxyPort", _PORT)
        case "pass":
            raise NoWay(
                "its proxy command holds the proxy's password, and nbtui keeps none"
            )
        case "%":
            return "%%"
        case _:
            return _escaped(escape)


def _escaped(escape: str | None) -> str:
    if escape is None:
        return "%%"
    if escape[0].lower() == "x":
        return chr(int(escape[1:], 16)).replace("%", "%%")
    return _WHITE.get(escape.lower(), escape).replace("%", "%%")
