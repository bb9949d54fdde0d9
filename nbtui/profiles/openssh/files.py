"""The files of ssh_config: who may have written them, and what Include names.

Surprise: an included file is checked even where the file that includes it is not.
"""

import os
from glob import glob
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.files import read_file
from nbtui.platforms.permissions import foreign
from nbtui.quoting import quote

MAX_DEPTH = 16
"""Of files within files. Source: READCONF_MAX_DEPTH of OpenSSH's readconf.c."""

LIMIT = 16 << 20
"""Bytes of a file."""

MOST = 4096
"""Reads of files for one host; sixteen files that include each other twice would be read 65,536 times."""


def read_config(path: str | Path, *, checked: bool) -> str | None:
    """The text of a file, None when it is not there.

    Args:
        checked: refuse a file that somebody else could have written, as ssh does.

    Raises:
        ConfigError: it cannot be read, or fails the check.
    """

    def check(facts: os.stat_result) -> None:
        if checked and (found := foreign(path, facts)):
            why = f"{found.why}, so ssh does not trust it"
            raise ConfigError(why, file=str(path), hint=found.hint)

    try:
        if os.path.isdir(path):  # noqa: PTH112  # `Include conf.d/*` may hit a folder; ssh reads nothing there
            return None
        return read_file(path, limit=LIMIT, check=check).decode(errors="surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as exc:
        why = f"cannot be read: {exc.strerror}"
        raise ConfigError(why, file=str(path), hint=f"ls -l {quote(str(path))}") from exc


def included(pattern: str, *, folder: Path) -> list[str]:
    """The files that one argument of Include names, in lexical order; `~` is expanded already."""
    return sorted(glob(os.path.join(folder, pattern)))  # noqa: PTH118, PTH207  # Path.glob takes no absolute pattern
