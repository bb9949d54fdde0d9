"""Where the keys of a TOML text stand: line numbers for errors, spans for edits.

tomli tells values without their places, hence this scanner. It reads only what tomli has accepted, so it
checks nothing and knows just enough of the grammar (toml.io/en/v1.1.0) to tell keys from values.
"""

import re
from dataclasses import dataclass
from itertools import count

import tomli

from nbtui.model.text import clean_line

KeyPath = tuple[str | int, ...]
"""Keys from the root; a number is an index into a list."""

_GAP = r"(?:[ \t\r\n]+|#[^\n]*)*"
_BLANK = re.compile(_GAP)
_COMMA = re.compile(_GAP + ",?")
_KEY = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_OPEN = re.compile(r"\[\[?[ \t]*")
_CLOSE = re.compile(r"[ \t]*\]\]?")
_SCALAR = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|\d{4}-\d\d-\d\d \d[\d:.+Zz-]*"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


class Unscannable(ValueError):
    """Not a text that tomli accepts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One key between the dots."""

    path: KeyPath
    """From the root up to and with this key."""

    start: int
    """Offset of its first character, the quote included."""

    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A table header, or a key with its value."""

    path: KeyPath
    """What it defines; for `[[header]]` the index is the last element."""

    parts: tuple[Part, ...]
    start: int
    """Offset of the key, or of the header's first bracket."""

    end: int
    """Offset behind the value, or behind the header's last bracket."""

    value: int | None
    """Offset of the value; None for a header."""

    brace: int | None
    """Offset of the `{` of the inline table it stands in; None: it has lines of its own."""


def scan(text: str) -> tuple[Entry, ...]:
    r"""All headers and keys, those within inline tables too, in the order of the text.

    >>> [entry.path for entry in scan("[a.b]\nc.d = {e = 1}")]
    [('a', 'b'), ('a', 'b', 'c', 'd'), ('a', 'b', 'c', 'd', 'e')]

    Raises:
        Unscannable: tomli would not take it either, or it is nested hundreds of levels deep.
    """
    try:
        entries = _Scanner(text).read()
    except (IndexError, RecursionError, tomli.TOMLDecodeError) as exc:
        raise Unscannable from exc
    return tuple(sorted(entries, key=lambda entry: entry.start))


def starts(text: str) -> dict[KeyPath, int]:
    """Where each key stands first; nothing when the text cannot be scanned."""
    found: dict[KeyPath, int] = {}
    try:
        entries = scan(text)
    except Unscannable:
        return found
    for entry in entries:
        found.setdefault(entry.path, entry.start)
        for part in entry.parts:
            found.setdefault(part.path, part.start)
    return found


def nearest(places: dict[KeyPath, int], path: KeyPath) -> int | None:
    """Where a key of this path stands, else the innermost table around it."""
    tries = (places.get(path[:size]) for size in range(len(path), 0, -1))
    return next((start for start in tries if start is not None), None)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    r"""Both from 1.

    >>> line_and_column("a\r\nbc", 4)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def dotted(path: KeyPath) -> str:
    """A path for people.

    >>> dotted(("profiles", "my vm", "forwards", 0, "to"))
    'profiles."my vm".forwards[0].to'
    """
    return "".join(_element(one) for one in path).removeprefix(".")


def _element(one: str | int) -> str:
    if isinstance(one, int):
        return f"[{one}]"
    bare = one.isascii() and one.replace("-", "").replace("_", "").isalnum()
    return f".{one}" if bare else f'."{clean_line(one)}"'


class _Scanner:
    """A cursor over the text; each method reads one thing of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._entries: list[Entry] = []
        self._section: KeyPath = ()
        self._lengths: dict[KeyPath, int] = {}
        """Of the lists of tables, `[[so]]`, as far as read."""

    def read(self) -> list[Entry]:
        self._take(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                self._header()
            else:
                self._pair(self._section, None)
            self._take(_BLANK)
        return self._entries

    def _header(self) -> None:
        start = self._at
        opening = self._take(_OPEN)
        parts = self._key(())
        self._take(_CLOSE)
        path = parts[-1].path
        if opening.startswith("[["):
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = self._last_of(path)
        self._section = path
        self._entries.append(
            Entry(path=path, parts=parts, start=start, end=self._at, value=None, brace=None)
        )

    def _pair(self, table: KeyPath, brace: int | None) -> None:
        start = self._at
        parts = self._key(table)
        self._take(_EQUALS)
        value, path = self._at, parts[-1].path
        self._value(path)
        self._entries.append(
            Entry(
                path=path, parts=parts, start=start, end=self._at, value=value, brace=brace
            )
        )

    def _key(self, table: KeyPath) -> tuple[Part, ...]:
        parts: list[Part] = []
        path = table
        while True:
            start = self._at
            path = (*self._last_of(path), _plain(self._take(_KEY)))
            parts.append(Part(path=path, start=start, end=self._at))
            if not self._accept(_DOT):
                return tuple(parts)

    def _value(self, path: KeyPath) -> None:
        match self._text[self._at]:
            case "[":
                self._list(path)
            case "{":
                self._table(path)
            case _:
                self._take(_SCALAR)

    def _list(self, path: KeyPath) -> None:
        self._at += 1
        for index in count():
            if self._closed("]"):
                return
            self._value((*path, index))
            self._take(_COMMA)

    def _table(self, path: KeyPath) -> None:
        brace = self._at
        self._at += 1
        while not self._closed("}"):
            self._pair(path, brace)
            self._take(_COMMA)

    def _closed(self, bracket: str) -> bool:
        self._take(_BLANK)
        closed = self._text[self._at] == bracket
        self._at += closed
        return closed

    def _last_of(self, path: KeyPath) -> KeyPath:
        length = self._lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = self._accept(pattern)
        if found is None:
            raise Unscannable
        return found[0]

    def _accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found


def _plain(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return str(tomli.loads(f"key = {key}")["key"])
