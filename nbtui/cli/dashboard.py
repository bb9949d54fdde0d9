"""`nbtui`: the dashboard, and what it needs of the desk it runs on.

Without arguments there is nothing to parse, so `run` does without click, which takes 15 ms to import.
"""

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nbtui.cli.ending import failed
from nbtui.cli.shared import Shared
from nbtui.errors import ExitCode, NbtuiError, NoTerminal

if TYPE_CHECKING:
    from nbtui.client.engine import Talk
    from nbtui.model.profile import Profile
    from nbtui.profiles.ledger import Ledger
    from nbtui.tui.outside import Outside


def run() -> int:
    """`nbtui` alone; its exit status."""
    try:
        return show(Shared.here())
    except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # the process ends here
        return failed(exc)


def show(shared: Shared) -> int:
    """Open the dashboard; says the last word once the terminal is back."""
    if not has_terminal():
        raise NoTerminal("the dashboard needs a terminal", hint="nbtui status")
    word = draw(shared, outside_of(shared))
    if word:
        from nbtui.cli import output

        output.say(word)
    return ExitCode.FAILED if word is None else ExitCode.OK


def has_terminal() -> bool:
    """Keys can be read and the screen be drawn, which Textual does on stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def draw(shared: Shared, outside: "Outside") -> str | None:
    """Show the dashboard until the person leaves; its last word, None after a bug, which it has told already."""
    from nbtui.tui import run

    return run(
        engine=lambda: shared.engine,
        outside=outside,
        clock=shared.clock,
        environ=shared.environ,
    )


def outside_of(shared: Shared) -> "Outside":
    """What the dashboard may do outside of the engine; each imports what it needs when it is called."""
    from nbtui.platforms import clipboard
    from nbtui.tui.outside import Outside

    return Outside(
        open_url=partial(_browse, shared),
        saved=shared.reader.load,
        hosts=partial(_hosts, shared),
        ledger=partial(_ledger, shared),
        key_files=_key_files,
        demo=partial(_demo, shared),
        putty=partial(_putty, shared),
        bring=partial(_bring, shared),
        edit=partial(_edit, shared),
        new_window=partial(_open_window, shared),
        inside_tmux=bool(shared.environ.get("TMUX")),
        copy=clipboard.copy,
    )


def _browse(shared: Shared, url: str) -> None:
    from nbtui.client.browser import open_url

    if not open_url(url, environ=shared.environ, clock=shared.clock):
        raise NbtuiError("no browser here", layer="browser", hint="nbtui url NAME")


def _hosts(shared: Shared) -> Sequence[str]:
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.hosts import hosts

    return hosts(config_files(shared.environ))


def _ledger(shared: Shared) -> "Ledger":
    from nbtui.profiles.ledger import Ledger
    from nbtui.profiles.memory import Memory

    return Ledger(store=shared.store, memory=Memory(shared.paths.state_json))


def _key_files() -> Sequence[tuple[str, str]]:
    """As one would write them: below the home with a tilde."""
    from pathlib import Path

    from nbtui.keys.listing import private_keys

    home = Path.home()
    found = private_keys(home / ".ssh")
    named = ((f"~/{Path(one.path).relative_to(home).as_posix()}", one) for one in found)
    return tuple((path, f"{path}   {one.kind}") for path, one in named)


def _demo(shared: Shared) -> None:
    """A program of its own: two dashboards in one process would share the terminal's state."""
    import subprocess

    words = [sys.executable, "-P", "-m", "nbtui", "demo"]
    done = subprocess.run(words, env=dict(shared.environ), check=False)  # noqa: S603  # a program of ours
    if done.returncode:
        message = f"the pretend VM ended with {done.returncode}"
        raise NbtuiError(message, layer="demo", hint="nbtui demo --check")


def _putty(shared: Shared) -> "Sequence[Profile]":
    from nbtui.profiles.world import putty_sources

    sources = putty_sources(shared.environ)
    if not sources:
        return ()
    from nbtui.profiles.putty.sessions import listed

    return tuple(listed(sources))


def _bring(shared: Shared, source: str, names: tuple[str, ...], talk: "Talk") -> str:
    from nbtui.cli import import_openssh, importing, profile_import

    if source == "putty":
        return importing.told(profile_import.own_sessions(shared, names, talk))
    return importing.told(import_openssh.own_hosts(shared, names, talk))


def _edit(shared: Shared, name: str | None) -> None:
    from nbtui.cli.editing import edit_profiles

    edit_profiles(shared, name)


def _open_window(shared: Shared, words: Sequence[str]) -> bool:
    from nbtui.client.terminal import open_window

    return open_window(words, environ=shared.environ)
