"""The one way in which text becomes a word of a shell's line, for the host's sh and for what a person may paste.

What reaches a host is a script of POSIX sh on standard input; names from profiles and hosts stand in it only as
words made here. Two things are shell by design and go in as they are: a profile's `activate` and `command`, and
what follows `nbtui shell NAME --`.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[\w@%+:,./-][\w@%+=:,./-]*", re.ASCII)
"""What every shell takes for itself; zsh looks for a command behind a leading `=`."""


def quote(text: str) -> str:
    r"""One word of POSIX sh that means the text; NUL, which no word can hold, is dropped.

    A word that begins with `-` may still be taken for an option: put `--` before it.

    >>> quote("myvm"), quote("it's; $(x)"), quote("")
    ('myvm', '\'it\'"\'"\'s; $(x)\'', "''")
    """
    text = text.replace("\0", "")
    if _WORD.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def words(texts: Iterable[str]) -> str:
    """Words of one line, each quoted.

    >>> words(["rm", "--", "a b"])
    "rm -- 'a b'"
    """
    return " ".join(map(quote, texts))
