"""`taken(handle)`: whether an open file could be locked for this process's own use, at once."""

import sys

if sys.platform == "win32":
    import msvcrt

    from nbtui.platforms.windows.locking import Locking

    taken = Locking(lock=lambda handle: msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)).taken
else:
    from nbtui.platforms.posix.locking import taken

__all__ = ["taken"]
