"""rename(2) replaces, whoever reads."""

import errno
import os
from pathlib import Path

from nbtui.clock import Clock


def publish(temporary: Path, path: Path, _clock: Clock) -> None:
    """See `nbtui.platforms.files`."""
    temporary.replace(path)


def claim(temporary: Path, path: Path) -> None:
    """See `nbtui.platforms.files`: a second name is given only where there is none."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names, such as a USB stick's
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "it is there", str(path)) from None
        temporary.replace(path)
    else:
        temporary.unlink()


def sync_folder(folder: Path) -> None:
    """See `nbtui.platforms.files`."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
