"""The files of ssh_config: who may have written them, and what Include names.

Surprise: an included file is checked even where the file that includes it is not.
"""

import os
import stat
import sys
from glob import glob
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.files import read_file
from nbtui.quoting import quote

MAX_DEPTH = 16
"""Of files within files. Source: READCONF_MAX_DEPTH of OpenSSH's readconf.c."""

LIMIT = 16 << 20
"""Bytes of a file."""

MOST = 4096
"""Reads of files for one host; sixteen files that include each other twice would be read 65,536 times."""

_WRITABLE_BY_OTHERS = 0o002
_WRITABLE_BY_GROUP = 0o020


def read_config(path: str | Path, *, checked: bool) -> str | None:
    """The text of a file, None when it is not there.

    Args:
        checked: refuse a file that somebody else could have written, as ssh does.

    Raises:
        ConfigError: it cannot be read, or fails the check.
    """

    def check(facts: os.stat_result) -> None:
        if checked:
            _refuse_if_foreign(str(path), facts)

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


if sys.platform == "win32":

    def _refuse_if_foreign(path: str, status: os.stat_result) -> None:
        """Windows says it by access lists, which are not looked at."""
else:

    def _refuse_if_foreign(path: str, status: os.stat_result) -> None:
        if status.st_uid not in (0, os.getuid()):
            why, hint = "belongs to somebody else", f"chown {os.getuid()} {path}"
        elif _others_may_write(status):
            why, hint = "others can write to it", f"chmod go-w {path}"
        else:
            return
        raise ConfigError(f"{why}, so ssh does not trust it", file=path, hint=hint)

    def _others_may_write(status: os.stat_result) -> bool:
        mode = stat.S_IMODE(status.st_mode)
        if mode & _WRITABLE_BY_OTHERS:
            return True
        return bool(mode & _WRITABLE_BY_GROUP) and not _is_private(status)

    def _is_private(status: os.stat_result) -> bool:
        """The group is the user's own and holds nobody else (Debian's ssh allows it)."""
        import grp  # noqa: PLC0415  # not on Windows
        import pwd  # noqa: PLC0415  # not on Windows

        try:
            user, group = pwd.getpwuid(status.st_uid), grp.getgrgid(status.st_gid)
        except KeyError:
            return False
        return user.pw_gid == group.gr_gid and set(group.gr_mem) <= {user.pw_name}
