r"""The setting PortForwardings. Pure.

`4L8080=host:80,D1080=,R[::1]:9000=localhost:9000`: an address family or none, what sort, where it listens, where it
leads; `\` before a comma, an equals sign or itself. Source: wmap and read_setting of PuTTY's settings.c,
portfwdmgr_config of ssh/portfwd.c.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nbtui.model.profile import ForwardKind, ForwardSpec
from nbtui.model.text import clean_line
from nbtui.profiles.ports import parse_port

_KINDS: dict[str, ForwardKind] = {"L": "local", "R": "remote", "D": "socks"}
_PIECE = re.compile(r"((?:\\.|[^\\,])*),?", re.DOTALL)
_KEY = re.compile(r"(?P<family>[46]?)(?P<kind>[LRD])(?P<listen>.*)", re.DOTALL)
_PLACE = re.compile(r"(?:(\[[^\]]*\]|[^:\[\]]*):)?([^:\[\]]+)")
_LOOPBACK = {"": "localhost", "4": "127.0.0.1", "6": "[::1]"}
_ANYWHERE = {"": "*", "4": "0.0.0.0", "6": "[::]"}  # noqa: S104  # what the session asks for


@dataclass(frozen=True, kw_only=True, slots=True)
class Openness:
    """Who may use a listener that says no address of its own."""

    local: bool
    """LocalPortAcceptAll: others than this machine."""

    remote: bool
    """RemotePortAcceptAll: others than the host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Odd:
    """A forward that nobody can parse."""

    text: str
    why: Literal["no L, R or D", "where it listens", "where it leads"]

    def __str__(self) -> str:
        """For people."""
        return f"the forward {clean_line(self.text, limit=80)} cannot be read ({self.why}) and is left out"


def parse_forwards(text: str, openness: Openness) -> Iterator[ForwardSpec | Odd]:
    """Yield the forwards of a session.

    >>> closed = Openness(local=False, remote=False)
    >>> [(one.listen, one.to) for one in parse_forwards("L8889=127.0.0.1:8889,6D1080=", closed)]
    [('localhost:8889', '127.0.0.1:8889'), ('[::1]:1080', None)]
    """
    for found in _PIECE.finditer(text):
        if found[1]:
            key, _equals, to = _halves(found[1])
            yield _forward(found[1], key, to, openness)


def _halves(piece: str) -> tuple[str, str, str]:
    """Both sides of the first bare equals sign, their escapes undone."""
    found = re.fullmatch(r"((?:\\.|[^\\=])*)(=?)(.*)", piece, re.DOTALL)
    key, equals, to = found.groups() if found else (piece, "", "")
    return _plain(key), equals, _plain(to)


def _forward(text: str, key: str, to: str, openness: Openness) -> ForwardSpec | Odd:
    found = _KEY.fullmatch(key)
    if found is None:
        return Odd(text=text, why="no L, R or D")
    kind = _KINDS[found["kind"]]
    listen = _listen(found["listen"], found["family"], kind, openness)
    if listen is None:
        return Odd(text=text, why="where it listens")
    if kind == "socks":
        return ForwardSpec(kind=kind, listen=listen)
    place = _place(to)
    if place is None or not place[0]:
        return Odd(text=text, why="where it leads")
    return ForwardSpec(kind=kind, listen=listen, to=f"{place[0]}:{place[1]}")


def _listen(text: str, family: str, kind: ForwardKind, openness: Openness) -> str | None:
    place = _place(text)
    if place is None:
        return None
    host, port = place
    wide = openness.remote if kind == "remote" else openness.local
    family = "" if kind == "remote" else family  # there it is about where it leads
    return f"{host or (_ANYWHERE if wide else _LOOPBACK)[family]}:{port}"


def _place(text: str) -> tuple[str, int] | None:
    found = _PLACE.fullmatch(text)
    port = parse_port(found[2]) if found else None
    if found is None or port is None:
        return None
    host = found[1] or ""
    return (host.strip("[]") if ":" not in host else host), port


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
