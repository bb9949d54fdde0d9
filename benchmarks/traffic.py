"""What is sent through a tunnel, and how it is timed.

`python benchmarks/traffic.py`: the far end of all tunnels as a program, which says on which port it listens.
`python benchmarks/traffic.py download|upload PORT MEGABYTES`: the near end of a bulk transfer as a program.
"""

import contextlib
import selectors
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import NamedTuple

import ground  # noqa: F401  # puts tests/ on the path

from lab.targets import call, serving

MB = 1 << 20
BLOCK = bytes(MB)


def target(sock: socket.socket) -> None:
    """The far end: D sends, U counts, E echoes; the next eight bytes say how much."""
    kind, amount = sock.recv(1), int.from_bytes(_exactly(sock, 8))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if kind == b"D":
        while amount > 0:
            amount -= sock.send(memoryview(BLOCK)[:amount])
    elif kind == b"U":
        _swallow(sock, amount)
        sock.sendall(b"!")
    else:
        while said := sock.recv(4096):
            sock.sendall(said)


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


def _swallow(sock: socket.socket, amount: int) -> None:
    buffer = bytearray(MB)
    while amount > 0:
        got = sock.recv_into(buffer)
        if got == 0:
            raise ConnectionResetError
        amount -= got


def ask(port: int, kind: bytes, amount: int = 0) -> socket.socket:
    """A connection to the far end that was told what is wanted."""
    sock = call(port)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(kind + amount.to_bytes(8))
    return sock


def answers(port: int) -> bool:
    """Whether the far end is reached."""
    with contextlib.suppress(OSError), ask(port, b"E") as sock:
        sock.sendall(b"?")
        return sock.recv(1) == b"?"
    return False


def download(port: int, megabytes: int) -> float:
    """MB a second."""
    start = perf_counter()
    with ask(port, b"D", megabytes * MB) as sock:
        _swallow(sock, megabytes * MB)
    return megabytes / (perf_counter() - start)


def upload(port: int, megabytes: int) -> float:
    """MB a second, until the far end has it all."""
    start = perf_counter()
    with ask(port, b"U", megabytes * MB) as sock:
        for _ in range(megabytes):
            sock.sendall(BLOCK)
        _exactly(sock, 1)
    return megabytes / (perf_counter() - start)


def new_connection(port: int, times: int) -> float:
    """Milliseconds from connect to the first byte back, median."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        with ask(port, b"E") as sock:
            sock.sendall(b"?")
            _exactly(sock, 1)
        taken.append(perf_counter() - start)
    return statistics.median(taken) * 1000


def echoes(port: int) -> Iterator[float]:
    """Milliseconds for 64 bytes there and back on an open connection, without end."""
    with ask(port, b"E") as sock:
        while True:
            start = perf_counter()
            sock.sendall(bytes(64))
            _exactly(sock, 64)
            yield (perf_counter() - start) * 1000


def echo(port: int, times: int) -> float:
    """Milliseconds, median."""
    with contextlib.closing(echoes(port)) as taken:
        return statistics.median(one for one, _ in zip(taken, range(times), strict=False))


def echo_beside_upload(port: int, times: int) -> float:
    """Milliseconds, median, while an upload over a slow line fills whatever queues there are."""
    with ask(port, b"U", 1 << 40) as bulk:
        bulk.sendall(BLOCK * 6)  # more than any queue holds
        flood = Thread(target=_flood, args=(bulk,))
        flood.start()
        try:
            return echo(port, times)
        finally:
            bulk.shutdown(socket.SHUT_RDWR)
            flood.join()


def _flood(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was shut down
        while True:
            sock.sendall(BLOCK)


def busy_echo(port: int, way: str, megabytes: int) -> float:
    """Milliseconds, 99th percentile, while a bulk transfer runs in another process over the same tunnel."""
    command = [sys.executable, str(Path(__file__)), way, str(port), str(megabytes)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as bulk,
        contextlib.closing(echoes(port)) as taken,
    ):
        assert bulk.stdout is not None  # noqa: S101  # it is a pipe
        bulk.stdout.readline()  # it has begun
        during = []
        while bulk.poll() is None:
            during.append(next(taken))
    return statistics.quantiles(during, n=100)[-1]


class Crowd(NamedTuple):
    """How many downloads at once went."""

    rate: float
    """MB a second, together."""

    fairness: float
    """Jain's index of what each had got when half of all had arrived: 1 is fair, 1/n is one for all."""

    stall: float
    """Seconds: the longest that one of them got nothing."""


def crowd(port: int, number: int, megabytes: int) -> Crowd:
    """So many downloads at once, of so many megabytes each."""
    start = perf_counter()
    with contextlib.ExitStack() as stack:
        ends = selectors.DefaultSelector()
        for _ in range(number):
            sock = stack.enter_context(ask(port, b"D", megabytes * MB))
            ends.register(sock, selectors.EVENT_READ, _One(perf_counter()))
        every = [key.data for key in ends.get_map().values()]
        half = _drain(ends, every, number * megabytes * MB)
    rate = number * megabytes / (perf_counter() - start)
    fairness = sum(half) ** 2 / (number * sum(one * one for one in half))
    return Crowd(rate, fairness, max(one.stall for one in every))


class _One:
    def __init__(self, now: float) -> None:
        self.got, self.stall, self._last = 0, 0.0, now

    def hear(self, size: int) -> None:
        now = perf_counter()
        self.stall = max(self.stall, now - self._last)
        self.got, self._last = self.got + size, now


def _drain(ends: selectors.BaseSelector, every: list[_One], total: int) -> list[int]:
    """Read all to their ends; what each had got at half of it."""
    buffer, half, got = bytearray(1 << 18), list[int](), 0
    while ends.get_map():
        for key, _ in ends.select():
            size = key.fileobj.recv_into(buffer)  # type: ignore[union-attr]  # a socket
            if size == 0:
                ends.unregister(key.fileobj)
                continue
            key.data.hear(size)
            got += size
            if not half and got * 2 >= total:
                half = [one.got for one in every]
    return half


def main() -> None:
    """See the module."""
    if len(sys.argv) > 1:
        way, port, megabytes = sys.argv[1:]
        print("begun", flush=True)
        {"download": download, "upload": upload}[way](int(port), int(megabytes))
        return
    with serving(target) as port:
        print(port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
