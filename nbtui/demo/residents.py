"""The processes of a pretend VM, found by the mark in their environment.

A VM of its own would have a process list of its own; here the mark is inherited by all that a login starts,
daemons like tmux included. Surprise: a zombie that its parent does not fetch has no environment and is not
counted: it has ended.
"""

from collections.abc import Iterator

import psutil

from nbtui.clock import Clock
from nbtui.demo.folder import MARK, Folder

_LOOK_EVERY = 0.02
"""Seconds between two looks."""


def residents(folder: Folder) -> Iterator[psutil.Process]:
    """What runs on the VM: logins, tmux, Jupyter, kernels."""
    for process, environ in _marked(folder):
        if environ.get("HOME") == str(folder.home):
            yield process


def described(processes: Iterator[psutil.Process]) -> list[str]:
    """`pid command` of each."""
    found = []
    for process in processes:
        try:
            found.append(f"{process.pid} {' '.join(process.cmdline())[:100]}")
        except psutil.Error:
            continue
    return found


def power_off(folder: Folder, *, clock: Clock, patience: float = 10.0) -> bool:
    """End everything that carries the mark at once, the desk's agent included; False: something is left.

    Args:
        folder: of the VM.
        clock: for the deadline.
        patience: seconds.
    """
    deadline = clock.monotonic() + patience
    while found := [process for process, _ in _marked(folder)]:
        for process in found:
            _kill(process)
        if clock.monotonic() >= deadline:
            return False
        clock.wait(_LOOK_EVERY)
    return True


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:  # it was faster
        return


def _marked(folder: Folder) -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    for process in psutil.process_iter():
        try:
            environ = process.environ()
        except (psutil.Error, OSError):  # a zombie, a stranger's, or gone
            continue
        if environ.get(MARK) == str(folder.root):
            yield process, environ
