"""Many forwards under random faults for a long time: who walks up and down them, and what the weather does."""

import random
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from lab.diary import Diary, connected, lost
from lab.shaper import Shaper
from waiting import until

AFTER = 3.0
"""Seconds after all is back in which what a fault did may still be felt."""
CALM = 10.0
"""Seconds between two faults on average."""


@dataclass(kw_only=True)
class Faults:
    """When something was wrong on purpose, until all was back."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    """On the monotonic clock; the last one may not have ended: infinity."""

    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def span(self) -> Iterator[None]:
        """While inside, things are wrong."""
        began = time.monotonic()
        with self._lock:
            self.spans.append((began, float("inf")))
        yield
        with self._lock:
            self.spans[-1] = (began, time.monotonic())

    def felt(self, began: float, ended: float) -> bool:
        """Whether something between two moments may be a fault's work."""
        with self._lock:
            return any(a <= ended and began <= b + AFTER for a, b in self.spans[-3:])


@dataclass(kw_only=True)
class Tally:
    """What was seen on one forward."""

    name: str
    blocks: int = 0
    """That went up and came back byte by byte as they were."""

    size: int = 0
    """Bytes of them."""

    resets: int = 0
    stray: int = 0
    """Resets that no fault explains."""

    wrong: int = 0
    """Blocks that came back as something else."""

    calm: float = 0.0
    """Seconds of the longest round trip while nothing was wrong."""

    longest: float = 0.0
    """Seconds of the longest of all."""


class Walker:
    """One connection through a forward to an echo, made again when it ends; blocks of random size go round on it."""

    def __init__(
        self, name: str, port: int, *, faults: Faults, seed: int, most: int, pause: float
    ) -> None:
        """Args: most: bytes of a block; pause: seconds between two blocks, on average."""
        self.tally = Tally(name=name)
        self._port, self._faults = port, faults
        self._dice = random.Random(seed)  # noqa: S311  # test data
        self._most, self._pause = most, pause
        self._stop = Event()
        self._thread = Thread(target=self._walk, name=f"walker {name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Finish the round."""
        self._stop.set()
        self._thread.join(150)
        assert not self._thread.is_alive(), f"{self.tally.name} is stuck"

    def _walk(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            with suppress(TimeoutError, ConnectionRefusedError):
                try:
                    with socket.create_connection(("127.0.0.1", self._port), 120) as sock:
                        self._rounds(sock)
                except (ConnectionResetError, BrokenPipeError, EOFError):
                    self.tally.resets += 1
                    self.tally.stray += not self._faults.felt(began, time.monotonic())
                    self._stop.wait(0.2)

    def _rounds(self, sock: socket.socket) -> None:
        while not self._stop.wait(self._dice.uniform(0, 2 * self._pause)):
            block = self._dice.randbytes(self._dice.randrange(1, self._most))
            began = time.monotonic()
            self._note(block, _round_trip(sock, block), began, time.monotonic())

    def _note(self, block: bytes, came: bytes, began: float, ended: float) -> None:
        tally = self.tally
        tally.blocks, tally.size = tally.blocks + 1, tally.size + len(block)
        tally.wrong += came != block
        tally.longest = max(tally.longest, ended - began)
        if not self._faults.felt(began, ended):
            tally.calm = max(tally.calm, ended - began)


def _round_trip(sock: socket.socket, block: bytes) -> bytes:
    sending = Thread(target=_send, args=(sock, block))
    sending.start()
    came = bytearray()
    while len(came) < len(block):
        data = sock.recv(len(block) - len(came))
        if not data:
            raise EOFError
        came += data
    sending.join()
    return bytes(came)


def _send(sock: socket.socket, block: bytes) -> None:
    with suppress(OSError):  # who reads is told
        sock.sendall(block)


class Reader:
    """Asks Jupyter through the tunnel, once a second, as a page does."""

    def __init__(self, url: str, *, faults: Faults) -> None:
        self.tally = Tally(name="tunnel")
        self._url, self._faults = url, faults
        self._stop = Event()
        self._thread = Thread(target=self._read, name="reader", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join(150)

    def _read(self) -> None:
        tally = self.tally
        while not self._stop.wait(1.0):
            began = time.monotonic()
            try:
                with urllib.request.urlopen(f"{self._url}api", timeout=120) as reply:
                    tally.size += len(reply.read())
            except OSError:
                tally.resets += 1
                tally.stray += not self._faults.felt(began, time.monotonic())
                continue
            took = time.monotonic() - began
            tally.blocks += 1
            tally.longest = max(tally.longest, took)
            if not self._faults.felt(began, began + took):
                tally.calm = max(tally.calm, took)


class Weather:
    """Faults of a wire, one after the other, as the dice of a seed say."""

    def __init__(self, wire: Shaper, diary: Diary, faults: Faults, *, seed: int) -> None:
        self._wire, self._diary, self._faults = wire, diary, faults
        self._dice = random.Random(seed)  # noqa: S311  # test data
        self.had: dict[str, int] = {}
        """How often there was which fault."""
        self.slowest = 0.0
        """Seconds of the longest way back after a fault had ended."""
        self._kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "cut": (4, wire.cut),
            "forget": (1, self._forget),
            "freeze": (4, self._freeze),
            "long freeze": (1, lambda: self._freeze(20.0, 30.0)),
            "refuse": (2, self._refuse),
            "delay": (3, self._delay),
        }

    def blow(self, seconds: float) -> None:
        """Until so many seconds have passed and the last fault is over."""
        end = time.monotonic() + seconds
        names, weights = [*self._kinds], [weight for weight, _ in self._kinds.values()]
        while time.monotonic() < end:
            Event().wait(self._dice.uniform(0.5, 1.5) * CALM)
            [name] = self._dice.choices(names, weights)
            self.had[name] = self.had.get(name, 0) + 1
            with self._faults.span():
                self._kinds[name][1]()
                self._await_calm(time.monotonic())

    def _forget(self) -> None:
        """Nobody is told, so it takes its time to be found out."""
        self._wire.forget()
        until(lambda: lost(self._diary.now), what="the loss", seconds=60)

    def _freeze(self, least: float = 1.0, most: float = 12.0) -> None:
        with self._wire.freezing():
            Event().wait(self._dice.uniform(least, most))

    def _refuse(self) -> None:
        self._wire.refusing = True
        self._wire.cut()
        Event().wait(self._dice.uniform(0.5, 6.0))
        self._wire.refusing = False

    def _delay(self) -> None:
        self._wire.delay = self._dice.uniform(0.02, 0.25)
        Event().wait(self._dice.uniform(2.0, 10.0))
        self._wire.delay = 0.0

    def _await_calm(self, ended: float) -> None:
        """Until link and tunnel have been well for a second."""
        Event().wait(0.5)
        since: list[float] = []

        def well() -> bool:
            row = self._diary.now
            if connected(row) and row.lights.link == "ok":
                since.append(time.monotonic())
            else:
                since.clear()
            return bool(since) and since[-1] - since[0] >= 1.0

        until(well, what="the way back after a fault", seconds=120, every=0.05)
        self.slowest = max(self.slowest, since[0] - ended)
