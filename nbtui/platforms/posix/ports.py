"""Linux tells the user of a socket even where it hides the process."""

import os
import pwd
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

_LISTEN = "0A"
"""State of a listening socket in /proc/net/tcp; proc(5)."""


def owning_user(port: int) -> str:
    """See `nbtui.platforms.ports`; macOS has no /proc and says nothing."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = row.split()
                local = int(fields[1].rpartition(":")[2], 16)
                if fields[3] == _LISTEN and local == port:
                    return _user_name(int(fields[7]))
    return ""


def _user_name(uid: int) -> str:
    if uid == os.getuid():
        return "another process of yours"
    with suppress(KeyError):
        return f"a process of {pwd.getpwuid(uid).pw_name}"
    return f"a process of user {uid}"
