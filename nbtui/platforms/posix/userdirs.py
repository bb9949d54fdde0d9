"""Folders as the desktop calls them in the person's language. Source: xdg-user-dirs, user-dirs.dirs(5)."""

import re
from collections.abc import Mapping
from pathlib import Path


def user_dir(what: str, environ: Mapping[str, str]) -> Path | None:
    """A folder of the person's; None: nothing is said of it, or there is no home.

    Args: what: as in XDG_…_DIR, such as DOWNLOAD.
    """
    home = environ.get("HOME")
    if not home:
        return None
    settings = Path(environ.get("XDG_CONFIG_HOME") or f"{home}/.config", "user-dirs.dirs")
    try:
        text = settings.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    said = re.search(rf'^XDG_{what}_DIR="(?:\$HOME/)?([^"$]+)"', text, re.MULTILINE)
    return Path(home, said[1]) if said else None
