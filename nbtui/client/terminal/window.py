"""A window of its own for an nbtui command: of the tmux around us, else of the desktop."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from nbtui.client.process import spawn_detached
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


def open_window(words: Sequence[str], *, environ: Mapping[str, str]) -> bool:
    """Run `nbtui WORDS…` in a new window; False: there is nowhere to open one.

    Args:
        words: arguments of nbtui, such as `("attach", "myvm")`.
        environ: ours; tells of tmux and the display, and what the new nbtui has to know.
    """
    argv = [sys.executable, "-P", "-m", "nbtui", *words]
    if environ.get("TMUX"):
        return _tmux_window(argv, title=_title(words), environ=environ)
    # after a plain return mypy would call the rest unreachable
    if sys.platform == "win32":
        return _windows_window(argv, environ)
    elif sys.platform == "darwin":  # noqa: RET505  # see above
        return _terminal_app(argv, environ)
    else:
        return _desktop_window(argv, environ)


def _tmux_window(argv: list[str], *, title: str, environ: Mapping[str, str]) -> bool:
    """Next to our own window. A new one gets tmux's environment, so ours is put before the command."""
    # libtmux looks at stdout's encoding when imported, and the dashboard's stdout has none
    with contextlib.redirect_stdout(sys.__stdout__):
        import libtmux  # noqa: PLC0415  # 60 ms that only this needs
        from libtmux.exc import LibTmuxException  # noqa: PLC0415  # see above

    server = libtmux.Server(socket_path=environ["TMUX"].rsplit(",", 2)[0])
    pane = environ.get("TMUX_PANE", "")
    words = ["-n", title, "--", "env", *_told(environ), *argv]
    try:
        ours = server.cmd("display-message", "-p", "-t", pane, "#{window_id}").stdout
        beside = ["-a", "-t", ours[0]] if ours else []
        done = server.cmd("new-window", *beside, *map(_literal, words))
    except (LibTmuxException, OSError):
        return False
    return done.returncode == 0


_OURS = frozenset({"HOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"})
"""What leads to the same agent, keys and files."""


def _told(environ: Mapping[str, str]) -> Iterable[str]:
    return (
        f"{name}={value}"
        for name, value in environ.items()
        if name.startswith("NBTUI_") or name in _OURS
    )


def _title(words: Sequence[str]) -> str:
    """What tmux takes for a name and nothing else: it expands formats there, and `#(…)` runs a program.

    >>> _title(("attach", "lab #(x) 1"))
    'attach lab _(x) 1'
    """
    return " ".join(words).replace("#", "_")


def _literal(word: str) -> str:
    r"""A `;` at the end of a word would begin another tmux command (tmux(1), COMMAND PARSING).

    >>> _literal("a;b;")
    'a;b\\;'
    """
    return f"{word[:-1]}\\;" if word.endswith(";") else word


def _desktop_window(argv: list[str], environ: Mapping[str, str]) -> bool:
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return False
    for name, *options in _EMULATORS:
        program = shutil.which(name, path=environ.get("PATH"))
        if program:
            spawn_detached([program, *options, *argv], environ=environ)
            return True
    return False


def _terminal_app(argv: list[str], environ: Mapping[str, str]) -> bool:
    """Terminal of macOS runs files, not argument lists; the file deletes itself."""
    descriptor, name = tempfile.mkstemp(".command", "nbtui-")
    with os.fdopen(descriptor, "w") as file:
        told = quoted(_told(environ))
        file.write(f'#!/bin/sh\nrm -f "$0"\nexec env {told} {quoted(argv)}\n')
    Path(name).chmod(0o700)
    spawn_detached(["open", "-a", "Terminal", name], environ=environ)
    return True


if sys.platform == "win32":

    def _windows_window(argv: list[str], environ: Mapping[str, str]) -> bool:
        """In Windows Terminal where it is, else in a console of its own."""
        terminal = shutil.which("wt", path=environ.get("PATH"))
        if terminal:  # it takes `;` for its own
            argv = [terminal, "new-tab", *(word.replace(";", "\\;") for word in argv)]
        flags = 0 if terminal else subprocess.CREATE_NEW_CONSOLE
        subprocess.Popen(argv, env=dict(environ), creationflags=flags)  # noqa: S603  # no shell
        return True
