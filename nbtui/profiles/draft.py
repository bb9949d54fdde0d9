"""A profile as it stands in a form: text in every field, right or wrong. Pure.

Surprise: a value whose text was not touched is never written, so that `listen = 27017` stays the number it was.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from io import StringIO
from types import MappingProxyType
from typing import Any, NamedTuple

from nbtui.model.profile import Profile
from nbtui.profiles.form import FIELDS, LISTS, Field, Rows
from nbtui.profiles.schema import JUPYTER, PROFILE, flavor, forward, read_document
from nbtui.profiles.values import Wrong, host, profile_name

Table = Mapping[str, Any]
_NONE: Mapping[str, Any] = MappingProxyType({})
_FLAGS = {"yes": True, "no": False}
_READERS = {
    **PROFILE,
    **{f"jupyter.{key}": read for key, read in JUPYTER.items()},
    "name": profile_name,
}
_ROW_READERS = {"forwards": forward, "machine.flavors": flavor}


class Row(NamedTuple):
    """One table of a list."""

    cells: tuple[str, ...]
    """In the order of `Rows.columns`."""

    origin: int | None = None
    """Its place in the list of the file; None: it is new."""


class Draft(NamedTuple):
    """See the module."""

    texts: Mapping[str, str]
    """By `Field.key`; empty: nothing is said."""

    rows: Mapping[str, tuple[Row, ...]]
    """By `Rows.key`."""

    @property
    def name(self) -> str:
        """What the profile is to be called."""
        return self.texts["name"].strip()

    def with_text(self, key: str, text: str) -> "Draft":
        """The draft with another text in a field."""
        return self._replace(texts={**self.texts, key: text})

    def with_rows(self, key: str, rows: tuple[Row, ...]) -> "Draft":
        """The draft with other rows in a list."""
        return self._replace(rows={**self.rows, key: rows})


class Problem(NamedTuple):
    """Why a text cannot stay."""

    why: str
    """Goes on from the field's name: `must be …`."""

    hint: str = ""

    def __str__(self) -> str:
        """One line for beside the field."""
        return f"{self.why}; {self.hint}" if self.hint else self.why


def draft_of(name: str, table: Table = _NONE) -> Draft:
    """The form of a profile that the file has, or of none.

    Args: table: as tomli read it, accepted by `schema`.
    """
    texts = {key: shown(_value_at(table, field.path)) for key, field in FIELDS.items()}
    rows = {
        key: tuple(_rows(one, _value_at(table, one.path))) for key, one in LISTS.items()
    }
    return Draft(texts={**texts, "name": name}, rows=rows)


def shown(value: object) -> str:
    """A value of the file as one would type it.

    >>> shown(["gpu", "a, b"]), shown(True), shown(22), shown(None)
    ('gpu, "a, b"', 'yes', '22', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_quoted(str(one)) for one in value)
        case _:
            return str(value)


def value_of(field: Field, text: str) -> Any:
    """What the file would hold; None: nothing is said. A text that means nothing stays one.

    >>> value_of(FIELDS["port"], " 22 "), value_of(FIELDS["port"], "x"), value_of(FIELDS["tags"], "a,b")
    (22, 'x', ['a', 'b'])
    """
    if not text.strip():
        return None
    match field.kind:
        case "number":
            return _number(text.strip())
        case "list":
            return _parts(text)
        case "flag":
            return _FLAGS.get(text, text)
        case "lines":
            return text.rstrip("\n")
        case "text" | "choice":
            return text.strip()


def table_of(draft: Draft) -> dict[str, Any]:
    """What the file would say of it, were it new."""
    table: dict[str, Any] = {}
    for key, field in FIELDS.items():
        value = value_of(field, draft.texts[key])
        if key != "name" and value is not None:
            set_at(table, field.path, value)
    for key, rows in LISTS.items():
        if draft.rows[key]:
            set_at(table, rows.path, [row_table(rows, one) for one in draft.rows[key]])
    return table


def row_table(rows: Rows, row: Row) -> dict[str, Any]:
    """One row as a table."""
    pairs = zip(rows.columns, row.cells, strict=True)
    values = {column.key: value_of(column, text) for column, text in pairs}
    return {key: value for key, value in values.items() if value is not None}


def profile_of(draft: Draft) -> Profile:
    """The profile that it would be; there must be no problem with it."""
    saved = read_document({"profiles": {draft.name: table_of(draft)}})
    return saved.profiles[0]


def problems(draft: Draft, *, taken: Collection[str] = ()) -> dict[str, Problem]:
    """What cannot stay, by field, or by list and place of a row such as `forwards.0`.

    Args: taken: names that other profiles have.
    """
    return {
        key: Problem(wrong.why, wrong.hint)
        for key, wrong in (*_wrong_texts(draft, taken), *_wrong_rows(draft))
    }


def _wrong_texts(draft: Draft, taken: Collection[str]) -> Iterator[tuple[str, Wrong]]:
    for key, field in FIELDS.items():
        value = value_of(field, draft.texts[key])
        if key == "name" and value is None:
            yield key, Wrong("must not be empty", hint="it is what you type")
            continue
        try:
            if value is not None:
                _READERS[key](value)
        except Wrong as wrong:
            yield key, wrong
        else:
            yield from _at_odds(key, draft, taken)


def _at_odds(key: str, draft: Draft, taken: Collection[str]) -> Iterator[tuple[str, Wrong]]:
    """What is right by itself, and not beside the rest."""
    if key == "name" and draft.name in taken:
        yield key, Wrong("is taken by another profile", hint="name it otherwise")
    if key == "host" and not draft.texts["host"].strip() and draft.name:
        try:
            host(draft.name)
        except Wrong:
            yield (
                key,
                Wrong("is missing, and the name cannot be one", hint="write an address"),
            )


def _wrong_rows(draft: Draft) -> Iterator[tuple[str, Wrong]]:
    for key, rows in LISTS.items():
        for place, row in enumerate(draft.rows[key]):
            try:
                _ROW_READERS[key](row_table(rows, row))
            except Wrong as wrong:
                yield f"{key}.{place}", _named(wrong, rows)


def _named(wrong: Wrong, rows: Rows) -> Wrong:
    """With the column's name at its front: a row has one message for all of its cells."""
    labels = {column.key: column.label for column in rows.columns}
    where = labels.get(str(wrong.path[-1])) if wrong.path else None
    hint = wrong.hint if wrong.path else ""  # else it is one for who edits the text
    return Wrong(f"{where} {wrong.why}" if where else wrong.why, hint=hint)


def _rows(rows: Rows, value: Any) -> Iterator[Row]:
    for place, table in enumerate(value or ()):
        cells = tuple(shown(table.get(column.key)) for column in rows.columns)
        yield Row(cells=cells, origin=place)


def _value_at(table: Table, path: tuple[str, ...]) -> Any:
    value: Any = table
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def set_at(table: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value into nested tables, which are made where they are missing."""
    *around, key = path
    for one in around:
        table = table.setdefault(one, {})
    table[key] = value


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _parts(text: str) -> list[str]:
    """Words between commas; quotes hold a comma together."""
    lines = csv.reader([" ".join(text.splitlines())], skipinitialspace=True)
    return [part.strip() for line in lines for part in line if part.strip()]


def _quoted(text: str) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="").writerow([text])
    return written.getvalue()
