"""Modes of files."""

import os
import stat
import sys
from pathlib import Path

from nbtui.platforms.opening import Opening
from nbtui.quoting import quote

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_WRITABLE_BY_ALL = 0o002
_WRITABLE_BY_GROUP = 0o020


def readable(path: str | Path, facts: os.stat_result) -> Opening | None:
    """See `nbtui.platforms.permissions`; as ssh, which looks at keys of one's own only."""
    if facts.st_uid != os.getuid() or not facts.st_mode & _OTHERS:
        return None
    return Opening(f"mode {facts.st_mode & 0o777:04o}", f"chmod 600 {quote(str(path))}")


def writable(path: str | Path) -> Opening | None:
    """See `nbtui.platforms.permissions`."""
    mode = _mode(Path(path))
    if not mode & _OTHERS_WRITE:
        return None
    return Opening(f"mode {mode:04o}", f"chmod go-w {quote(str(path))}")


def enterable(path: str | Path) -> Opening | None:
    """See `nbtui.platforms.permissions`."""
    mode = _mode(Path(path))
    if not mode & _OTHERS:
        return None
    return Opening(f"mode {mode:04o}", f"chmod 700 {quote(str(path))}")


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def foreign(path: str | Path, facts: os.stat_result) -> Opening | None:
    """See `nbtui.platforms.permissions`. Source: secure_permissions of OpenSSH's misc.c, and Debian's patch of it."""
    file = quote(str(path))
    if facts.st_uid not in (0, os.getuid()):
        return Opening("belongs to somebody else", f"chown {os.getuid()} {file}")
    if _others_may_write(facts):
        return Opening("others can write to it", f"chmod go-w {file}")
    return None


def _others_may_write(facts: os.stat_result) -> bool:
    mode = stat.S_IMODE(facts.st_mode)
    if mode & _WRITABLE_BY_ALL:
        return True
    return bool(mode & _WRITABLE_BY_GROUP) and not _is_private(facts)


def _is_private(facts: os.stat_result) -> bool:
    """The group is the user's own and holds nobody else (Debian's ssh allows it)."""
    import grp  # noqa: PLC0415  # rarely needed
    import pwd  # noqa: PLC0415  # see above

    try:
        user, group = pwd.getpwuid(facts.st_uid), grp.getgrgid(facts.st_gid)
    except KeyError:
        return False
    return user.pw_gid == group.gr_gid and set(group.gr_mem) <= {user.pw_name}


def shut(path: str | Path) -> str:
    """See `nbtui.platforms.permissions`."""
    return _chmod(Path(path), _PRIVATE_FOLDER if Path(path).is_dir() else _PRIVATE_FILE)


def keep_writers_out(path: str | Path) -> str:
    """See `nbtui.platforms.permissions`."""
    file = Path(path)
    return _chmod(file, stat.S_IMODE(file.stat().st_mode) & ~_OTHERS_WRITE)


def _chmod(path: Path, mode: int) -> str:
    path.chmod(mode)
    return f"chmod {mode:o} {path}"


def as_before(temporary: Path, path: Path) -> None:
    """See `nbtui.platforms.permissions`."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mode = _PRIVATE_FILE
    temporary.chmod(mode)
