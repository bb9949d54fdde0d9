"""`copy`: puts text on the clipboard, in a moment; raises NbtuiError. None: the terminal is asked to (OSC 52)."""

import sys
from collections.abc import Callable

copy: Callable[[str], None] | None

if sys.platform == "win32":
    from nbtui.clock import SystemClock
    from nbtui.platforms.windows.clipboard import Clipboard
    from nbtui.platforms.windows.user32 import User32

    copy = Clipboard(calls=User32(), clock=SystemClock()).copy
else:
    from nbtui.platforms.posix.clipboard import copy

__all__ = ["copy"]
