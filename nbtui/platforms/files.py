"""How a file takes the place of another.

`publish(temporary, path, clock)` gives a written file its name; `sync_folder(folder)` has the new name on the disk.
Both raise OSError.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.files import publish, sync_folder
else:
    from nbtui.platforms.posix.files import publish, sync_folder

__all__ = ["publish", "sync_folder"]
