"""A file that somebody reads this moment cannot be replaced on Windows."""

from pathlib import Path

from nbtui.clock import Clock

_PATIENCE = 2.0
"""Seconds; a virus scanner that has just seen the file has it longer than a reader of ours."""

_PAUSE = 0.01


def publish(temporary: Path, path: Path, clock: Clock) -> None:
    """See `nbtui.platforms.files`; tries for a while."""
    deadline = clock.monotonic() + _PATIENCE
    while True:
        try:
            temporary.replace(path)
        except PermissionError:
            if clock.monotonic() >= deadline:
                raise
            clock.wait(_PAUSE)
        else:
            return


def claim(temporary: Path, path: Path) -> None:
    """See `nbtui.platforms.files`; here a rename replaces nothing."""
    temporary.rename(path)


def sync_folder(_folder: Path) -> None:
    """See `nbtui.platforms.files`; Windows has no way to do it, and NTFS writes names in order."""
