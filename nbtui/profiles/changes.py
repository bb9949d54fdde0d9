"""Changes of profiles.toml, each proven: what the new text says is what the change means, and no more."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nbtui.errors import ConfigError
from nbtui.profiles.places import KeyPath, dotted
from nbtui.profiles.profiles_toml import ProfilesText


@dataclass(frozen=True, kw_only=True, slots=True)
class Put:
    """Set a key; the tables around it are made where they are missing."""

    path: KeyPath
    value: Any
    """What TOML can hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remove:
    """Take a key, a table, or a row of a list out; one that is not there is no error."""

    path: KeyPath


@dataclass(frozen=True, kw_only=True, slots=True)
class Append:
    """Put a table behind those of a list; the list is made where it is missing."""

    path: KeyPath
    """Of the list."""

    value: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """Give a table another name."""

    path: KeyPath
    new: str


Change = Put | Remove | Append | Rename


def applied(changes: Iterable[Change], before: ProfilesText) -> ProfilesText:
    """The text with the changes; what lies between two of them need not load.

    Raises:
        ConfigError: the file is written in a way that only a person can change.
    """
    path: KeyPath = ()
    after = before
    for change in changes:
        after, path = _step(change, after), change.path
    with suppress(ConfigError):
        after.saved()
        return after
    raise _beyond_us(before, path)


def applied_together(changes: Sequence[Put | Remove], before: ProfilesText) -> ProfilesText:
    """The text with many changes of keys and tables, none of which another one touches; proven once, as a whole.

    Raises:
        ConfigError: the file is written in a way that only a person can change.
    """
    from nbtui.profiles import bulk  # noqa: PLC0415  # see `_changed_text`

    wanted = [(one.path, one.value if isinstance(one, Put) else None) for one in changes]
    tables = before.document()
    for change in changes:
        _change_tables(change, tables)
    with suppress(ConfigError, ValueError, RecursionError):
        after = before._replace(text=bulk.edited(before.text, wanted))
        after.saved()
        if meaning(after.document()) == meaning(tables):
            return after
    raise _beyond_us(before, ("profiles",))


def _step(change: Change, before: ProfilesText) -> ProfilesText:
    """The text with one change, which says what the change means and no more."""
    tables = before.document()
    _change_tables(change, tables)
    with suppress(ConfigError, ValueError, RecursionError):
        after = before._replace(text=_changed_text(change, before.text, tables))
        if meaning(after.document()) == meaning(tables):
            return after
    raise _beyond_us(before, change.path)


def _beyond_us(before: ProfilesText, path: KeyPath) -> ConfigError:
    return ConfigError(
        f"{dotted(path)} is written in a way that only a person can change",
        file=before.file,
        key=dotted(path),
    )


def _changed_text(change: Change, text: str, tables: dict[str, Any]) -> str:
    """Args: tables: what the outcome has to say."""
    from nbtui.profiles import edits  # noqa: PLC0415  # tomlkit: 20 ms that a reader need not pay

    match change:
        case Put(path=path, value=value):
            return edits.put(text, path, value)
        case Remove(path=(*around, int()) as path):
            changed = edits.remove_row(text, path)
            return _whole(text, tuple(around), tables) if changed == text else changed
        case Remove(path=path):
            return edits.remove(text, path)
        case Append(path=path, value=row):
            changed = edits.append(text, path, row)
            return _whole(text, path, tables) if changed == text else changed
        case Rename(path=path, new=new):
            return edits.rename(text, path, new)


def _whole(text: str, path: KeyPath, tables: dict[str, Any]) -> str:
    """A list that stands in brackets is written anew, and an empty one not at all."""
    from nbtui.profiles import edits  # noqa: PLC0415  # see `_changed_text`

    rows = _at(tables, path)
    return edits.put(text, path, rows) if rows else edits.remove(text, path)


def _change_tables(change: Change, tables: dict[str, Any]) -> None:
    *around, key = change.path
    inner: Any = _at(tables, tuple(around))
    match change:
        case Put(value=value):
            inner[key] = value
        case Remove():
            _drop(inner, key)
        case Append(value=row):
            inner.setdefault(key, []).append(row)
        case Rename(new=new):
            inner[new] = inner.pop(key)


def _at(tables: dict[str, Any], path: KeyPath) -> Any:
    """What stands there; tables are made where they are missing."""
    inner: Any = tables
    for key in path:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else inner[key]
    return inner


def _drop(inner: Any, key: str | int) -> None:
    if isinstance(inner, dict):
        inner.pop(key, None)
    else:
        del inner[key]


def meaning(document: Mapping[str, Any]) -> str:
    """A text that is the same for the same content: without order, and nan is nan."""
    return json.dumps(_without_empty(document), sort_keys=True, default=repr)


def _without_empty(table: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Without tables that say nothing. A profile that says nothing is one all the same."""
    profiles = 1
    pruned = {
        key: _without_empty(value, depth + 1) if isinstance(value, dict) else value
        for key, value in table.items()
    }
    return {
        key: value
        for key, value in pruned.items()
        if value not in ({}, []) or depth == profiles
    }
