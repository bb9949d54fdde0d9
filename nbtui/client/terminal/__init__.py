"""The terminal around us: taken over by one on the host, or left alone and another window opened."""

from collections.abc import Mapping, Sequence

from nbtui.platforms.consoles import Console

__all__ = ["Console", "open_window", "this_console"]


def this_console() -> Console:
    """The console of this process's standard streams."""
    from nbtui.platforms import terminal  # noqa: PLC0415  # termios or ctypes, which asking the agent does not need

    return terminal.this_console()


def open_window(words: Sequence[str], *, environ: Mapping[str, str]) -> bool:
    """See `nbtui.client.terminal.window.open_window`."""
    from nbtui.client.terminal import window  # noqa: PLC0415  # subprocess and psutil, which asking the agent does not need

    return window.open_window(words, environ=environ)
