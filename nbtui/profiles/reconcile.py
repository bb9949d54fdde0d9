"""What a form changes in a profile, and what becomes of it when somebody else changed the file meanwhile. Pure.

Three drafts are looked at: as it was when the form was opened (`base`), as it stands in the form (`mine`), and as
the file has it now (`theirs`). Only what differs from `base` is anybody's change.
"""

from collections.abc import Iterator, Mapping
from itertools import starmap
from typing import Any, NamedTuple

from nbtui.profiles.changes import Append, Change, Put, Remove
from nbtui.profiles.draft import Draft, Row, row_table, value_of
from nbtui.profiles.form import FIELDS, LISTS, Rows
from nbtui.profiles.places import KeyPath


class Conflict(NamedTuple):
    """Something that both changed, each in another way."""

    key: str
    """Of a field or a list."""

    label: str
    mine: str
    """As it is shown; empty: nothing is said."""

    theirs: str


class Merged(NamedTuple):
    """Both changes in one draft."""

    draft: Draft
    """What nobody disputes is in it; of the rest, mine."""

    taken: tuple[str, ...]
    """Labels of what came from the file."""

    conflicts: tuple[Conflict, ...]


def merge(base: Draft, mine: Draft, theirs: Draft) -> Merged:
    """Put the two changes together."""
    draft, taken = mine, list[str]()
    conflicts = list[Conflict]()
    for key, label in _labels():
        was, is_mine, is_theirs = (_at(one, key) for one in (base, mine, theirs))
        if _same(is_theirs, was) or _same(is_theirs, is_mine):
            continue
        if _same(is_mine, was):
            draft = take(draft, theirs, key)
            taken.append(label)
        else:
            both = (_said(is_mine), _said(is_theirs))
            conflicts.append(Conflict(key, label, *both))
    return Merged(_placed(draft, theirs), tuple(taken), tuple(conflicts))


def take(draft: Draft, other: Draft, key: str) -> Draft:
    """The draft with what the other says of a field or a list."""
    if key in FIELDS:
        return draft.with_text(key, other.texts[key])
    return draft.with_rows(key, other.rows[key])


def changed(base: Draft, mine: Draft) -> tuple[str, ...]:
    """The keys of the fields and lists that differ."""
    return tuple(key for key, _ in _labels() if not _same(_at(base, key), _at(mine, key)))


def changes(base: Draft, mine: Draft, path: KeyPath) -> Iterator[Change]:
    """What makes the file say what the form says; the name is left alone.

    Args:
        base: the profile as the file has it now.
        path: of the profile's table.
    """
    for key in changed(base, mine):
        if key in LISTS:
            rows = LISTS[key]
            yield from _of_rows(base.rows[key], mine.rows[key], rows, (*path, *rows.path))
        elif key != "name":
            field = FIELDS[key]
            yield _change((*path, *field.path), value_of(field, mine.texts[key]))


def _change(path: KeyPath, value: Any) -> Change:
    return Remove(path=path) if value is None else Put(path=path, value=value)


def _of_rows(
    base: tuple[Row, ...], mine: tuple[Row, ...], rows: Rows, path: KeyPath
) -> Iterator[Change]:
    """Cells first, while every row is still where it was; then what goes, from the last on; then what comes."""
    kept = {row.origin: row for row in mine if row.origin is not None}
    for place, row in kept.items():
        yield from _of_cells(base[place or 0], row, rows, (*path, place or 0))
    for place in reversed(range(len(base))):
        if place not in kept:
            yield Remove(path=(*path, place))
    for row in mine:
        if row.origin is None:
            yield Append(path=path, value=row_table(rows, row))


def _of_cells(base: Row, mine: Row, rows: Rows, path: KeyPath) -> Iterator[Change]:
    for column, was, now in zip(rows.columns, base.cells, mine.cells, strict=True):
        if was != now:
            yield _change((*path, column.key), value_of(column, now))


def _labels() -> Iterator[tuple[str, str]]:
    yield from ((key, field.label) for key, field in FIELDS.items())
    yield from ((key, f"{rows.label}s") for key, rows in LISTS.items())


def _at(draft: Draft, key: str) -> str | tuple[Row, ...]:
    return draft.texts[key] if key in FIELDS else draft.rows[key]


def _same(one: str | tuple[Row, ...], other: str | tuple[Row, ...]) -> bool:
    """Rows are the same by what they say, wherever they come from."""
    return _said(one) == _said(other)


def _said(value: str | tuple[Row, ...]) -> str:
    if isinstance(value, str):
        return value.strip()
    return "; ".join(" ".join(filter(None, row.cells)) for row in value)


def _placed(draft: Draft, theirs: Draft) -> Draft:
    """The rows of a list of mine stand for those of the file that say the most like them."""
    lists: Mapping[str, tuple[Row, ...]] = {
        key: tuple(starmap(Row, _origins(draft.rows[key], theirs.rows[key])))
        for key in LISTS
    }
    return draft._replace(rows=lists)


def _origins(
    mine: tuple[Row, ...], theirs: tuple[Row, ...]
) -> Iterator[tuple[tuple[str, ...], int | None]]:
    """Equal rows are one; another keeps its place if nobody else stands there."""
    equal = {row.cells: row.origin for row in reversed(theirs)}
    free = {row.origin for row in theirs} - {equal.get(row.cells) for row in mine}
    for row in mine:
        place = row.origin if row.origin in free else None
        free.discard(place)
        yield row.cells, equal.pop(row.cells, place)
