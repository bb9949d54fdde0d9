"""Which commands that came by import a person has said yes to, and which still wait for that.

A command is known by its text, in a digest: a yes is for this very line, whichever profile says it. Commands that
a person wrote into profiles.toml are not known here, and nobody asks about them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbtui.clock import Clock, SystemClock
from nbtui.profiles.statefile import Document, StateFile

_PART = "commands"
_WAITS, _YES = "waits", "yes"


@dataclass(frozen=True, slots=True)
class Consents:
    """The part of state.json; every call reads the file."""

    path: Path
    clock: Clock = field(default_factory=SystemClock, kw_only=True)

    def waits(self, command: str) -> bool:
        """It came by import, and nobody has said yes to it."""
        return self._state(command) == _WAITS

    def given(self, command: str) -> bool:
        """Somebody has said yes to it."""
        return self._state(command) == _YES

    def hold(self, commands: Iterable[str]) -> bool:
        """Ask before these are run; those that have a yes keep it. False: it could not be written."""
        keys = [_key(one) for one in commands]

        def change(document: Document) -> None:
            document[_PART] = dict.fromkeys(keys, _WAITS) | _states(document)

        if keys:
            self._file.change(change)
        return not set(keys) - _states(self._file.read()).keys()

    def agree(self, command: str) -> None:
        """A person has read it and said yes."""

        def change(document: Document) -> None:
            document[_PART] = _states(document) | {_key(command): _YES}

        self._file.change(change)

    def _state(self, command: str) -> object:
        return _states(self._file.read()).get(_key(command))

    @property
    def _file(self) -> StateFile:
        return StateFile(self.path, clock=self.clock)


def _key(command: str) -> str:
    from hashlib import sha256  # noqa: PLC0415  # 3 ms, and few profiles have a command

    return sha256(command.encode(errors="surrogateescape")).hexdigest()


def _states(document: Document) -> dict[str, Any]:
    part = document.get(_PART)
    return part if isinstance(part, dict) else {}
