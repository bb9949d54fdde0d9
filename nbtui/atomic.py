"""Files that are replaced whole: whoever reads sees the old bytes or the new ones, at any moment."""

import os
import stat
import sys
import tempfile
from pathlib import Path

from nbtui.clock import Clock

PRIVATE = 0o600


def target_of(path: Path) -> Path:
    """The file that a write to `path` has to replace: a symbolic link is written through."""
    return Path(os.path.realpath(path))


def replace_file(path: Path, content: bytes, *, clock: Clock) -> None:
    """Write `content` to `path`, which is no link (see `target_of`); its folder is there.

    A new file is for this user alone; an old one keeps its mode. The bytes are on the disk before the
    name changes, and nothing is left behind when it fails.

    Raises:
        OSError: the folder is read-only, the disk is full, …
    """
    mode = _mode_of(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        _publish(temporary, path, clock)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _mode_of(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return PRIVATE


if sys.platform == "win32":

    def _publish(temporary: Path, path: Path, clock: Clock) -> None:
        """A file that somebody reads this moment cannot be replaced, so try for a while."""
        deadline = clock.monotonic() + 2.0
        while True:
            try:
                temporary.replace(path)
            except PermissionError:
                if clock.monotonic() >= deadline:
                    raise
                clock.wait(0.01)
            else:
                return

    def _sync_folder(_folder: Path) -> None:
        """Windows has no way to do it, and NTFS writes names in order."""

else:

    def _publish(temporary: Path, path: Path, _clock: Clock) -> None:
        temporary.replace(path)

    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
