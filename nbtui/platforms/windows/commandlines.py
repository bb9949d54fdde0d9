"""Lines of cmd.exe; a backslash is a backslash."""

import shlex
from collections.abc import Mapping
from typing import Final

EDITOR: Final = "notepad"
"""See `nbtui.platforms.commandlines`."""


def split(line: str) -> list[str]:
    r"""See `nbtui.platforms.commandlines`.

    >>> split(r'"C:\Program Files\Vim\gvim.exe" --nofork')
    ['C:\\Program Files\\Vim\\gvim.exe', '--nofork']
    """
    return [word.strip('"') for word in shlex.split(line, posix=False)]


def shell(command: str, environ: Mapping[str, str]) -> str:
    """See `nbtui.platforms.commandlines`; one string, because cmd.exe takes all after /c as it stands.

    >>> shell("query & exit", {})
    'cmd.exe /c "query & exit"'
    """
    return f'{environ.get("COMSPEC", "cmd.exe")} /c "{command}"'


def only(command: str) -> str:
    """See `nbtui.platforms.commandlines`; cmd.exe has no exec, and ends when its program does."""
    return command
