"""What nbtui remembers of a profile: the local port it chose, when it was used, what should be up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from nbtui.clock import Clock, SystemClock
from nbtui.profiles.statefile import Document, StateFile, moment

_MAX_PORT = 65535

GOALS = ("tunnel", "server", "link")
"""What can be meant to be up."""

Facts = dict[str, Any]
"""Of one profile: local_port, jupyter, used, those of `_UP`; keys of a newer version are kept."""

_UP = ("up", "up_port", "up_auth_sock", "up_ssh_config")


class UpWith(NamedTuple):
    """What was asked for when a profile was brought up."""

    port: int | str | None
    """Of `--local-port`."""

    auth_sock: str | None
    ssh_config: str | None
    """See `nbtui.paths.SSH_CONFIG`."""


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

    def names(self) -> tuple[str, ...]:
        """Profiles and hosts that anything is remembered of."""
        return tuple(self._read())

    def last_used(self, name: str) -> float | None:
        """Seconds since 1970 UTC; None: never."""
        return moment(self._facts_of(name).get("used"))

    def used(self, name: str, when: float) -> None:
        """A person acted on the profile at `when`, seconds since 1970 UTC."""
        self._update(name, used=when)

    def should_be_up(self) -> dict[str, str]:
        """What a crash of the agent must not end: profile name -> one of `GOALS`."""
        goals = {name: facts.get("up") for name, facts in self._read().items()}
        return {name: goal for name, goal in goals.items() if goal in GOALS}

    def was_up_with(self, name: str) -> UpWith:
        """How what should be up was brought up."""
        facts = self._facts_of(name)
        port, auth_sock, ssh_config = (facts.get(key) for key in _UP[1:])
        right = (type(port) is int and 0 < port <= _MAX_PORT) or port == "auto"
        return UpWith(
            port=port if right else None,
            auth_sock=auth_sock if isinstance(auth_sock, str) else None,
            ssh_config=ssh_config if isinstance(ssh_config, str) else None,
        )

    def mark_up(
        self,
        name: str,
        goal: str,
        *,
        port: int | str | None = None,
        auth_sock: str | None = None,
        ssh_config: str | None = None,
    ) -> None:
        """Bring the profile up to `goal`, one of `GOALS`, again after a crash; see `was_up_with`."""
        self._update(
            name, up=goal, up_port=port, up_auth_sock=auth_sock, up_ssh_config=ssh_config
        )

    def mark_down(self, name: str) -> None:
        """Bring it up no more."""
        self._update(name, **dict.fromkeys(_UP))

    def clear(self) -> None:
        """Bring nothing up again; ports and uses stay."""
        self._change(
            lambda all_facts: [
                facts.pop(key, None) for facts in all_facts.values() for key in _UP
            ]
        )

    def forget(self, name: str) -> Facts:
        """The profile is gone; what was known of it, for `restore`."""
        facts = self._facts_of(name)
        self._change(lambda all_facts: all_facts.pop(name, None))
        return facts

    def restore(self, name: str, facts: Facts) -> None:
        """The profile is back, and nothing that should be up."""
        self._update(name, **{**facts, **dict.fromkeys(_UP)})

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
        def whole(document: Document) -> None:
            all_facts = _facts(document)
            change(all_facts)
            document["profiles"] = all_facts

        self._file.change(whole)

    def _read(self) -> dict[str, Facts]:
        return _facts(self._file.read())

    @property
    def _file(self) -> StateFile:
        return StateFile(self.path, clock=self.clock)


def _facts(document: Document) -> dict[str, Facts]:
    profiles = document["profiles"]
    return {name: facts for name, facts in profiles.items() if isinstance(facts, dict)}
