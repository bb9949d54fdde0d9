"""`[keys]` of profiles.toml: other keys for the dashboard. Pure.

A key is one character, a name (`f5`, `pagedown`, `question_mark`), or either behind `ctrl+`, `alt+` or `shift+`. The names
are Textual's. `"host.connect" = "C"` and `host.connect = "C"` are the same to us, and different tables to TOML.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from string import punctuation
from typing import TYPE_CHECKING, Any, NamedTuple

from nbtui.model.keys import ASKING, KEYS
from nbtui.profiles.values import Wrong, shown, text

if TYPE_CHECKING:
    from nbtui.profiles.places import KeyPath

_MODIFIERS = re.compile(r"(?:(?:ctrl|alt|shift|super|meta|hyper)\+)*")
_OTHERS = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual departs from Unicode's name of a character."""

_YES = "dialog.yes"


class Doubt(NamedTuple):
    """A line that means nothing, or not what it seems to."""

    path: "KeyPath"
    """Below `[keys]`."""

    what: str
    advice: str


def keymap(value: object) -> dict[str, str]:
    """Name of a binding -> its keys, as Textual writes them; what there is doubt about may be left out.

    >>> keymap({"host.connect": "C, f5", "host": {"shell": "%"}})
    {'host.connect': 'C,f5', 'host.shell': 'percent_sign'}

    Raises:
        Wrong: a key that no keyboard sends.
    """
    if not isinstance(value, dict):
        raise Wrong(f"must be a table, not {shown(value)}")
    said = {".".join(path): _keys(path, one) for path, one in _leaves(value)}
    return _safe({name: keys for name, keys in said.items() if name in KEYS})


def doubts(table: Mapping[str, Any]) -> Iterator[Doubt]:
    """Unknown names, and keys that are given twice, of a table that `keymap` has read."""
    said = {".".join(path): (path, _keys(path, one)) for path, one in _leaves(table)}
    known = {name: keys for name, (_, keys) in said.items() if name in KEYS}
    safe = _safe(known)
    for name, (path, keys) in said.items():
        if name not in KEYS:
            near = _nearest(name, KEYS)
            advice = f"did you mean {near}?" if near else ""
            yield Doubt(path=path, what="there is no such binding", advice=advice)
        elif name not in safe:
            what = f"{keys} would ask a question and say yes to it"
            yield Doubt(path=path, what=what, advice=f"{name} keeps {KEYS[name]}")
        else:
            yield from _clashes(name, path, {**KEYS, **safe})


def _clashes(name: str, path: "KeyPath", now: Mapping[str, str]) -> Iterator[Doubt]:
    for other in now:
        both = _set(now[name]) & _set(now[other])
        if both and other != name and _scope(other) == _scope(name):
            what = f"{', '.join(sorted(both))} is a key of {other} as well"
            yield Doubt(path=path, what=what, advice="one of the two needs another")


def _scope(name: str) -> str:
    """Dialogs, help and the form lie over the dashboard, whose keys mean nothing there."""
    room = name.partition(".")[0]
    return room if room in ("dialog", "help", "editor", "toml") else ""


def _safe(given: Mapping[str, str]) -> dict[str, str]:
    """Without what would let one key ask and say yes: the second press of it would be an accident."""
    asking = set().union(*(_set(KEYS[one]) for one in ASKING - given.keys()))
    kept = {
        name: keys
        for name, keys in given.items()
        if name != _YES or not _set(keys) & asking
    }
    yes = _set(kept.get(_YES, KEYS[_YES]))
    return {
        name: keys
        for name, keys in kept.items()
        if name not in ASKING or not _set(keys) & yes
    }


def _set(keys: str) -> set[str]:
    return set(keys.split(","))


def _leaves(
    table: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _keys(path: "KeyPath", value: object) -> str:
    try:
        return ",".join(_key(part.strip()) for part in text(value).split(","))
    except Wrong as wrong:
        raise Wrong(wrong.why, hint=wrong.hint, path=path) from None


def _key(word: str) -> str:
    """One key as Textual names it.

    >>> _key("C"), _key("?"), _key("ctrl+R"), _key("alt+/")
    ('C', 'question_mark', 'ctrl+r', 'alt+slash')
    """
    found = _MODIFIERS.match(word)
    modifiers = found[0] if found else ""
    key = word[len(modifiers) :]
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return modifiers + _name(key.lower() if modifiers else key)
    if key in _names():
        return modifiers + key
    near = _nearest(key, _names())
    hint = f'write "{modifiers}{near}"' if near else 'write "C", "f5" or "ctrl+r"'
    raise Wrong(f"there is no key {shown(word)}", hint=hint)


def _name(character: str) -> str:
    if character.isalnum():
        return character
    name = (
        unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    )
    return _OTHERS.get(name, name)


def _names() -> dict[str, None]:
    edges = "enter escape tab space backspace delete insert home end pageup pagedown up down left right"
    functions = (f"f{number}" for number in range(1, 25))
    return dict.fromkeys((*edges.split(), *functions, *map(_name, punctuation)))


def _nearest(word: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # 5 ms that a good file need not pay

    return next(iter(get_close_matches(word, known, n=1)), "")
