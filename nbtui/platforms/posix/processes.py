"""A session of its own (setsid(2)) is what detaches, and makes a group."""

import os
import signal
import sys
from typing import Final, Protocol

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

DETACHED: Final = 0
"""See `nbtui.platforms.processes`; flags are of Windows."""


class Leader(Protocol):
    """A process that was started in a session of its own."""

    pid: int

    def poll(self) -> int | None:
        """Exit status; None while it runs."""


def end_group(process: Leader) -> None:
    """See `nbtui.platforms.processes`; a pipeline has several."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
