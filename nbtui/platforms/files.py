"""How a file takes the place of another.

`publish(temporary, path, clock)` gives a written file its name, and `claim(temporary, path)` one that nothing has yet,
else it raises FileExistsError; `sync_folder(folder)` has the new name on the disk. All raise OSError.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.files import claim, publish, sync_folder
else:
    from nbtui.platforms.posix.files import claim, publish, sync_folder

__all__ = ["claim", "publish", "sync_folder"]
