"""Terminals of X, Wayland and macOS."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from nbtui.quoting import words as quoted

_EMULATORS: Final = (
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--"),
    ("konsole", "-e"),
    ("kitty",),
    ("alacritty", "-e"),
    ("xterm", "-e"),
)
"""Terminals and the option after which a command stands as it is."""


def new_window(
    argv: Sequence[str],
    *,
    told: Mapping[str, str],
    environ: Mapping[str, str],
    start: Callable[[list[str]], object],
) -> bool:
    """See `nbtui.platforms.desktop`."""
    if sys.platform == "darwin":
        return _terminal_app(argv, told, start)
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on macOS
        return _emulator(argv, environ, start)


def _emulator(
    argv: Sequence[str], environ: Mapping[str, str], start: Callable[[list[str]], object]
) -> bool:
    if not has_display(environ):
        return False
    for name, *options in _EMULATORS:
        program = shutil.which(name, path=environ.get("PATH"))
        if program:
            start([program, *options, *argv])
            return True
    return False


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether there is an X or a Wayland to open a window on."""
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _terminal_app(
    argv: Sequence[str], told: Mapping[str, str], start: Callable[[list[str]], object]
) -> bool:
    """Terminal of macOS runs files, not argument lists; the file deletes itself."""
    descriptor, name = tempfile.mkstemp(".command", "nbtui-")
    with os.fdopen(descriptor, "w") as file:
        variables = quoted(f"{key}={value}" for key, value in told.items())
        file.write(f'#!/bin/sh\nrm -f "$0"\nexec env {variables} {quoted(argv)}\n')
    Path(name).chmod(0o700)
    start(["open", "-a", "Terminal", name])
    return True
