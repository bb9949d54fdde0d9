"""What an import brought, so that the next one can tell what the person has changed since.

In a file of its own beside state.json: it is as large as profiles.toml, and only an import reads it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbtui.clock import Clock, SystemClock
from nbtui.profiles.statefile import Document, StateFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """One profile, as an import left it."""

    origin: str
    """See `Candidate.origin`."""

    table: Mapping[str, Any]
    """Of the profile, see `nbtui.profiles.schema.to_table`."""


Memories = Mapping[str, Brought]
"""By the name of the profile."""


@dataclass(frozen=True, slots=True)
class Imports:
    """The file; every call reads it."""

    path: Path
    clock: Clock = field(default_factory=SystemClock, kw_only=True)

    def read(self) -> Memories:
        """All that is remembered; what is not ours is passed over."""
        profiles = self._file.read()["profiles"].items()
        known = ((name, _brought(facts)) for name, facts in profiles)
        return {name: one for name, one in known if one is not None}

    def remember(self, brought: Memories, *, instead_of: Memories) -> None:
        """Take over what an import has found out.

        Args: instead_of: what it was handed; what others have added meanwhile stays.
        """

        def change(document: Document) -> None:
            profiles = document["profiles"]
            for gone in instead_of.keys() - brought.keys():
                profiles.pop(gone, None)
            profiles.update({name: asdict(one) for name, one in brought.items()})

        self._file.change(change)

    def rename(self, old: str, new: str) -> None:
        """The profile has another name."""

        def change(document: Document) -> None:
            profiles = document["profiles"]
            if old in profiles:
                profiles[new] = profiles.pop(old)

        self._file.change(change)

    @property
    def _file(self) -> StateFile:
        return StateFile(self.path, clock=self.clock)


def _brought(facts: object) -> Brought | None:
    match facts:
        case {"origin": str(origin), "table": dict(table)}:
            return Brought(origin=origin, table=table)
        case _:
            return None
