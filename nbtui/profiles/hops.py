"""`[user@]host[:port]`, `ssh://…` and chains of them, as in ProxyJump."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from nbtui.profiles.ports import parse_port

_SCHEME = "ssh://"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One host as written by hand."""

    host: str
    """Name, alias or address, without brackets."""

    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        """As `ssh -G` prints it: addresses stand in brackets.

        >>> str(Hop(host="10.0.0.7", user="ada", port=2222)), str(Hop(host="gw"))
        ('ada@[10.0.0.7]:2222', 'gw')
        """
        numeric = ":" in self.host or not self.host.strip("0123456789.")
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{user}{f'[{self.host}]' if numeric else self.host}{port}"


def parse_hop(text: str) -> Hop:
    """Read one host. More than one colon without brackets is an IPv6 address, which ssh would refuse.

    Raises:
        ValueError: says what is wrong.

    >>> parse_hop("ada@gw:2222"), parse_hop("ssh://[::1]:22/")
    (Hop(host='gw', user='ada', port=2222), Hop(host='::1', user=None, port=22))
    """
    if text.startswith(_SCHEME):
        login, at, where = text.removeprefix(_SCHEME).rpartition("@")
        user = unquote_plus(login.partition(";")[0], errors="strict")
        where = where.removesuffix("/")
    else:
        user, at, where = text.rpartition("@")
    if at and not user:
        raise ValueError(f"{text}: no user before @")
    host, port = _split(where)
    if not host or "/" in host:
        raise ValueError(f"{text or 'nothing'} is no [user@]host[:port]")
    return Hop(host=host, user=user or None, port=port)


def parse_chain(text: str) -> tuple[Hop, ...]:
    """Read `hop,hop,…`, nearest first; `none` is an empty chain. Raises as `parse_hop` does."""
    if text.lower() == "none":
        return ()
    return tuple(parse_hop(word.strip()) for word in text.split(","))


def _split(where: str) -> tuple[str, int | None]:
    if where.startswith("["):
        host, closed, port = where[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            raise ValueError(f"{where}: brackets hold an address, then comes :port")
        return host, _port(port.removeprefix(":"))
    if where.count(":") > 1:
        return where, None
    host, _, port = where.partition(":")
    return host, _port(port)


def _port(text: str) -> int | None:
    if not text:
        return None
    port = parse_port(text)
    if port is None:
        raise ValueError(f"{text} is no port")
    return port
