"""`this_console()`: the console of this process's standard streams."""

import sys

from nbtui.platforms.consoles import Console

if sys.platform == "win32":
    from nbtui.platforms.windows.kernel32 import Kernel32
    from nbtui.platforms.windows.terminal import WindowsConsole

    def this_console() -> Console:
        """See the module."""
        return WindowsConsole(calls=Kernel32())

else:
    from nbtui.platforms.posix.terminal import PosixConsole

    def this_console() -> Console:
        """See the module."""
        return PosixConsole()


__all__ = ["this_console"]
