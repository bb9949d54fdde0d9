"""A private file that leads a browser to a URL with a token, so that the token is in no argument list.

Where it lies: where a confined browser can read it (`nbtui.platforms.browser`), under a name that says what it is; else in
the user's own temporary folder.

Whether a browser read it cannot be told from the file: the access time also changes when `xdg-open` looks
what sort of file it is. (Whether it came to the tunnel can: `nbtui.session.visits`.) So it is deleted after a bounded time, by a process that outlives us; a file that
survived that (the machine went down) is deleted by the next redirect.
"""

import contextlib
import html
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbtui.client.process import spawn_detached
from nbtui.clock import Clock
from nbtui.platforms import browser as platform

LIFETIME: Final = 30.0
"""Seconds until the file is deleted: as long as a browser may take to start."""

_PREFIX, _SUFFIX = "nbtui-redirect-", ".html"
_DELETE = "import os, sys, time; time.sleep(float(sys.argv[2])); os.unlink(sys.argv[1])"


def write_redirect(
    url: str, *, environ: Mapping[str, str], clock: Clock, lifetime: float = LIFETIME
) -> Path:
    """Write the file, mode 0600, and see that it goes away after `lifetime` seconds; its path.

    Raises:
        ValueError: the URL is not one of a web page.
        OSError: no folder takes a file.
    """
    if not re.match(r"https?://", url):
        message = "only web pages are opened"
        raise ValueError(message)
    path = _new_file(environ, page(url), clock)
    argv = [sys.executable, "-I", "-S", "-c", _DELETE, str(path), str(lifetime)]
    try:
        spawn_detached(argv, environ=environ, folder=path.parent)
    except OSError:
        path.unlink()
        raise
    return path


def page(url: str) -> str:
    """The page. The script leaves no entry in the history; the rest is for browsers without scripts.

    >>> "</script>&" in page("http://localhost/?a=</script>&")
    False
    """
    attribute = html.escape(url)
    script = json.dumps(url).replace("<", "\\u003c").replace("&", "\\u0026")
    return (
        '<!doctype html><meta charset="utf-8"><title>nbtui</title>\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<script>location.replace({script})</script>\n"
        f'<meta http-equiv="refresh" content="0;url={attribute}">\n'
        f'<a href="{attribute}">to the notebook</a>\n'
    )


def folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where the file may lie, the best first."""
    yield from platform.folders(environ)
    yield Path(tempfile.gettempdir())


def _new_file(environ: Mapping[str, str], text: str, clock: Clock) -> Path:
    for folder in folders(environ):
        with contextlib.suppress(OSError):
            _sweep(folder, clock.wall())
            descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            return Path(name)
    message = "no folder takes a file for the browser"
    raise OSError(message)


def _sweep(folder: Path, now: float) -> None:
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        if now - path.lstat().st_mtime > 2 * LIFETIME:
            path.unlink(missing_ok=True)
