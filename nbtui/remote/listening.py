"""Who listens on which TCP port: /proc/net/tcp and the links of /proc/PID/fd, or lsof. Pure.

Surprise: /proc/net/tcp holds addresses in the byte order of the machine; little-endian is taken for granted.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nbtui.remote.machine import whole

ANY_V4, ANY_V6 = "0.0.0.0", "::"  # noqa: S104  # compared with, never bound


@dataclass(frozen=True, kw_only=True, slots=True)
class Socket:
    """One listening socket."""

    port: int
    address: str
    """Literal, as bound; 0.0.0.0 and :: are all addresses."""

    uid: int | None = None
    inode: str = ""
    pid: int | None = None
    command: str = ""
    user: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holders:
    """Which process holds which socket, as far as this user may see."""

    by_inode: dict[str, int] = field(default_factory=dict)
    seen: frozenset[int] = frozenset()
    """Processes whose open files could be seen: what is missing there, they do not hold."""


def parse_tcp(lines: Iterable[str]) -> Iterator[Socket]:
    """Sockets of /proc/net/tcp and tcp6 in state LISTEN; other lines are passed over.

    Source: proc_pid_net(5).

    >>> [s] = parse_tcp(["0: 0100007F:22B9 00000000:0000 0A 0:0 00:0 0 1000 0 4711 1 x"])
    >>> s.address, s.port, s.uid, s.inode
    ('127.0.0.1', 8889, 1000, '4711')
    """
    for line in lines:
        fields = line.split()
        if len(fields) > 9 and fields[3] == "0A":  # noqa: PLR2004  # the inode is the tenth
            address, _, port = fields[1].partition(":")
            if (bound := decode(address)) and re.fullmatch("[0-9A-F]{4}", port):
                yield Socket(
                    port=int(port, 16),
                    address=bound,
                    uid=whole(fields[7], -1),
                    inode=fields[9],
                )


def decode(address: str) -> str:
    """An address of /proc/net/tcp; IPv4 in IPv6 as IPv4; empty when it is none.

    >>> decode("0100007F"), decode("0" * 24 + "01000000"), decode("0000000000000000FFFF00000100007F")
    ('127.0.0.1', '::1', '127.0.0.1')
    """
    if not re.fullmatch("[0-9A-F]{8}|[0-9A-F]{32}", address):
        return ""
    raw = bytes.fromhex(address)
    words = (raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    literal = ipaddress.ip_address(b"".join(words))
    mapped = getattr(literal, "ipv4_mapped", None)
    return str(mapped or literal)


def parse_holders(lines: Iterable[str]) -> Holders:
    """What `ls -ln /proc/PID/fd …` shows.

    >>> parse_holders(["/proc/7/fd:", "lrwx 1 0 0 64 Jan 1 00:00 3 -> socket:[4711]"]).by_inode
    {'4711': 7}
    """
    pid = 0
    by_inode: dict[str, int] = {}
    seen: set[int] = set()
    for line in lines:
        if head := re.fullmatch(r"/proc/(\d{1,9})/fd:", line):
            pid = int(head[1])
        elif pid and " -> " in line:
            seen.add(pid)
            if link := re.search(r" -> socket:\[(\d{1,20})\]$", line):
                by_inode.setdefault(link[1], pid)
    return Holders(by_inode=by_inode, seen=frozenset(seen))


def parse_lsof(lines: Iterable[str]) -> Iterator[Socket]:
    """Listeners from `lsof -nP -iTCP -sTCP:LISTEN -FpcLn`. Source: lsof(8), output for other programs.

    >>> [s] = parse_lsof(["p7", "cpython3.11", "Lada", "f3", "n127.0.0.1:8889"])
    >>> s.pid, s.command, s.user, s.address, s.port
    (7, 'python3.11', 'ada', '127.0.0.1', 8889)
    """
    facts: dict[str, str] = {}
    for line in lines:
        if line.startswith("p"):
            facts = {}
        facts[line[:1]] = line[1:]
        if line.startswith("n") and (socket := _lsof_socket(facts)):
            yield socket


def _lsof_socket(facts: dict[str, str]) -> Socket | None:
    host, _, port = facts["n"].rpartition(":")
    pid = facts.get("p", "")
    if not (
        re.fullmatch(r"\d{1,5}", port, re.ASCII) and re.fullmatch(r"\d{1,9}", pid, re.ASCII)
    ):
        return None
    return Socket(
        port=int(port),
        address=literal(host.strip("[]"), default=ANY_V4),
        pid=int(pid),
        command=facts.get("c", ""),
        user=facts.get("L", ""),
    )


def literal(host: str, *, default: str) -> str:
    """The host when it is a literal address, else `default`.

    >>> literal("::1", default="-"), literal("*", default="-")
    ('::1', '-')
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return default


def dial_address(bound: Iterable[str]) -> str:
    """Where to dial a server that is bound to these addresses; empty when there are none.

    >>> dial_address(["::", "0.0.0.0"]), dial_address(["::"]), dial_address(["10.0.0.7"])
    ('127.0.0.1', '::1', '10.0.0.7')
    """
    dialled = {ANY_V4: "127.0.0.1", ANY_V6: "::1"}
    candidates = {dialled.get(one, one) for one in bound}
    ranked = sorted(candidates, key=lambda one: (one != "127.0.0.1", one != "::1", one))
    return next(iter(ranked), "")
