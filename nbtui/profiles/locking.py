"""A lock that writers of one file wait for; readers need none, because files are replaced whole.

The lock is the operating system's, so it is gone with the process that held it. Its file stays: removing
it would let two writers hold two files of the same name.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbtui.clock import Clock
from nbtui.errors import TimedOut
from nbtui.platforms.locking import taken

PATIENCE = 15.0
"""Seconds that a writer waits for another."""

_PAUSE = 0.02


@contextmanager
def writing(path: Path, *, clock: Clock) -> Iterator[None]:
    """Be the only writer of `path`, among threads and processes.

    Raises:
        TimedOut: somebody else wrote for `PATIENCE` seconds.
        OSError: the lock file cannot be made.
    """
    lock = path.with_name(f".{path.name}.lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        deadline = clock.monotonic() + PATIENCE
        while not taken(handle):
            if clock.monotonic() >= deadline:
                raise TimedOut(
                    f"{path}: another program has been writing for {PATIENCE:.0f} s",
                    layer="config",
                    hint=f"end the program that holds {lock}",
                )
            clock.wait(_PAUSE)
        yield
    finally:
        os.close(handle)  # which gives the lock back
