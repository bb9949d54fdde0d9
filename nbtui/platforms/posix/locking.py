"""A file's lock by flock(2)."""

import fcntl
import sys

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it


def taken(handle: int) -> bool:
    """See `nbtui.platforms.locking`; flock, not lockf: its lock is one of the process, so threads would share it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
