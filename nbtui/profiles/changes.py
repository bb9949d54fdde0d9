"""Changes of profiles.toml, each proven: what the new text says is what the change means, and no more."""

import json
from collections.abc import Mapping
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
    """Take a key or a table out; one that is not there is no error."""

    path: KeyPath


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """Give a table another name."""

    path: KeyPath
    new: str


Change = Put | Remove | Rename


def applied(change: Change, before: ProfilesText) -> ProfilesText:
    """The text with the change.

    Raises:
        ConfigError: the file is written in a way that only a person can change.
    """
    tables = before.document()
    _change_tables(change, tables)
    with suppress(ConfigError, ValueError, RecursionError):
        after = before._replace(text=_changed_text(change, before.text))
        after.saved()
        if _meaning(after.document()) == _meaning(tables):
            return after
    raise ConfigError(
        f"{dotted(change.path)} is written in a way that only a person can change",
        file=before.file,
        key=dotted(change.path),
    )


def _changed_text(change: Change, text: str) -> str:
    from nbtui.profiles import edits  # noqa: PLC0415  # tomlkit: 20 ms that a reader need not pay

    match change:
        case Put(path=path, value=value):
            return edits.put(text, path, value)
        case Remove(path=path):
            return edits.remove(text, path)
        case Rename(path=path, new=new):
            return edits.rename(text, path, new)


def _change_tables(change: Change, tables: dict[str, Any]) -> None:
    *around, key = (str(one) for one in change.path)
    for one in around:
        tables = tables.setdefault(one, {})
    match change:
        case Put(value=value):
            tables[key] = value
        case Remove():
            tables.pop(key, None)
        case Rename(new=new):
            tables[new] = tables.pop(key)


def _meaning(document: Mapping[str, Any]) -> str:
    """The same text for the same content: without order, and nan is nan."""
    return json.dumps(_without_empty(document), sort_keys=True, default=repr)


def _without_empty(table: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Without tables that say nothing. A profile that says nothing is one all the same."""
    profiles = 1
    pruned = {
        key: _without_empty(value, depth + 1) if isinstance(value, dict) else value
        for key, value in table.items()
    }
    return {key: value for key, value in pruned.items() if value != {} or depth == profiles}
