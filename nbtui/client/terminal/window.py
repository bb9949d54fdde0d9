"""A window of its own for an nbtui command: of the tmux around us, else of the desktop."""

import contextlib
import sys
from collections.abc import Mapping, Sequence

from nbtui.client.process import spawn_detached
from nbtui.platforms.desktop import new_window


def open_window(words: Sequence[str], *, environ: Mapping[str, str]) -> bool:
    """Run `nbtui WORDS…` in a new window; False: there is nowhere to open one.

    Args:
        words: arguments of nbtui, such as `("attach", "myvm")`.
        environ: ours; tells of tmux and the display, and what the new nbtui has to know.
    """
    argv = [sys.executable, "-P", "-m", "nbtui", *words]
    if environ.get("TMUX"):
        return _tmux_window(argv, title=_title(words), environ=environ)
    return new_window(
        argv,
        told=_told(environ),
        environ=environ,
        start=lambda command: spawn_detached(command, environ=environ),
    )


def _tmux_window(argv: list[str], *, title: str, environ: Mapping[str, str]) -> bool:
    """Next to our own window. A new one gets tmux's environment, so ours is put before the command."""
    # libtmux looks at stdout's encoding when imported, and the dashboard's stdout has none
    with contextlib.redirect_stdout(sys.__stdout__):
        import libtmux  # noqa: PLC0415  # 60 ms that only this needs
        from libtmux.exc import LibTmuxException  # noqa: PLC0415  # see above

    server = libtmux.Server(socket_path=environ["TMUX"].rsplit(",", 2)[0])
    pane = environ.get("TMUX_PANE", "")
    told = (f"{name}={value}" for name, value in _told(environ).items())
    words = ["-n", title, "--", "env", *told, *argv]
    try:
        ours = server.cmd("display-message", "-p", "-t", pane, "#{window_id}").stdout
        beside = ["-a", "-t", ours[0]] if ours else []
        done = server.cmd("new-window", *beside, *map(_literal, words))
    except (LibTmuxException, OSError):
        return False
    return done.returncode == 0


_OURS = frozenset({"HOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"})
"""What leads to the same agent, keys and files."""


def _told(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name.startswith("NBTUI_") or name in _OURS
    }


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
