"""Browsers by way of the desktop's own launchers.

Snap browsers read no hidden folder and not /tmp, flatpak ones little but the download folder; so on Linux it is the
download folder, else the home. macOS would ask the user before we may write to the download folder, and does not confine browsers.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbtui.platforms.posix.desktop import has_display
from nbtui.platforms.posix.userdirs import user_dir

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

OPENS_ITSELF: Final = False
"""See `nbtui.platforms.browser`."""

_DESKTOP: Final = (
    "xdg-open",
    "gio open",
    "x-www-browser",
    "firefox",
    "chromium",
    "google-chrome",
)


def candidates(environ: Mapping[str, str]) -> tuple[str, ...]:
    """See `nbtui.platforms.browser`. WSL has none: browsers of Windows cannot open our files."""
    if sys.platform == "darwin":
        return ("open",)
    elif environ.get("WSL_DISTRO_NAME") or not has_display(environ):  # noqa: RET505  # after a plain return mypy calls this unreachable on macOS
        return ()
    else:
        return _DESKTOP


def open_page(_page: str) -> bool:
    """See `nbtui.platforms.browser`; never called."""
    return False


def folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """See `nbtui.platforms.browser`."""
    if sys.platform == "linux" and (home := environ.get("HOME")):
        yield user_dir("DOWNLOAD", environ) or Path(home, "Downloads")
        yield Path(home)
