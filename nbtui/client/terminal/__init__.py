"""The terminal around us: taken over by one on the host, or left alone and another window opened."""

import sys
from collections.abc import Mapping, Sequence

from nbtui.client.terminal.console import Console

__all__ = ["Console", "open_window", "this_console"]


def this_console() -> Console:
    """The console of this process's standard streams."""
    if sys.platform == "win32":
        from nbtui.client.terminal.kernel32 import Kernel32  # noqa: PLC0415  # ctypes, and only there
        from nbtui.client.terminal.windows import WindowsConsole  # noqa: PLC0415  # only there

        return WindowsConsole(calls=Kernel32())
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on Windows
        from nbtui.client.terminal.posix import PosixConsole  # noqa: PLC0415  # has termios, and only there

        return PosixConsole()


def open_window(words: Sequence[str], *, environ: Mapping[str, str]) -> bool:
    """See `nbtui.client.terminal.window.open_window`."""
    from nbtui.client.terminal import window  # noqa: PLC0415  # subprocess and psutil, which asking the agent does not need

    return window.open_window(words, environ=environ)
