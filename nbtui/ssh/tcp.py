"""From a name to a connected socket: each address is tried, none is waited for alone.

Source: RFC 8305 (Happy Eyeballs), sections 4 and 5. Surprise: `getaddrinfo` cannot be given a time-out, so it
runs in a thread that is left behind when it takes too long. Surprise: the system asks an address that is silent
ever more rarely (after 1, 3, 7, 15 s), so a host that answers again would be noticed late; fresh connections race
with those that are under way.
"""

import errno
import os
import selectors
import socket
from collections import deque
from collections.abc import Iterable
from itertools import zip_longest
from typing import cast

from nbtui.clock import Clock
from nbtui.errors import HostUnreachable, NoAnswer
from nbtui.model.target import Target
from nbtui.ssh.addresses import format_address
from nbtui.ssh.attempt import SLICE, Attempt

STAGGER = 0.25
"""Seconds that one address is alone before the next is tried beside it."""
ANEW = 1.0
"""Seconds after which a silent address is asked by a fresh connection as well."""
AT_ONCE = 3
"""Connections under way to one address: the oldest, which a slow line needs, and the newest."""
HELD_BACK = 128 << 10
"""Bytes that the system keeps beyond what is under way; on a slow line a keystroke waits for all of them."""
FAMILIES = {"any": socket.AF_UNSPEC, "inet": socket.AF_INET, "inet6": socket.AF_INET6}
_CONNECTING = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035)  # the last is Windows' own
Address = tuple[socket.AddressFamily, tuple[object, ...]]


def connect(
    target: Target, attempt: Attempt, *, clock: Clock, look: float = SLICE
) -> socket.socket:
    """A connected socket without Nagle's delay and without a long queue in the system.

    Args:
        target: whom to connect to.
        attempt: its time.
        clock: time.
        look: seconds between two looks at whether the try was cancelled.

    Raises:
        NoAnswer: layer `name` or `tcp`.
        Interrupted: the try was cancelled.
    """
    addresses = _look_up(target, attempt)
    attempt.passed("name", _named(target, addresses))
    sock = _Race(target, attempt, clock=clock, look=look).run(addresses)
    _tune(sock)
    attempt.passed("tcp", f"connected to {format_address(sock.getpeername()[:2])}")
    return sock


def _tune(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # Windows has no such thing
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, HELD_BACK)


def _look_up(target: Target, attempt: Attempt) -> list[Address]:
    def ask() -> list[Address]:
        family = FAMILIES[target.address_family]
        rows = socket.getaddrinfo(target.host, target.port, family, socket.SOCK_STREAM)
        return [(socket.AddressFamily(row[0]), row[4]) for row in rows]

    try:
        what = f"looking up the name {target.host}"
        return interleave(attempt.aside(ask, layer="name", what=what))
    except (OSError, UnicodeError) as exc:
        raise _name_error(target, exc) from exc
    except HostUnreachable as exc:  # the name servers are silent
        raise NoAnswer(exc.message, host=target.host, layer="name") from exc


def _named(target: Target, addresses: list[Address]) -> str:
    found = ", ".join(dict.fromkeys(str(address[1][0]) for address in addresses))
    return f"{found} is an address" if found == target.host else f"{target.host} is {found}"


def interleave(addresses: Iterable[Address]) -> list[Address]:
    """Families take turns, the one that the system puts first begins.

    >>> a4, a6 = socket.AF_INET, socket.AF_INET6
    >>> [x[1][0] for x in interleave([(a6, ("::1",)), (a6, ("::2",)), (a4, ("127.0.0.1",))])]
    ['::1', '127.0.0.1', '::2']
    """
    queues: dict[socket.AddressFamily, list[Address]] = {}
    for address in dict.fromkeys(addresses):
        queues.setdefault(address[0], []).append(address)
    return [x for turn in zip_longest(*queues.values()) for x in turn if x is not None]


class _Race:
    """Connections under way to several addresses of one host; the first that stands wins."""

    def __init__(
        self, target: Target, attempt: Attempt, *, clock: Clock, look: float
    ) -> None:
        self._target = target
        self._attempt = attempt
        self._clock = clock
        self._look = look
        self._failures: list[int] = []
        self._next_start = 0.0
        self._next_round = clock.monotonic() + ANEW

    def run(self, addresses: Iterable[Address]) -> socket.socket:
        waiting = deque(addresses)
        own = self._target.connect_timeout
        end = self._clock.monotonic() + min(self._attempt.left(), own or float("inf"))
        with selectors.DefaultSelector() as running:
            try:
                while waiting or running.get_map():
                    self._attempt.check()
                    self._ask_anew(waiting, running)
                    self._start_next(waiting, running)
                    if (winner := self._finished(running)) is not None:
                        return winner
                    if self._clock.monotonic() >= end:
                        raise self._silent(own)
            finally:
                for key in list(running.get_map().values()):
                    _drop(running, key)
        raise self._all_failed()

    def _ask_anew(self, waiting: deque[Address], running: selectors.BaseSelector) -> None:
        """Ask each address that is silent once more."""
        now = self._clock.monotonic()
        if waiting or now < self._next_round:
            return
        self._next_round = now + ANEW
        under_way = list(running.get_map().values())
        for address in dict.fromkeys(key.data for key in under_way):
            mine = [key for key in under_way if key.data == address]
            for key in mine[1 : 2 + len(mine) - AT_ONCE]:
                _drop(running, key)
            waiting.append(address)

    def _start_next(self, waiting: deque[Address], running: selectors.BaseSelector) -> None:
        now = self._clock.monotonic()
        if not waiting or (running.get_map() and now < self._next_start):
            return
        family, address = waiting.popleft()
        self._next_start = now + STAGGER
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as exc:  # this machine has no such family
            self._failures.append(exc.errno or 0)
            return
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code in _CONNECTING:
            running.register(sock, selectors.EVENT_WRITE, data=(family, address))
        else:
            self._failed(sock, code)

    def _finished(self, running: selectors.BaseSelector) -> socket.socket | None:
        if not running.get_map():
            return None
        for key, _ in running.select(self._look):
            sock = cast("socket.socket", key.fileobj)
            running.unregister(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                return sock
            self._failed(sock, code)
        return None

    def _failed(self, sock: socket.socket, code: int) -> None:
        self._failures.append(code)
        self._next_start = 0.0
        sock.close()

    def _silent(self, own: float | None) -> NoAnswer:
        seconds = min(self._attempt.seconds, own or float("inf"))
        return NoAnswer(
            f"no answer from {_place(self._target)} in {seconds:g} s: the host is down, or a firewall drops what we send",
            host=self._target.host,
            hint="see that the machine is on, and that this network may reach it (VPN?)",
        )

    def _all_failed(self) -> NoAnswer:
        place, code = _place(self._target), (self._failures or [0])[-1]
        if errno.ECONNREFUSED in self._failures or 10061 in self._failures:  # noqa: PLR2004  # Windows' own number
            return NoAnswer(
                f"{place} refused the connection: the machine is up, and nothing listens on port {self._target.port}",
                host=self._target.host,
                hint="check the port, and that sshd runs there: nbtui profile show NAME",
            )
        return NoAnswer(
            f"{place} cannot be reached: {os.strerror(code)}", host=self._target.host
        )


def _drop(running: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    sock = cast("socket.socket", key.fileobj)
    running.unregister(sock)
    sock.close()


def _place(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{host}:{target.port}"


def _name_error(target: Target, error: OSError | UnicodeError) -> NoAnswer:
    later = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    text = f"the name {target.host} is not known"
    if later:
        text = f"no name server answered for {target.host}"
    hint = (
        "check the network and the name server"
        if later
        else "check the spelling of the host"
    )
    return NoAnswer(text, host=target.host, layer="name", hint=hint)
