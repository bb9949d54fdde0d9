"""rename(2) replaces, whoever reads."""

import os
from pathlib import Path

from nbtui.clock import Clock


def publish(temporary: Path, path: Path, _clock: Clock) -> None:
    """See `nbtui.platforms.files`."""
    temporary.replace(path)


def sync_folder(folder: Path) -> None:
    """See `nbtui.platforms.files`."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
