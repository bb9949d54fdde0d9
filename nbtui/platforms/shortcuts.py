"""Files that run a program in a terminal when they are double-clicked.

`suffix()`: of their names. `content(icon) -> bytes`: of such a file, which has to be executable where there is such a mode.
`folder(environ, menu=…) -> Path`: where it belongs: with `menu` among the programs, else on the desktop if there is one.
"""

import sys

if sys.platform == "win32":
    from platformdirs.windows import get_win_folder

    from nbtui.platforms.windows.shortcuts import Places, content, suffix

    folder = Places(known=get_win_folder).folder
else:
    from nbtui.platforms.posix.shortcuts import content, folder, suffix

__all__ = ["content", "folder", "suffix"]
