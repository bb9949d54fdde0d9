"""Desktop entries of freedesktop.org, and on macOS scripts that its Terminal opens.

Surprise: GNOME and KDE start an entry on the desktop only once the person has said that it may; one among the programs they trust.

Source: Desktop Entry Specification 1.5, "The Exec key" and "Possible value types".
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from nbtui.platforms.icons import Icon
from nbtui.platforms.posix.userdirs import user_dir
from nbtui.quoting import words


def suffix() -> str:
    """See `nbtui.platforms.shortcuts`."""
    return ".command" if sys.platform == "darwin" else ".desktop"


def content(icon: Icon) -> bytes:
    """See `nbtui.platforms.shortcuts`."""
    if sys.platform == "darwin":
        return script(icon).encode()
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on macOS
        return entry(icon).encode()


def folder(environ: Mapping[str, str], *, menu: bool) -> Path:
    """See `nbtui.platforms.shortcuts`."""
    home = Path(environ.get("HOME") or Path.home())
    desktop = user_dir("DESKTOP", environ) or home / "Desktop"
    if not menu and desktop.is_dir():
        return desktop
    if sys.platform == "darwin":
        return home / "Applications"
    else:  # noqa: RET505  # see above
        data = environ.get("XDG_DATA_HOME") or home / ".local" / "share"
        return Path(data, "applications")


def entry(icon: Icon) -> str:
    """A desktop entry."""
    return (
        "[Desktop Entry]\nType=Application\nVersion=1.1\n"
        f"Name={_value(icon.title)}\n"
        f"Comment={_value(icon.comment)}\n"
        f"Exec={_value(' '.join(map(exec_word, icon.argv)))}\n"
        "Terminal=true\nStartupNotify=false\nIcon=utilities-terminal\n"
        "Categories=Network;RemoteAccess;\nKeywords=jupyter;notebook;ssh;\n"
    )


def exec_word(text: str) -> str:
    r"""One argument of the Exec key.

    >>> exec_word("/usr/bin/python3"), exec_word("it's $5 of 100%")
    ('"/usr/bin/python3"', '"it\'s \\$5 of 100%%"')
    """
    escaped = "".join(f"\\{one}" if one in '"`$\\' else one for one in text)
    return '"' + escaped.replace("%", "%%") + '"'


def _value(text: str) -> str:
    """A string's value; its lines were refused before."""
    return text.replace("\\", "\\\\")


def script(icon: Icon) -> str:
    """A script of sh."""
    return f"#!/bin/sh\n# {icon.title}: {icon.comment}\nexec {words(icon.argv)}\n"
