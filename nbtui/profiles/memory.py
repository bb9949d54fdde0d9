"""What nbtui remembers by itself: the local port it chose, when a profile was used, what should be up.

Nothing here is worth failing for. A file that cannot be read is put aside as `….broken` and forgotten, what
cannot be written is said in the log, and a connect goes on.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbtui.clock import Clock, SystemClock
from nbtui.errors import TimedOut
from nbtui.profiles.atomic import replace_file, target_of
from nbtui.profiles.locking import writing

_LOG = logging.getLogger(__name__)
_MAX_PORT = 65535

GOALS = ("tunnel", "server", "link")
"""What can be meant to be up."""

Facts = dict[str, Any]
"""Of one profile: local_port, jupyter, used, up; keys of a newer version are kept."""


@dataclass(frozen=True, slots=True)
class Memory:
    """state.json of one configuration folder; every call reads the file, so no two processes disagree."""

    path: Path
    clock: Clock = field(default_factory=SystemClock, kw_only=True)

    def local_port(self, name: str) -> int | None:
        """The port chosen for the tunnel of a profile; None when none was."""
        port = self._facts_of(name).get("local_port")
        return port if type(port) is int and 0 < port <= _MAX_PORT else None

    def remember_port(self, name: str, port: int) -> None:
        """Keep the local port for next time."""
        self._update(name, local_port=port)

    def jupyter(self, name: str) -> str:
        """The `jupyter` on the host that a person chose for a profile; empty when none was."""
        path = self._facts_of(name).get("jupyter")
        return path if isinstance(path, str) else ""

    def remember_jupyter(self, name: str, path: str) -> None:
        """Keep the choice for next time."""
        self._update(name, jupyter=path)

    def last_used(self, name: str) -> float | None:
        """Seconds since 1970 UTC; None: never."""
        when = self._facts_of(name).get("used")
        return float(when) if isinstance(when, int | float) else None

    def used(self, name: str, when: float) -> None:
        """A person acted on the profile at `when`, seconds since 1970 UTC."""
        self._update(name, used=when)

    def should_be_up(self) -> dict[str, str]:
        """What a crash of the agent must not end: profile name -> one of `GOALS`."""
        goals = {name: facts.get("up") for name, facts in self._read().items()}
        return {name: goal for name, goal in goals.items() if goal in GOALS}

    def mark_up(self, name: str, goal: str) -> None:
        """Bring the profile up to `goal`, one of `GOALS`, again after a crash."""
        self._update(name, up=goal)

    def mark_down(self, name: str) -> None:
        """Bring it up no more."""
        self._update(name, up=None)

    def clear(self) -> None:
        """Bring nothing up again; ports and uses stay."""
        self._change(
            lambda all_facts: [facts.pop("up", None) for facts in all_facts.values()]
        )

    def forget(self, name: str) -> None:
        """The profile is gone."""
        self._change(lambda all_facts: all_facts.pop(name, None))

    def rename(self, old: str, new: str) -> None:
        """The profile has another name."""

        def change(all_facts: dict[str, Facts]) -> None:
            if old in all_facts:
                all_facts[new] = all_facts.pop(old)

        self._change(change)

    def _facts_of(self, name: str) -> Facts:
        return self._read().get(name, {})

    def _update(self, name: str, **facts: object) -> None:
        def change(all_facts: dict[str, Facts]) -> None:
            known = {**all_facts.get(name, {}), **facts}
            all_facts[name] = {key: fact for key, fact in known.items() if fact is not None}

        self._change(change)

    def _change(self, change: Callable[[dict[str, Facts]], object]) -> None:
        with self._said_not_raised(), self._only_writer() as target:
            all_facts = self._read()
            before = json.dumps(all_facts)
            change(all_facts)
            if json.dumps(all_facts) != before:
                self._put_broken_aside(target)
                replace_file(target, _document(all_facts), clock=self.clock)

    def _read(self) -> dict[str, Facts]:
        try:
            return _facts(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}

    def _put_broken_aside(self, target: Path) -> None:
        try:
            _facts(target.read_bytes())
        except (ValueError, RecursionError):
            target.replace(target.with_name(target.name + ".broken"))
        except FileNotFoundError:
            pass

    @contextmanager
    def _only_writer(self) -> Iterator[Path]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = target_of(self.path)
        with writing(target, clock=self.clock):
            yield target

    @contextmanager
    def _said_not_raised(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimedOut) as exc:
            _LOG.warning("%s could not be written: %s", self.path, exc)


def _facts(content: bytes) -> dict[str, Facts]:
    match json.loads(content):
        case {"profiles": dict(profiles)}:
            return {
                name: facts for name, facts in profiles.items() if isinstance(facts, dict)
            }
        case _:
            raise ValueError("not a state file")


def _document(all_facts: dict[str, Facts]) -> bytes:
    return json.dumps({"profiles": all_facts}, indent=1, sort_keys=True).encode() + b"\n"
