"""When which host last proved to have which key; for whoever is told that it has another one now."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbtui.clock import Clock, SystemClock
from nbtui.profiles.statefile import Document, StateFile, moment

_PART = "host_keys"
EVERY = 600.0
"""Seconds between two notes of the same key: a day is what matters, and a write costs a disk's flush."""
MOST = 1000
"""Keys that are remembered; the one not seen for the longest time goes first."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """The part of state.json; satisfies `nbtui.ssh.keychange.Sightings`."""

    path: Path
    clock: Clock = field(default_factory=SystemClock, kw_only=True)

    def last(self, name: str, fingerprint: str) -> float | None:
        """Seconds since 1970 UTC; None: never, or forgotten.

        Args:
            name: under which the host's keys stand in known_hosts.
            fingerprint: of the key, `SHA256:…`.
        """
        return moment(_seen(self._file.read()).get(f"{name} {fingerprint}"))

    def saw(self, name: str, fingerprint: str) -> None:
        """The host has the key now."""
        now, before = self.clock.wall(), self.last(name, fingerprint)
        if before is not None and 0 <= now - before < EVERY:
            return

        def change(document: Document) -> None:
            seen = _seen(document) | {f"{name} {fingerprint}": now}
            newest = sorted(seen, key=lambda one: moment(seen[one]) or 0.0, reverse=True)[
                :MOST
            ]
            document[_PART] = {one: seen[one] for one in newest}

        self._file.change(change)

    @property
    def _file(self) -> StateFile:
        return StateFile(self.path, clock=self.clock)


def _seen(document: Document) -> dict[str, Any]:
    part = document.get(_PART)
    return part if isinstance(part, dict) else {}
