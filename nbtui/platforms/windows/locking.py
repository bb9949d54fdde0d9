"""A file's lock: its first byte, by the C library."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Locking:
    """See `nbtui.platforms.locking`."""

    lock: Callable[[int], None]
    """msvcrt.locking with LK_NBLCK; raises OSError where somebody else has it."""

    def taken(self, handle: int) -> bool:
        """See `nbtui.platforms.locking`."""
        try:
            self.lock(handle)
        except OSError:
            return False
        return True
