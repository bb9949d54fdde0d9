"""Many edits of a TOML text in one go: each table is edited by itself, so a thousand cost what they must.

`edits` reads the whole text for every edit. Here a table that stands in one piece is cut out, edited and put
back; what stands in no one piece goes the long way. Like there, whoever calls proves the outcome.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nbtui.profiles import edits
from nbtui.profiles.places import Entry, KeyPath, scan

Edit = tuple[KeyPath, Any]
"""A path and the value that it gets; None: it goes."""

_DEPTH = 2
"""Keys of a table's own path, such as `profiles.myvm`."""


def edited(text: str, wanted: Sequence[Edit]) -> str:
    r"""The text with all of it.

    >>> edited("[a.b]\nx = 1\n", [(("a", "b", "x"), 2), (("a", "c"), {"y": 3})])
    '[a.b]\nx = 2\n\n[a.c]\ny = 3\n'
    """
    tables: dict[KeyPath, list[Edit]] = {}
    for path, value in wanted:
        tables.setdefault(path[:_DEPTH], []).append((path, value))
    entries = scan(text)
    pieces = _pieces(text, entries)
    known = {entry.path[:_DEPTH] for entry in entries}
    new = {table for table in tables if table not in known and len(tables[table]) == 1}
    inside = {table for table in tables if table in pieces and _keeps(table, tables[table])}
    for table in sorted(inside, key=lambda one: pieces[one], reverse=True):
        start, end = pieces[table]
        text = text[:start] + _one_by_one(text[start:end], tables[table]) + text[end:]
    text = _appended(text, [tables[table][0] for table in tables if table in new])
    rest = (table for table in tables if table not in new | inside)
    return _one_by_one(text, (edit for table in rest for edit in tables[table]))


def _keeps(table: KeyPath, wanted: Iterable[Edit]) -> bool:
    """Only keys in it change; it is not replaced and does not go."""
    return all(path != table for path, _value in wanted)


def _pieces(text: str, entries: Sequence[Entry]) -> Mapping[KeyPath, tuple[int, int]]:
    """Where each table stands that stands in one piece, under headers of its own."""
    found: dict[KeyPath, tuple[int, int]] = {}
    twice: set[KeyPath] = set()
    for table, run in _runs(entry for entry in entries if entry.brace is None):
        if table in found or run[0].value is not None:
            twice.add(table)
        start = text.rfind("\n", 0, run[0].start) + 1
        found[table] = start, edits.section_end(text, entries, run[-1])
    return {table: place for table, place in found.items() if table not in twice}


def _runs(entries: Iterable[Entry]) -> Iterator[tuple[KeyPath, list[Entry]]]:
    """Neighbours of one table; what stands above the first header is of none."""
    run: list[Entry] = []
    for entry in entries:
        if run and entry.path[:_DEPTH] != run[0].path[:_DEPTH]:
            yield run[0].path[:_DEPTH], run
            run = []
        run.append(entry)
    if run:
        yield run[0].path[:_DEPTH], run


def _appended(text: str, new: Sequence[Edit]) -> str:
    """The first one shows the place and the form; where that is a header, the others follow it."""
    if len(new) < _DEPTH:
        return _one_by_one(text, new)
    (first, value), *others = new
    text = edits.put(text, first, value)
    place = _pieces(text, scan(text)).get(first)
    if place is None or any(path[:-1] != first[:-1] for path, _value in others):
        return _one_by_one(text, others)
    block = edits.block(first[:-1], {path[-1]: value for path, value in others})
    newline = edits.newline(text)
    end = place[1]
    return text[:end] + newline + block.replace("\n", newline) + text[end:]


def _one_by_one(text: str, wanted: Iterable[Edit]) -> str:
    for path, value in wanted:
        text = edits.remove(text, path) if value is None else edits.put(text, path, value)
    return text
