"""Saved profiles for who edits them in a form: opened, saved, removed, and each of it undone.

profiles.toml and what is remembered of a profile change together. What somebody else wrote between opening
and saving is kept; where both changed the same, nothing is written and `Overtaken` says so.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from nbtui.errors import ConfigError, Refused, UsageError
from nbtui.profiles.changes import Change, Put, Remove, Rename, applied
from nbtui.profiles.draft import Draft, draft_of, problems, table_of
from nbtui.profiles.importing.remembered import Imports
from nbtui.profiles.memory import Memory
from nbtui.profiles.places import KeyPath
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.reconcile import changes, merge
from nbtui.profiles.saved import Saved
from nbtui.profiles.store import Store, Written

Stamp = tuple[int, int] | None
"""Changes whenever the file does; None: there is none."""


class Overtaken(Refused):
    """Somebody else changed the same profile meanwhile."""

    layer = "config"
    hint = "choose which of the two counts"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed in profiles.toml meanwhile")
        self.name = name


class Sheet(NamedTuple):
    """What a form was opened with."""

    base: Draft
    """As the file had it."""

    was: str | None = None
    """Its name in the file; None: it is new."""

    like: str | None = None
    """A new one is a copy of this one, with all that a form does not show."""


class Reading(NamedTuple):
    """profiles.toml at one moment."""

    text: ProfilesText
    saved: Saved

    def draft(self, name: str) -> Draft | None:
        """The form of a profile; None: it is not there."""
        table = _tables(self.text).get(name)
        return None if table is None else draft_of(name, table)

    def names(self, *, besides: str | None = None) -> frozenset[str]:
        """Those that are taken."""
        return frozenset(one.name for one in self.saved.profiles) - {besides}

    def groups(self) -> tuple[str, ...]:
        """All that there are, in the order of the file."""
        groups = (one.group for one in self.saved.profiles)
        return tuple(dict.fromkeys(filter(None, groups)))

    def free_name(self, like: str) -> str:
        """A name for a copy."""
        names = self.names()
        stem, _, number = like.rpartition("-")
        if not stem or not number.isdigit():
            stem = like
        tries = (f"{stem}-{count}" for count in range(2, len(names) + 3))
        return next(name for name in tries if name not in names)


class Step(NamedTuple):
    """A change that was written, to be undone."""

    written: Written
    was: str | None
    """The profile's name before; None: there was none."""

    now: str | None
    """And after it; None: it is gone."""

    facts: Mapping[str, Any] = MappingProxyType({})
    """What was remembered of one that is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """See the module. Every method may wait for the disk."""

    store: Store
    memory: Memory

    def stamp(self) -> Stamp:
        """Whether the file is another is told by comparing two of these."""
        try:
            facts = self.store.paths.profiles_toml.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size

    def read(self) -> Reading:
        """The file now. Raises: ConfigError: it does not load."""
        text = self.store.text(self.store.read())
        return Reading(text=text, saved=text.saved())

    def untouched(self) -> bool:
        """Nobody has saved a profile or connected to anything yet. Raises: ConfigError: it does not load."""
        return not self.read().saved.profiles and not self.memory.names()

    def save(self, sheet: Sheet, mine: Draft) -> Step:
        """Write what a form says.

        Raises:
            Overtaken: somebody else changed the same meanwhile; nothing was written.
            UsageError: the form has a problem.
            ConfigError: the file does not load or cannot be written.
        """
        written = self.store.revise(lambda text: tuple(_decided(text, sheet, mine)))
        if sheet.was and sheet.was != mine.name:
            self._renamed(sheet.was, mine.name)
        return Step(written=written, was=sheet.was, now=mine.name)

    def remove(self, name: str) -> Step:
        """Take a profile out, with its comments.

        Raises:
            ConfigError: the file does not load or cannot be written.
        """
        written = self.store.revise(lambda _text: (Remove(path=_path(name)),))
        return Step(written=written, was=name, now=None, facts=self.memory.forget(name))

    def undo(self, step: Step) -> None:
        """Make the file what it was, byte by byte; a removed profile goes back even where the file has changed.

        Raises:
            Refused: the file was changed since, in a way that cannot be told apart.
            ConfigError: the file does not load or cannot be written.
        """
        now = self.store.read()
        self.store.publish(_undone(self.store, step, now), instead_of=now)
        if step.now is None and step.was:
            self.memory.restore(step.was, dict(step.facts))
        elif step.was and step.now and step.was != step.now:
            self._renamed(step.now, step.was)

    def _renamed(self, old: str, new: str) -> None:
        """What is remembered goes where the profile goes."""
        self.memory.rename(old, new)
        Imports(self.store.paths.imports_json).rename(old, new)


def written(text: ProfilesText, sheet: Sheet, mine: Draft) -> tuple[str, str]:
    """What the file says of the profile, and what it would say.

    Raises: see `Ledger.save`.
    """
    from nbtui.profiles import edits  # noqa: PLC0415  # tomlkit: 20 ms that a reader need not pay

    after = applied(tuple(_decided(text, sheet, mine)), text)
    before = edits.excerpt(text.text, _path(sheet.was)) if sheet.was else ""
    return before, edits.excerpt(after.text, _path(mine.name)) or after.text


def _decided(text: ProfilesText, sheet: Sheet, mine: Draft) -> Iterator[Change]:
    tables = _tables(text)
    _check(mine, frozenset(tables) - {sheet.was})
    if sheet.was is None or sheet.was not in tables:
        yield from _new(tables, sheet, mine)
        return
    theirs = draft_of(sheet.was, tables[sheet.was])
    merged = merge(sheet.base, mine, theirs)
    if merged.conflicts:
        raise Overtaken(sheet.was)
    yield from changes(theirs, merged.draft, _path(sheet.was))
    if mine.name != sheet.was:
        yield Rename(path=_path(sheet.was), new=mine.name)


def _new(tables: Mapping[str, Any], sheet: Sheet, mine: Draft) -> Iterator[Change]:
    path = _path(mine.name)
    if sheet.like is None or sheet.like not in tables:
        yield Put(path=path, value=table_of(mine))
        return
    pattern = deepcopy(tables[sheet.like])
    yield Put(path=path, value=pattern)
    yield from changes(draft_of(sheet.like, pattern), mine, path)


def _check(mine: Draft, taken: frozenset[str]) -> None:
    for key, problem in problems(mine, taken=taken).items():
        raise UsageError(f"{key} {problem.why}", layer="config", hint=problem.hint)


def _undone(store: Store, step: Step, now: bytes) -> bytes:
    """What the file has to be."""
    from nbtui.profiles.undoing import put_back  # noqa: PLC0415  # difflib, for this only

    if now == step.written.after:
        return step.written.before
    before, after, text = map(store.text, (*step.written, now))
    if step.was and step.now is None and step.was not in _tables(text):
        mended = put_back(text.text, before=before.text, after=after.text)
        wanted = {**_tables(text), step.was: _tables(before)[step.was]}
        with suppress(ConfigError):
            if _tables(text._replace(text=mended)) == wanted:
                return mended.encode()
    raise Refused(
        "profiles.toml was changed meanwhile, and nothing was undone",
        layer="config",
        hint="nbtui profile edit",
    )


def _tables(text: ProfilesText) -> dict[str, Any]:
    tables: dict[str, Any] = text.document().get("profiles", {})
    return tables


def _path(name: str) -> KeyPath:
    return ("profiles", name)
