"""Opens a URL with a token in the browser of the person who sits here.

The browser is told the path of a private file (`nbtui.client.redirect`), never the URL. It runs detached.
$BROWSER decides if it is set; else the desktop does. Text browsers are not started: they would need the
terminal. A remote login and WSL (whose Windows browsers cannot open our files) have no browser unless
$BROWSER names one.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from nbtui.client.process import spawn_detached
from nbtui.client.redirect import write_redirect
from nbtui.clock import Clock
from nbtui.platforms import browser as platform
from nbtui.platforms.commandlines import split

_TEXT_BROWSERS: Final = {
    "browsh",
    "elinks",
    "links",
    "links2",
    "lynx",
    "w3m",
    "www-browser",
}
_GRACE = 0.5
"""Seconds in which a launcher that finds no browser gives up; one that goes on has found one."""

_LOOK_EVERY = 0.02

Command = tuple[str, ...]
"""Program and arguments; `%s` in an argument stands for the page."""


def open_url(url: str, *, environ: Mapping[str, str], clock: Clock) -> bool:
    """Open a browser on `url`; False: there is none that could.

    Args:
        url: of a web page; may hold a token.
        environ: of the person; $BROWSER, $PATH, $HOME and the display are looked at.
        clock: to see whether a launcher fails at once.

    Raises: ValueError: the URL is not one of a web page.
    """
    if not has_browser(environ):
        return False
    found = _found(environ)
    try:
        page = write_redirect(url, environ=environ, clock=clock).as_uri()
    except OSError:
        return False
    if platform.OPENS_ITSELF and not found:
        return platform.open_page(page)
    return any(_started(_filled(command, page), environ, clock) for command in found)


def has_browser(environ: Mapping[str, str]) -> bool:
    """Whether there is one to try."""
    return platform.OPENS_ITSELF or bool(_found(environ))


def _found(environ: Mapping[str, str]) -> list[Command]:
    return [command for command in commands(environ) if _exists(command, environ)]


def commands(environ: Mapping[str, str]) -> Iterator[Command]:
    """What to try, in this order; whether it is installed is another question."""
    chosen = environ.get("BROWSER", "")
    entries = chosen.split(os.pathsep) if chosen else platform.candidates(environ)
    parsed = (_parsed(entry) for entry in entries)
    return (one for one in parsed if one and PurePath(one[0]).stem not in _TEXT_BROWSERS)


def _parsed(entry: str) -> Command:
    """One entry of $BROWSER, as `webbrowser` of the standard library reads it.

    >>> _parsed("firefox --new-tab '%s' &")
    ('firefox', '--new-tab', '%s')
    >>> _parsed("it's")
    ()
    """
    try:
        words = split(entry)
    except ValueError:
        return ()
    return tuple(word for word in words if word != "&")


def _exists(command: Command, environ: Mapping[str, str]) -> bool:
    return shutil.which(command[0], path=environ.get("PATH")) is not None


def _filled(command: Command, page: str) -> list[str]:
    """The argument list for this page.

    >>> _filled(("b", "--x=%s"), "file:///p"), _filled(("b",), "file:///p")
    (['b', '--x=file:///p'], ['b', 'file:///p'])
    """
    filled = [word.replace("%s", page) for word in command]
    return filled if filled != list(command) else [*filled, page]


def _started(argv: list[str], environ: Mapping[str, str], clock: Clock) -> bool:
    path = shutil.which(argv[0], path=environ.get("PATH")) or argv[0]
    try:
        process = spawn_detached([path, *argv[1:]], environ=environ)
    except OSError:
        return False
    deadline = clock.monotonic() + _GRACE
    while process.poll() is None and clock.monotonic() < deadline:
        clock.wait(_LOOK_EVERY)
    return not process.poll()
