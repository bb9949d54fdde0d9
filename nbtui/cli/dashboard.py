"""`nbtui`: the dashboard, and what it needs of the desk it runs on."""

import sys
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
        engine=shared.engine,
        outside=outside,
        clock=shared.clock,
        environ=shared.environ,
    )
    if word is None:
        raise click.exceptions.Exit(ExitCode.FAILED)
    return word


def outside_of(shared: Shared) -> "Outside":
    """What the dashboard may do outside of the engine."""
    from nbtui.cli.profile import edit_profiles
    from nbtui.client.browser import open_url
    from nbtui.client.terminal import open_window
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.hosts import hosts
    from nbtui.tui.outside import Outside

    def browse(url: str) -> None:
        if not open_url(url, environ=shared.environ, clock=shared.clock):
            raise NbtuiError("no browser here", layer="browser", hint="nbtui url NAME")

    return Outside(
        open_url=browse,
        profiles=lambda: shared.store.load().profiles,
        hosts=lambda: hosts(config_files(shared.environ)),
        edit=lambda name: edit_profiles(shared, name),
        new_window=lambda words: open_window(words, environ=shared.environ),
        inside_tmux=bool(shared.environ.get("TMUX")),
    )
