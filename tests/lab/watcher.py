"""Sees what anybody on this machine could see while a test runs, and keeps it to be searched afterwards."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

PAUSE = 0.01
"""Seconds between two rounds."""
LARGE = 1 << 20
"""Bytes; larger files are looked at once, at the end."""


class Watcher:
    """Argument lists and environments of all processes, those of the lab's hosts included, and files as they come and go.

    Args: roots: folders whose files are kept; the lab's.
    """

    def __init__(self, *roots: Path) -> None:
        self._roots = roots
        self._here = _namespace("self")
        self._stop = Event()
        self._stamps: set[tuple[Path, int, int, int]] = set()
        self.rounds = 0
        self.arguments: set[bytes] = set()
        self.environments: dict[bytes, bool] = {}
        """Of each whether it was a process of this side, not of a host."""
        self.files: dict[tuple[Path, bool], set[bytes]] = {}
        """What stood in each file, with whether others could read it: see `open_to_others`."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        looks = (self._processes, self._folders)
        threads = [Thread(target=self._repeat, args=(look,)) for look in looks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            self._folders()

    def _repeat(self, look: Callable[[], None]) -> None:
        while not self._stop.wait(PAUSE):
            look()
            self.rounds += 1

    def _processes(self) -> None:
        for pid in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208  # glob fails when one ends
            process = Path("/proc", pid)
            with suppress(OSError):
                self.arguments.add((process / "cmdline").read_bytes())
                ours = _namespace(process.name) == self._here
                environment = (process / "environ").read_bytes()
                self.environments[environment] = ours or self.environments.get(environment, False)  # fmt: skip

    def _folders(self) -> None:
        for root in self._roots:
            for folder, _folders, names in os.walk(root):  # rglob fails when a folder goes
                for path in (Path(folder, name) for name in names):
                    with suppress(OSError):
                        self._file(path, path.lstat())

    def _file(self, path: Path, facts: os.stat_result) -> None:
        stamp = (path, facts.st_mtime_ns, facts.st_size, facts.st_mode)
        small = stat.S_ISREG(facts.st_mode) and facts.st_size < LARGE
        if small and stamp not in self._stamps:
            content = path.read_bytes()
            self.files.setdefault((path, open_to_others(path)), set()).add(content)
            self._stamps.add(stamp)


STRANGER = """
import glob, os, select, sys
os.setgid(12345); os.setgroups([]); os.setuid(12345)
seen = set()
print("there", flush=True)
while not select.select([sys.stdin], [], [], 0.01)[0]:
    for name in ("cmdline", "environ"):
        for path in glob.glob(f"/proc/[0-9]*/{name}"):
            try:
                with open(path, "rb") as file:
                    seen.add(name.encode() + b" " + file.read())
            except OSError:
                pass
sys.stdout.buffer.write(b"\\n".join(seen))
"""


@contextmanager
def stranger() -> Iterator[list[bytes]]:
    """What another user of this machine can read of all processes meanwhile, once the block ends; only for root."""
    seen: list[bytes] = []
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", STRANGER], stdin=pipe, stdout=pipe, cwd="/"
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"there\n"
        yield seen
        seen.append(process.communicate()[0])


def _namespace(process: str) -> str:
    return str(Path(f"/proc/{process}/ns/pid").readlink())


def open_to_others(path: Path) -> bool:
    """Whoever is neither the owner nor in the group could read it: its own mode and the way there."""
    way = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return way and bool(path.stat().st_mode & stat.S_IROTH)
