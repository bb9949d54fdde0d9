"""Lines of sh."""

import shlex
from collections.abc import Mapping
from typing import Final

EDITOR: Final = "vi"
"""See `nbtui.platforms.commandlines`; POSIX has it."""


def split(line: str) -> list[str]:
    """See `nbtui.platforms.commandlines`.

    >>> split("emacs -nw 'a b'")
    ['emacs', '-nw', 'a b']
    """
    return shlex.split(line)


def shell(command: str, environ: Mapping[str, str]) -> list[str]:
    """See `nbtui.platforms.commandlines`. Source: execute_in_shell of OpenSSH's readconf.c."""
    return [environ.get("SHELL") or "/bin/sh", "-c", command]


def only(command: str) -> str:
    """See `nbtui.platforms.commandlines`. Source: ssh_config(5), ProxyCommand."""
    return f"exec {command}"
