"""Keys of profiles.toml that mean nothing: each with the nearest one that does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbtui.profiles.places import KeyPath
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import DOCUMENT, FORWARD, JUPYTER, MACHINE, PROFILE, SUBTABLES

_HOMES = {
    "jupyter": JUPYTER,
    "forwards": FORWARD,
    "machine": MACHINE,
    "the profile": PROFILE,
    "the top of the file": DOCUMENT,
}
Keys = Mapping[str, object]
_SECRETS = ("password", "passphrase", "passwd", "token", "secret")


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownKey:
    """A key that is ignored."""

    path: KeyPath
    """From the root."""

    advice: str
    """What to do about it; empty when nothing is like it."""


def unknown_keys(document: dict[str, Any]) -> Iterator[UnknownKey]:
    """All of a document that `schema.read_document` has accepted, in no promised order."""
    for key, value in document.items():
        if key == "defaults":
            yield from _of_table((key,), value, PROFILE)
        elif key == "profiles":
            for name, profile in value.items():
                yield from _of_table((key, name), profile, PROFILE)
        else:
            yield UnknownKey(path=(key,), advice=_advice(key, DOCUMENT))


def nearest_names(saved: Saved, name: str) -> tuple[str, ...]:
    """The names of profiles that look like this one, the most alike first; at most three."""
    return _nearest(name, tuple(one.name for one in saved.profiles), number=3)


def _of_table(path: KeyPath, table: dict[str, Any], known: Keys) -> Iterator[UnknownKey]:
    for key, value in table.items():
        if key not in known:
            yield UnknownKey(path=(*path, key), advice=_advice(key, known))
        elif key in SUBTABLES:
            yield from _of_subtable((*path, key), value, SUBTABLES[key])


def _of_subtable(path: KeyPath, value: Any, known: Keys) -> Iterator[UnknownKey]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _of_table((*path, index), one, known)
    else:
        yield from _of_table(path, value, known)


def _advice(key: str, known: Keys) -> str:
    if key.lower() in _SECRETS:
        return "nbtui keeps no secrets in this file: remove it, you are asked when it is needed"
    homes = [table for table, keys in _HOMES.items() if key in keys and keys is not known]
    if homes:
        return f"it belongs into {homes[0]}"
    near = _nearest(key.lower().replace("-", "_"), tuple(known), number=1)
    return f"did you mean {near[0]}?" if near else ""


def _nearest(word: str, known: tuple[str, ...], *, number: int) -> tuple[str, ...]:
    from difflib import get_close_matches  # noqa: PLC0415  # 5 ms that a good file need not pay

    return tuple(get_close_matches(word, known, n=number))
