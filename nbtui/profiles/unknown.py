"""What profiles.toml says and this version does not know: keys and runners, each with the nearest known one.

None of it is an error, because a newer version may know it. Who starts a server refuses the runner.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import DOCUMENT, FORWARD, JUPYTER, MACHINE, PROFILE, SUBTABLES
from nbtui.profiles.values import shown

if TYPE_CHECKING:
    from nbtui.profiles.places import KeyPath

RUNNERS = ("tmux",)
"""The runners that there are."""

_HOMES = {
    "jupyter": JUPYTER,
    "forwards": FORWARD,
    "machine": MACHINE,
    "the profile": PROFILE,
    "the top of the file": DOCUMENT,
}
Keys = Mapping[str, object]
_SECRETS = ("password", "passphrase", "passwd", "token", "secret")


class Unknown(NamedTuple):
    """A key that means nothing, or a runner that is not there."""

    path: "KeyPath"
    """From the root."""

    what: str
    """Such as `unknown key`."""

    advice: str
    """What to do about it; empty when nothing is like it."""

    @property
    def text(self) -> str:
        """What is unknown, and what to do about it."""
        return f"{self.what}; {self.advice}" if self.advice else self.what


def unknowns(document: dict[str, Any]) -> Iterator[Unknown]:
    """All of a document that `schema.read_document` has accepted, in no promised order."""
    for key, value in document.items():
        if key == "defaults":
            yield from _of_table((key,), value, PROFILE)
        elif key == "profiles":
            for name, profile in value.items():
                yield from _of_table((key, name), profile, PROFILE)
        elif key == "keys":
            yield from _of_keys(value)
        else:
            yield _unknown_key((key,), DOCUMENT)


def nearest_names(saved: Saved, name: str) -> tuple[str, ...]:
    """The names of profiles that look like this one, the most alike first; at most three."""
    return _nearest(name, tuple(one.name for one in saved.profiles), number=3)


def _of_keys(table: dict[str, Any]) -> Iterator[Unknown]:
    from nbtui.profiles.keymap import doubts  # noqa: PLC0415  # few files have keys

    for one in doubts(table):
        yield Unknown(path=("keys", *one.path), what=one.what, advice=one.advice)


def _of_table(path: "KeyPath", table: dict[str, Any], known: Keys) -> Iterator[Unknown]:
    for key, value in table.items():
        if key not in known:
            yield _unknown_key((*path, key), known)
        elif key == "runner" and isinstance(value, str) and value not in RUNNERS:
            what = f"there is no runner {shown(value)}"
            yield Unknown(path=(*path, key), what=what, advice=f"there is {RUNNERS[0]}")
        elif key in SUBTABLES:
            yield from _of_subtable((*path, key), value, SUBTABLES[key])


def _of_subtable(path: "KeyPath", value: Any, known: Keys) -> Iterator[Unknown]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _of_table((*path, index), one, known)
    else:
        yield from _of_table(path, value, known)


def _unknown_key(path: "KeyPath", known: Keys) -> Unknown:
    return Unknown(path=path, what="unknown key", advice=_advice(str(path[-1]), known))


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
