"""What may come in, and what became of it. Sources make candidates; `plan` and `carry_out` do the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nbtui.model.profile import Profile

Action = Literal["new", "updated", "unchanged", "conflict", "skipped"]
Choice = Literal["mine", "theirs"]
"""Whose word counts where both have changed: that of profiles.toml, or that of the source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A saved session, host or command of another program, as a profile."""

    profile: Profile
    """Its name is the one that the source has for it."""

    origin: str
    """What it is known by from one import to the next, such as `putty:lab/gpu1`; without the place."""

    place: str
    """Where it stands, for people: a file, a folder, the registry."""

    notes: tuple[str, ...] = ()
    """What did not come along or came otherwise, a line each."""

    commands: tuple[str, ...] = ()
    """Shell lines of the profile that need a yes before they are run for the first time."""

    @property
    def name(self) -> str:
        """As the source calls it."""
        return self.profile.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """What cannot come in."""

    name: str
    """As the source calls it."""

    why: str
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A key that was changed on both sides."""

    key: str
    """Such as `jupyter.port`."""

    mine: Any
    """What profiles.toml says; None: nothing."""

    theirs: Any
    """What the source says; None: nothing."""

    def __str__(self) -> str:
        """For people.

        >>> str(Difference(key="port", mine=22, theirs=None))
        'port: 22 here, nothing there'
        """
        return f"{self.key}: {_shown(self.mine)} here, {_shown(self.theirs)} there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What becomes of one of them, or became."""

    name: str
    """As the source calls it."""

    action: Action
    why: str = ""
    """Of updated: what changes; of conflict and skipped: the reason."""

    profile: Profile | None = None
    """As it comes in, under the name it gets here; None: it does not."""

    place: str = ""
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    """Of a conflict."""

    def to_json(self) -> Mapping[str, Any]:
        """The object of `profile import --json`; its keys only ever grow."""
        one = self.profile
        return {
            "name": self.name,
            "action": self.action,
            "why": self.why,
            "from": self.place,
            "profile": one.name if one else None,
            "host": (one.host or one.name) if one else None,
            "user": one.user if one else None,
            "port": one.port if one else None,
            "group": one.group if one else None,
            "notes": list(self.notes),
            "commands": list(self.commands),
            "conflicts": [
                {"key": each.key, "mine": each.mine, "theirs": each.theirs}
                for each in self.differences
            ],
        }


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)
