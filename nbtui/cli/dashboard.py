"""`nbtui`: the dashboard, and what it needs of the desk it runs on."""

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from nbtui.cli import output
from nbtui.cli.shared import Shared
from nbtui.errors import ExitCode, NbtuiError, NoTerminal

if TYPE_CHECKING:
    from nbtui.tui.outside import Outside


def show(shared: Shared) -> None:
    """Open the dashboard; says the last word once the terminal is back."""
    if not has_terminal():
        raise NoTerminal("the dashboard needs a terminal", hint="nbtui status")
    if word := draw(shared, outside_of(shared)):
        output.say(word)


def has_terminal() -> bool:
    """Keys can be read and the screen be drawn, which Textual does on stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def draw(shared: Shared, outside: "Outside") -> str:
    """Show the dashboard until the person leaves; its last word.

    Raises: click.exceptions.Exit: with 1 after a bug, which it has told already.
    """
    from nbtui.tui import run

    word = run(
        engine=lambda: shared.engine,
        outside=outside,
        clock=shared.clock,
        environ=shared.environ,
    )
    if word is None:
        raise click.exceptions.Exit(ExitCode.FAILED)
    return word


def outside_of(shared: Shared) -> "Outside":
    """What the dashboard may do outside of the engine; each imports what it needs when it is called."""
    from nbtui.tui.outside import Outside

    return Outside(
        open_url=partial(_browse, shared),
        profiles=lambda: shared.store.load().profiles,
        hosts=partial(_hosts, shared),
        edit=partial(_edit, shared),
        new_window=partial(_open_window, shared),
        inside_tmux=bool(shared.environ.get("TMUX")),
    )


def _browse(shared: Shared, url: str) -> None:
    from nbtui.client.browser import open_url

    if not open_url(url, environ=shared.environ, clock=shared.clock):
        raise NbtuiError("no browser here", layer="browser", hint="nbtui url NAME")


def _hosts(shared: Shared) -> Sequence[str]:
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.hosts import hosts

    return hosts(config_files(shared.environ))


def _edit(shared: Shared, name: str | None) -> None:
    from nbtui.cli.profile import edit_profiles

    edit_profiles(shared, name)


def _open_window(shared: Shared, words: Sequence[str]) -> bool:
    from nbtui.client.terminal import open_window

    return open_window(words, environ=shared.environ)
