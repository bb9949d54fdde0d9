"""Users have numbers."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it


def user_id() -> int:
    """See `nbtui.platforms.machine`."""
    return os.getuid()


def system_ssh_config(_environ: Mapping[str, str]) -> Path:
    """See `nbtui.platforms.machine`. Source: ssh_config(5), FILES."""
    return Path("/etc/ssh/ssh_config")
