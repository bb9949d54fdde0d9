"""Programs that live on without us, and waiting until one has gone.

Imports subprocess and psutil, so whoever is on the way of every command imports this module late.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO

import psutil

from nbtui.clock import Clock
from nbtui.platforms.processes import DETACHED

_LOOK_EVERY = 0.02
"""Seconds between two looks at a process; nothing portable wakes us when a stranger's ends."""


def spawn_detached(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    errors: IO[bytes] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program that neither our end nor Ctrl-C in our terminal can touch.

    Its standard streams are the null device. A daemon thread waits for it, so that it leaves no zombie
    behind a client that runs for days.

    Args:
        argv: the program and its arguments; no shell is involved.
        environ: all of its environment.
        folder: its working folder; None: ours.
        errors: where its standard error goes instead.

    Raises: OSError: it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603  # no shell, and each caller builds argv itself
        list(argv),
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors or subprocess.DEVNULL,
        start_new_session=True,
        creationflags=DETACHED,
    )
    Thread(target=process.wait, name=f"wait for {argv[0]}", daemon=True).start()
    return process


def wait_gone(pid: int, *, clock: Clock, timeout: float) -> bool:
    """Wait until a process has ended; False: it is there after `timeout` seconds.

    A zombie has ended: it waits for its parent only.
    """
    deadline = clock.monotonic() + timeout
    while _alive(pid):
        if clock.monotonic() >= deadline:
            return False
        clock.wait(_LOOK_EVERY)
    return True


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
