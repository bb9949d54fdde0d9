"""The lines of ssh_config: keyword, arguments, place.

Surprise: only the arguments know quotes and comments. ProxyCommand and its like take the line as it stands,
`#` included, hence `Line.rest`. Source: ssh_config(5); strdelim and argv_split of OpenSSH's misc.c.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbtui.errors import ConfigError

_KEYWORD = re.compile(
    r'[ \t\r]*"?([^ \t\r"=#][^ \t\r"=]*)"?[ \t\r]*=?[ \t\r]*(.*)', re.DOTALL
)
_BLANKS = re.compile(r"[ \t]+")
_BLANK = re.compile(r"[ \t]*")
_SPECIAL = re.compile(r"""['"\\#]""")
# No possessive repeats (`*+`): the re of Python before 3.11.9 fails on them now and then.
_LONE = r"""\\(?!['"\\])"""
_QUOTED = (
    rf'''"((?:\\['"\\]|{_LONE}|[^"\\])*)"''',
    rf"""'((?:\\['"\\]|{_LONE}|[^'\\])*)'""",
)
_PIECE = re.compile("|".join((r"""\\(['"\\ ])""", *_QUOTED, r"""([^ \t"'])""")))
_WORD = re.compile(f"(?:{_PIECE.pattern})+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One setting and where it was said."""

    keyword: str
    """In lower case."""

    args: tuple[str, ...]
    """Without quotes, escapes and comment."""

    rest: str
    """All that follows the keyword, as it stands."""

    file: str
    number: int | None
    """From 1; None: not from ssh_config but from a profile or the command line."""

    @property
    def place(self) -> str:
        """Where it was said, for messages."""
        return self.file if self.number is None else f"{self.file}:{self.number}"

    def wrong(self, why: str, *, hint: str = "") -> ConfigError:
        """The error to raise about this line."""
        return ConfigError(
            why,
            file=self.file,
            line=self.number,
            key=self.keyword,
            hint=hint or "correct it; `ssh -G HOST` tells what ssh makes of it",
        )


def said(keyword: str, value: str, *, by: str) -> Line:
    """A setting that stands in no ssh_config; `by` names its home in messages."""
    return Line(keyword=keyword, args=(value,), rest=value, file=by, number=None)


def parse_lines(text: str, *, file: str) -> Iterator[Line]:
    r"""Yield the settings of a file.

    Raises:
        ConfigError: a keyword without argument, or a quote that never ends.

    >>> [(line.keyword, line.args) for line in parse_lines("# hi\nHost = a 'b c' # x\n", file="f")]
    [('host', ('a', 'b c'))]
    """
    for number, raw in enumerate(text.split("\n"), start=1):
        line = parse_line(raw, file=file, number=number)
        if line is not None:
            yield line


def parse_line(raw: str, *, file: str, number: int | None) -> Line | None:
    """One line; None when it is empty or a comment. Raises as `parse_lines` does."""
    found = _KEYWORD.match(raw.rstrip(" \t\r\n\f"))
    if found is None:
        return None
    keyword, rest = found[1].lower(), found[2]
    line = Line(keyword=keyword, args=(), rest=rest, file=file, number=number)
    if not rest:
        raise line.wrong(f"{found[1]} says nothing")
    try:
        args = split_arguments(rest)
    except ValueError:
        raise line.wrong("a quote is never closed") from None
    return Line(keyword=keyword, args=args, rest=rest, file=file, number=number)


def split_arguments(text: str) -> tuple[str, ...]:
    r"""Words as OpenSSH sees them; a word that begins with # ends the line.

    Raises:
        ValueError: a quote is never closed.

    >>> split_arguments(r'''a"b c"d 'e\'f' g\ h # i''')
    ('ab cd', "e'f", 'g h')
    """
    if not _SPECIAL.search(text):
        return tuple(filter(None, _BLANKS.split(text)))
    words = []
    at = _skip_blanks(text, 0)
    while at < len(text) and text[at] != "#":
        word = _WORD.match(text, at)
        if word is None or text[word.end() : word.end() + 1] not in ("", " ", "\t"):
            raise ValueError(text)
        words.append(_PIECE.sub(_unquoted, word[0]))
        at = _skip_blanks(text, word.end())
    return tuple(words)


def _skip_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _unquoted(piece: re.Match[str]) -> str:
    escaped, double, single, plain = piece.groups()
    if escaped or plain:
        return escaped or plain
    return re.sub(r"""\\(['"\\])""", r"\1", double or single or "")
