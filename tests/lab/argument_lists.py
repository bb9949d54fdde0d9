"""Every argument list that anybody on this machine could have seen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread


class Watcher:
    """Keeps every argument list that it sees on this machine; the hosts' processes are among them."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self.rounds = 0
        self._stop = Event()

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            for name in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208  # glob fails when one ends
                with suppress(OSError):
                    self.seen.add(Path("/proc", name, "cmdline").read_bytes())
            self.rounds += 1

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While inside, it looks."""
        thread = Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
