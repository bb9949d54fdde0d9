"""Users have no numbers, and OpenSSH's folder of the system is below %PROGRAMDATA%."""

from collections.abc import Mapping
from pathlib import Path


def user_id() -> int:
    """See `nbtui.platforms.machine`."""
    return 0


def system_ssh_config(environ: Mapping[str, str]) -> Path:
    """See `nbtui.platforms.machine`. Source: the wiki of Win32-OpenSSH."""
    return Path(environ.get("PROGRAMDATA", r"C:\ProgramData"), "ssh", "ssh_config")
