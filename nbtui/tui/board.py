"""The last that is known of every profile, and how its machine's load went while we looked.

Belongs to the interface's thread. Saved profiles stand here before the agent has said a word, so the
first frame has its rows. `retry_in` is a duration as of its arrival; `snapshots` counts it down.
"""

from collections import deque
from collections.abc import Iterable

from nbtui.clock import Clock
from nbtui.model.profile import Flavor, Profile
from nbtui.model.row import row_of
from nbtui.model.snapshot import Snapshot, Usage
from nbtui.tui.rows import PUTTY, SSH_CONFIG, UNSAVED

REMEMBERED = 60
"""Measurements kept for each machine's sparkline."""


class Board:
    """See the module."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._saved: dict[str, Snapshot] = {}
        self._hosts: dict[str, Snapshot] = {}
        self._sessions: dict[str, Snapshot] = {}
        self._external: dict[str, Snapshot] = {}
        """Both of these that are no profiles, each name once."""

        self._live: dict[str, Snapshot] = {}
        self._arrived: dict[str, float] = {}
        self._history: dict[str, deque[Usage]] = {}
        self.favourites: frozenset[str] = frozenset()
        """Names of the profiles that stand at the top."""

        self.flavors: dict[str, tuple[Flavor, ...]] = {}
        """Sizes and prices by profile, where they are known."""

    def seed(self, profiles: Iterable[Profile]) -> None:
        """Take the saved profiles; nothing is resolved."""
        saved = tuple(profiles)
        self._saved = {
            one.name: row_of(one, local_port=one.jupyter.local_port) for one in saved
        }
        self.favourites = frozenset(one.name for one in saved if one.favourite)
        self.flavors = {one.name: one.flavors for one in saved if one.flavors}
        self._join()

    def add_hosts(self, names: Iterable[str]) -> None:
        """Take the names that ssh_config knows, in place of those before."""
        self._hosts = {
            name: Snapshot(name=name, host="", group=SSH_CONFIG, source="ssh_config")
            for name in names
        }
        self._join()

    def add_sessions(self, profiles: Iterable[Profile]) -> None:
        """Take the sessions that PuTTY has saved, in place of those before."""
        self._sessions = {one.name: row_of(one)._replace(group=PUTTY) for one in profiles}
        self._join()

    def _join(self) -> None:
        found = {**self._sessions, **self._hosts}.items()
        self._external = {name: one for name, one in found if name not in self._saved}

    def update(self, batch: Iterable[Snapshot]) -> None:
        """Take what the agent says."""
        now = self._clock.monotonic()
        for snapshot in batch:
            self._live[snapshot.name] = snapshot
            self._arrived[snapshot.name] = now
            if snapshot.usage:
                self._remember(snapshot.name, snapshot.usage)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Everything there is to list: saved ones in their order, then the rest."""
        seeds = {**self._saved, **self._external}
        known = (self.get(name) or seed for name, seed in seeds.items())
        strays = (self._stray(one) for name, one in self._live.items() if name not in seeds)
        return (*known, *filter(None, strays))

    def get(self, name: str) -> Snapshot | None:
        """One of them by its name."""
        live = self._live.get(name)
        if live is None:
            return self._saved.get(name) or self._external.get(name)
        if name in self._saved:
            live = _as_saved(live, self._saved[name])
        elif name in self._external:
            live = _placed(live, self._external[name].group)
        if live.retry_in is None:
            return live
        passed = self._clock.monotonic() - self._arrived[name]
        return live._replace(retry_in=max(0.0, live.retry_in - passed))

    def history(self, name: str) -> tuple[Usage, ...]:
        """The machine's measurements, oldest first."""
        return tuple(self._history.get(name, ()))

    def saved(self, name: str) -> bool:
        """Whether it is a profile of the user's."""
        return name in self._saved

    def up(self, name: str) -> bool:
        """Whether it is connected."""
        one = self.get(name)
        return one is not None and one.up

    @property
    def any_saved(self) -> bool:
        """Whether there is any profile at all."""
        return bool(self._saved)

    def _remember(self, name: str, usage: Usage) -> None:
        past = self._history.setdefault(name, deque(maxlen=REMEMBERED))
        if not past or past[-1] != usage:
            past.append(usage)

    def _stray(self, snapshot: Snapshot) -> Snapshot | None:
        """A session of something that is not saved: listed while there is something to it."""
        quiet = snapshot.state == "disconnected" and snapshot.last_error is None
        return None if quiet else _placed(self.get(snapshot.name) or snapshot)


def _as_saved(live: Snapshot, saved: Snapshot) -> Snapshot:
    """As the file says now, which the agent tells only once something happens; what is in use stays as it is."""
    live = live._replace(group=saved.group, tags=saved.tags)
    quiet = live.state == "disconnected"
    return live._replace(host=saved.host, user=saved.user) if quiet else live


def _placed(snapshot: Snapshot, home: str = SSH_CONFIG) -> Snapshot:
    quiet = snapshot.state == "disconnected"
    return snapshot._replace(group=home if quiet else UNSAVED)
