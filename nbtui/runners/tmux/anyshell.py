r"""Lines of shell that mean the same to every login shell: bash, zsh, fish, tcsh, dash.

What sshd is asked to run goes through the user's login shell, and those quote differently: fish knows `\'` inside
single quotes, tcsh takes `!` for history even there and ends a quotation at a newline.
"""

import re

from nbtui.quoting import quote

_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"'\\!")
"""What all shells leave alone inside single quotes."""


def any_shell(script: str) -> str:
    r"""A line that runs a script of POSIX sh under any login shell, whose process it takes.

    Args:
        script: may hold anything but NUL, which is dropped.

    >>> any_shell("echo 'a'")
    'exec sh -c \'eval "$(printf %b "$1")"\' sh \'echo \\0047a\\0047\''
    """
    return f"exec sh -c 'eval \"$(printf %b \"$1\")\"' sh '{escaped(script)}'"


def escaped(text: str) -> str:
    """For `printf %b`: octal for what some shell does not leave alone. Source: printf(1p)."""
    raw = text.replace("\0", "").encode(errors="surrogateescape")
    return "".join(chr(byte) if byte in _PLAIN else f"\\0{byte:03o}" for byte in raw)


def folder(directory: str) -> str:
    r"""A folder on the host as one word of POSIX sh; a relative one is below the home.

    >>> folder("~/it's"), folder("~ada/x"), folder("work"), folder("/data")
    ('"$HOME"/\'it\'"\'"\'s\'', '~ada/x', '"$HOME"/work', '/data')
    """
    if directory.startswith("/"):
        return quote(directory)
    if named := re.fullmatch(
        r"(~[A-Za-z0-9_][A-Za-z0-9_.-]*)(?:/(.*))?", directory, re.DOTALL
    ):
        return f"{named[1]}/{quote(named[2])}" if named[2] else named[1]
    below = re.sub(r"^~(/|$)", "", directory)
    return f'"$HOME"/{quote(below)}' if below else '"$HOME"'


def work(directory: str, script: str) -> str:
    """The value of `work` that login.sh wants: a script in a folder, where no word of login.sh is left."""
    names = "NBTUI_FOLDER NBTUI_ACTIVATE NBTUI_WORK NBTUI_FAIL"
    return escaped(f"cd -- {folder(directory)}\nunset {names}\n{script}")


def assignments(**values: str) -> str:
    r"""Lines that set variables of POSIX sh.

    >>> assignments(a="it's")
    'a=\'it\'"\'"\'s\''
    """
    return "\n".join(f"{name}={quote(value)}" for name, value in values.items())
