"""Where a user's files lie by the platform's own custom; creates nothing.

`user_folders(environ) -> (config, state)`; `runtime_dir(environ, state) -> Path`: for what lives as long as a login,
given the state folder.
"""

import sys

if sys.platform == "win32":
    from platformdirs.windows import get_win_folder

    from nbtui.platforms.windows.folders import Folders, runtime_dir

    user_folders = Folders(local=lambda: get_win_folder("CSIDL_LOCAL_APPDATA")).user_folders
else:
    from nbtui.platforms.posix.folders import runtime_dir, user_folders

__all__ = ["runtime_dir", "user_folders"]
