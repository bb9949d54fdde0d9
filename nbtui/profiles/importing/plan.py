"""What an import would do: pure, so that a dry run, the question and the deed say the same.

Three words count for every key: what the last import brought, what profiles.toml says now, what the source says
now. Only the source has changed it: it is taken. Only the person has: it stays. Both have, and not alike: a
conflict, where the person's word stays until they choose. A profile that the person has removed stays removed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from nbtui.errors import UsageError
from nbtui.profiles.changes import Put, Remove
from nbtui.profiles.importing.candidates import (
    Action,
    Candidate,
    Choice,
    Difference,
    Outcome,
    Skipped,
)
from nbtui.profiles.importing.remembered import Brought, Memories
from nbtui.profiles.places import KeyPath, dotted
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import to_table
from nbtui.profiles.store import checked

Choose = Callable[[str], Choice | None]
"""By the name that the source has; None: nothing was chosen."""

Table = Mapping[str, Any]
Keys = Mapping[KeyPath, Any]
"""The keys of a profile, those of `jupyter` one by one, lists of tables as one."""

_REMOVED = "you removed it or gave it another name since the last import"
_STRANGER = "there is a profile of this name, and it was not imported from here"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What becomes of all candidates, in their order."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[Put | Remove, ...]
    """Of profiles.toml."""

    memories: Memories
    """All that is to be remembered afterwards."""


def plan(
    candidates: Iterable[Candidate | Skipped],
    *,
    saved: Saved,
    memories: Memories,
    choose: Choose = lambda _name: None,
) -> Plan:
    """See the module."""
    planner = _Planner(saved, memories)
    outcomes = tuple(planner.outcome(one, choose) for one in candidates)
    return Plan(
        outcomes=outcomes, changes=tuple(planner.changes), memories=planner.memories
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One candidate and the profile that it is about."""

    candidate: Candidate
    name: str
    """Of the profile."""

    theirs: Table
    mine: Table | None
    """None: there is none of this name."""

    base: Table | None
    """As the last import left it; None: it brought none."""

    choice: Choice | None


class _Planner:
    """Takes one candidate after the other."""

    def __init__(self, saved: Saved, memories: Memories) -> None:
        self.memories = dict(memories)
        self.changes: list[Put | Remove] = []
        self._tables: dict[str, Table] = {one.name: to_table(one) for one in saved.profiles}
        self._names = {one.origin: name for name, one in memories.items()}
        self._seen: dict[str, Candidate] = {}
        """By origin."""

    def outcome(self, one: Candidate | Skipped, choose: Choose) -> Outcome:
        """What becomes of it."""
        if isinstance(one, Skipped):
            return Outcome(name=one.name, action="skipped", why=one.why, place=one.place)
        if other := self._seen.get(one.origin):
            return _again(one, other)
        self._seen[one.origin] = one
        try:
            theirs = checked(one.profile)
        except UsageError as exc:
            return _outcome(one, "skipped", exc.message)
        return self._decide(self._case(one, theirs, choose(one.name)))

    def _case(self, one: Candidate, theirs: Table, choice: Choice | None) -> _Case:
        name = self._known_name(one)
        brought = self.memories.get(name)
        ours = brought is not None and brought.origin == one.origin
        return _Case(
            candidate=one,
            name=name,
            theirs=theirs,
            mine=self._tables.get(name),
            base=brought.table if brought and ours else None,
            choice=choice,
        )

    def _known_name(self, one: Candidate) -> str:
        """The name of the profile that an import made of it; else its own, or near it where another came in."""
        known = self._names.get(one.origin)
        if known is not None:
            return known if known in self._tables else self._renamed(known) or known
        name = one.name
        if name not in self.memories:
            return name
        tries = (f"{name}-{number}" for number in count(2))
        return next(free for free in tries if free not in self._tables)

    def _renamed(self, old: str) -> str | None:
        """A name given by an editor: the same profile under a name that no import knows."""
        table = self.memories[old].table
        for name, one in self._tables.items():
            if name not in self.memories and one == table:
                self.memories[name] = self.memories.pop(old)
                return name
        return None

    def _decide(self, case: _Case) -> Outcome:
        match case:
            case _Case(base=None, mine=None):
                return self._bring(case)
            case _Case(base=None, mine=dict(mine)):
                return self._meet(case, mine)
            case _Case(mine=None, choice="theirs"):
                return self._bring(case)
            case _Case(mine=None):
                return _outcome(case.candidate, "conflict", _REMOVED)
            case _Case(base=base, mine=mine):
                return self._merge(case, _keys(base or {}), _keys(mine or {}))

    def _bring(self, case: _Case) -> Outcome:
        self._put(("profiles", case.name), case.theirs)
        self._tables[case.name] = case.theirs
        self._remember(case, case.theirs)
        return _outcome(case.candidate, "new", _named(case), case.name)

    def _meet(self, case: _Case, mine: Table) -> Outcome:
        """The person has a profile of this name that no import made."""
        here, there = _keys(mine), _keys(case.theirs)
        if here == there:
            self._remember(case, case.theirs)
            return _outcome(case.candidate, "unchanged", "", case.name)
        differing = {key: there[key] for key in there if here.get(key) != there[key]}
        if case.choice == "theirs":
            return self._update(case, differing)
        if case.choice == "mine":
            self._remember(case, case.theirs)
        return _conflict(case, _STRANGER, differing, here)

    def _merge(self, case: _Case, base: Keys, mine: Keys) -> Outcome:
        there = _keys(case.theirs)
        moved = [
            key
            for key in {**there, **base}
            if there.get(key) not in (base.get(key), mine.get(key))
        ]
        both = {key: there.get(key) for key in moved if mine.get(key) != base.get(key)}
        if case.choice == "theirs":
            return self._update(case, {key: there.get(key) for key in moved})
        if both and case.choice is None:
            return _conflict(case, "you have changed it since the last import", both, mine)
        return self._update(case, {key: there.get(key) for key in moved if key not in both})

    def _update(self, case: _Case, wanted: Keys) -> Outcome:
        for key, value in wanted.items():
            self._put(("profiles", case.name, *key), value)
        self._remember(case, case.theirs)
        why = ", ".join(map(dotted, wanted))
        return _outcome(
            case.candidate, "updated" if wanted else "unchanged", why, case.name
        )

    def _put(self, path: KeyPath, value: Any) -> None:
        gone = value is None
        self.changes.append(Remove(path=path) if gone else Put(path=path, value=value))

    def _remember(self, case: _Case, table: Table) -> None:
        self.memories[case.name] = Brought(origin=case.candidate.origin, table=table)


def _named(case: _Case) -> str:
    """Why it has not the name that its source has for it; empty: it has."""
    if case.name == case.candidate.name:
        return ""
    if case.base is not None:
        return f"as {case.name}, which you had named it"
    return f"as {case.name}: another {case.candidate.name} came in"


def _again(one: Candidate, other: Candidate) -> Outcome:
    """A session that two places have."""
    if one.profile == other.profile:
        return _outcome(one, "unchanged", f"the same as in {other.place}")
    why = f"{other.place} has another one of this name, which counts; import this one with --from"
    return _outcome(one, "skipped", why)


def _conflict(case: _Case, why: str, theirs: Keys, mine: Keys) -> Outcome:
    differences = (
        Difference(key=dotted(key), mine=mine.get(key), theirs=value)
        for key, value in theirs.items()
    )
    outcome = _outcome(case.candidate, "conflict", why, case.name)
    return replace(outcome, differences=tuple(differences))


def _outcome(one: Candidate, action: Action, why: str, name: str | None = None) -> Outcome:
    profile = one.profile._replace(name=name) if name else None
    return Outcome(
        name=one.name,
        action=action,
        why=why,
        profile=profile,
        place=one.place,
        notes=one.notes,
        commands=one.commands,
    )


def _keys(table: Table) -> Keys:
    """See `Keys`.

    >>> _keys({"port": 22, "jupyter": {"port": 8889}})
    {('port',): 22, ('jupyter', 'port'): 8889}
    """
    keys: dict[KeyPath, Any] = {(key,): value for key, value in table.items()}
    jupyter = keys.pop(("jupyter",), {})
    return keys | {("jupyter", key): value for key, value in jupyter.items()}
