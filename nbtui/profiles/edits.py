"""Edits of a TOML text that leave all the rest of it alone.

tomlkit writes keys and values; where they go is found by `places`. tomlkit's own editing puts a new key
behind the comment that belongs to the next table, mixes line ends, moves what follows a dotted key into
another table and cannot rename in place. Everything here is text in, text out, and believes that the text
is good TOML; whoever calls proves the outcome by reading it again.

A comment belongs to the header right below it, or to the line right above it; one that touches both, and
one at the very top of the file, belongs to nobody and stays.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import tomlkit

from nbtui.profiles.places import Entry, KeyPath, scan

_COMMENTS = re.compile(r"(?:[ \t]*#[^\n]*(?:\n|\Z))*")
_COMMENTS_ABOVE = re.compile(r"(?<=\n)[ \t]*\r?\n((?:[ \t]*#[^\n]*\n)+)\Z")
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
_HEADER = re.compile(r"[ \t]*\[")
_BARE_KEY = re.compile("[A-Za-z0-9_-]+")


def rename(text: str, path: KeyPath, new: str) -> str:
    r"""Give a table another name wherever it is named: headers, dotted keys, inline tables.

    >>> rename("[a.old] # mine\n[a.old.b]\n", ("a", "old"), "new")
    '[a.new] # mine\n[a.new.b]\n'
    """
    parts = [part for entry in scan(text) for part in entry.parts if part.path == path]
    for part in reversed(parts):
        text = text[: part.start] + _key(new) + text[part.end :]
    return text


def remove(text: str, path: KeyPath) -> str:
    """Take a key or a whole table out, with the comments that belong to it."""
    while True:
        entries = scan(text)
        doomed = next((one for one in entries if one.path[: len(path)] == path), None)
        if doomed is None:
            return text
        text = _without(text, entries, doomed)


def remove_row(text: str, path: KeyPath) -> str:
    r"""Take one table out of a list that is written as `[[tables]]`; any other list stays as it is.

    >>> remove_row("[[a]]\nb = 1\n\n[[a]]\nb = 2\n", ("a", 0))
    '[[a]]\nb = 2\n'
    """
    entries = scan(text)
    doomed = [one for one in entries if one.path[: len(path)] == path]
    for one in reversed([one for one in doomed if one.value is None]):
        text = _without(text, entries, one)
    return text


def append(text: str, path: KeyPath, row: dict[str, Any]) -> str:
    r"""Put one table behind the others of a list that is written as `[[tables]]`; any other stays as it is.

    >>> append("[[a]]\nb = 1\n", ("a",), {"b": 2})
    '[[a]]\nb = 1\n\n[[a]]\nb = 2\n'
    """
    entries = scan(text)
    known = [one for one in entries if one.value is None and one.path[:-1] == path]
    if not known or not isinstance(known[-1].path[-1], int):
        return text
    if not text.endswith("\n"):
        text += newline(text)
    return _as_block(text, entries, known[-1].path, block(path, [row]))


def put(text: str, path: KeyPath, value: Any) -> str:
    """Set a key to a plain value, in the place and form that the text has for it.

    Args:
        value: what JSON knows, without None; a dict or a list of dicts becomes tables.
    """
    for entry in scan(text):
        if entry.path == path and entry.value is not None:
            return text[: entry.value] + _inline(value) + text[entry.end :]
    text = remove(text, path)
    if text and not text.endswith("\n"):
        text += newline(text)
    return _insert(text, path, value)


def excerpt(text: str, path: KeyPath) -> str:
    r"""The lines that are about a table, with the comments that belong to it.

    >>> excerpt("# mine\n\n# the big\n[a.b]\nc = 1\n\n[d]\n", ("a", "b"))
    '# the big\n[a.b]\nc = 1\n'
    """
    entries, taken, end = scan(text), "", 0
    for one in entries:
        if one.path[: len(path)] == path and one.brace is None and one.end > end:
            start, end = _span(text, entries, one)
            taken += text[start:end]
    return taken.rstrip() + "\n" if taken else ""


def _without(text: str, entries: Sequence[Entry], doomed: Entry) -> str:
    if doomed.brace is not None:
        return _without_item(
            text, [one for one in entries if one.brace == doomed.brace], doomed
        )
    start, end = _span(text, entries, doomed)
    if doomed.value is not None:
        return text[:start] + text[end:]
    kept = text[:start] if end < len(text) else text[:start].rstrip() + newline(text)
    return (kept + text[end:]).lstrip("\r\n")


def _span(text: str, entries: Sequence[Entry], entry: Entry) -> tuple[int, int]:
    """The lines of a key, or of a section with what belongs to it."""
    start = text.rfind("\n", 0, entry.start) + 1
    if entry.value is not None:
        return start, _line_end(text, entry)
    if above := _COMMENTS_ABOVE.search(text, 0, start):
        start = above.start(1)
    return start, _past_blank_lines(text, section_end(text, entries, entry))


def _without_item(text: str, items: Sequence[Entry], doomed: Entry) -> str:
    at = items.index(doomed)
    brace = doomed.brace or 0
    if at + 1 < len(items):
        return text[: doomed.start] + text[items[at + 1].start :]
    if at > 0:
        return text[: items[at - 1].end] + text[doomed.end :]
    return text[: brace + 1] + text[text.index("}", doomed.end) :]


def _insert(text: str, path: KeyPath, value: Any) -> str:
    entries = scan(text)
    anchor = _anchor(entries, path)
    owners = [one for one in entries if one.path == anchor]
    rest = path[len(anchor) :]
    if owners and owners[0].value is not None:
        return _into_braces(text, entries, owners[0], f"{_keys(rest)} = {_inline(value)}")
    relatives = [one for one in entries if one.value and _part_end(one, anchor)]
    if relatives and (relatives[-1].brace is not None or not _needs_tables(value)):
        return _beside(text, relatives[-1], anchor, f".{_keys(rest)} = {_inline(value)}")
    if owners and len(rest) == 1 and not _needs_tables(value):
        return _into_section(text, entries, owners[0], f"{_keys(rest)} = {_inline(value)}")
    return _as_block(text, entries, anchor, block(path, value))


def _anchor(entries: Sequence[Entry], path: KeyPath) -> KeyPath:
    """The innermost table around `path` that there is."""
    known = {entry.path for entry in entries}
    known |= {part.path for entry in entries for part in entry.parts}
    sizes = range(len(path) - 1, 0, -1)
    return next((path[:size] for size in sizes if path[:size] in known), ())


def _into_braces(text: str, entries: Sequence[Entry], owner: Entry, line: str) -> str:
    items = [one for one in entries if one.brace == owner.value]
    if items:
        return text[: items[-1].end] + ", " + line + text[items[-1].end :]
    return text[: owner.value] + "{ " + line + " }" + text[owner.end :]


def _beside(text: str, relative: Entry, anchor: KeyPath, line: str) -> str:
    """Behind another dotted key of the same table, in the same way of writing."""
    line = text[relative.start : _part_end(relative, anchor)] + line
    if relative.brace is not None:
        return text[: relative.end] + ", " + line + text[relative.end :]
    return _line_below(text, relative, line)


def _into_section(text: str, entries: Sequence[Entry], header: Entry, line: str) -> str:
    return _line_below(text, _last_of_section(entries, header), line)


def _line_below(text: str, entry: Entry, line: str) -> str:
    start = text.rfind("\n", 0, entry.start) + 1
    indent = text[start : entry.start]
    end = _line_end(text, entry)
    return text[:end] + indent + line + newline(text) + text[end:]


def _as_block(text: str, entries: Sequence[Entry], anchor: KeyPath, block: str) -> str:
    relatives = [
        one
        for one in entries
        if one.brace is None
        and (one.path[: len(anchor)] == anchor or _part_end(one, anchor))
    ]
    end = section_end(text, entries, relatives[-1]) if relatives and anchor else len(text)
    turn = newline(text)
    before = turn if text[:end].strip() and not text[:end].endswith("\n" + turn) else ""
    after = turn if text[end:] and _past_blank_lines(text, end) == end else ""
    return text[:end] + before + block.replace("\n", turn) + after + text[end:]


def block(path: KeyPath, value: Any) -> str:
    """The tables of a text that holds nothing else."""
    for key in reversed(path):
        value = {key: value}
    return tomlkit.dumps(value)


def _last_of_section(entries: Sequence[Entry], entry: Entry) -> Entry:
    below = (one for one in entries if one.brace is None and one.start > entry.start)
    return [entry, *takewhile(lambda one: one.value is not None, below)][-1]


def section_end(text: str, entries: Sequence[Entry], entry: Entry) -> int:
    """Behind the lines under a header, and behind the comments that belong to the last of them."""
    end = _line_end(text, _last_of_section(entries, entry))
    below = _COMMENTS.match(text, end)
    return end if below is None or _HEADER.match(text, below.end()) else below.end()


def _line_end(text: str, entry: Entry) -> int:
    return text.find("\n", entry.end) + 1 or len(text)


def _past_blank_lines(text: str, at: int) -> int:
    blank = _BLANK_LINES.match(text, at)
    return blank.end() if blank else at


def _part_end(entry: Entry, path: KeyPath) -> int:
    """Where this key ends in a dotted key that goes on behind it; 0: it does not stand there."""
    return next((part.end for part in entry.parts[:-1] if part.path == path), 0)


def _needs_tables(value: Any) -> bool:
    """Whether it reads better under a header of its own."""
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _inline(value: Any) -> str:
    match value:
        case dict():
            items = [f"{_key(key)} = {_inline(one)}" for key, one in value.items()]
            return "{ " + ", ".join(items) + " }" if items else "{}"
        case list() | tuple():
            return "[" + ", ".join(_inline(one) for one in value) + "]"
        case _:
            return str(tomlkit.item(value).as_string())


def _keys(path: KeyPath) -> str:
    return ".".join(_key(str(one)) for one in path)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else tomlkit.item(name).as_string()


def newline(text: str) -> str:
    """How the text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"
