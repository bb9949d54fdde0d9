"""All sessions of one agent: made on demand, watched, ticked, brought up again after a crash."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event as Flag, Lock, RLock

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.model.profile import Profile
from nbtui.model.row import row_of
from nbtui.model.snapshot import Snapshot
from nbtui.session import snapshots
from nbtui.session.caller import Caller
from nbtui.session.machine import (
    Connected,
    Disconnected,
    Nudge,
    Tick,
    Waiting,
    Want,
    Wish,
)
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.turn import RunJob, turns
from nbtui.session.wanted import Wanted
from nbtui.ssh.link import LoginContext

log = logging.getLogger(__name__)

NOTHING_OPEN = frozenset({"disconnected", "failed"})

Watcher = Callable[[Snapshot], None]


@dataclass(kw_only=True)
class Manager:
    """The sessions by name."""

    profiles: Callable[[], tuple[Profile, ...]]
    """The saved profiles as they are on disk now. Raises ConfigError."""

    make_rig: Callable[[str, Caller], Rig]
    """Resolve a name and take hold of its link. Raises NbtuiError."""

    run_job: RunJob
    remember: Callable[[str, Wanted], None]
    clock: Clock
    _sessions: dict[str, Session] = field(default_factory=dict)
    _watchers: list[Watcher] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)
    _telling: Lock = field(default_factory=Lock)

    def session(self, name: str) -> Session:
        """The session of this name; made when there is none."""
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._make(name)
            return self._sessions[name]

    def _make(self, name: str) -> Session:
        return Session(
            name=name,
            make_rig=lambda caller: self.make_rig(name, caller),
            clock=self.clock,
            changed=self._changed,
            remember=self.remember,
            take_turn=turns(self.run_job),
            meant=lambda: self._profile(name) is not None,
        )

    def sessions(self) -> tuple[Session, ...]:
        """Those that somebody did something with."""
        with self._lock:
            return tuple(self._sessions.values())

    def snapshot(self, session: Session) -> Snapshot:
        """What there is to say about one session now."""
        profile = self._profile(session.name) or Profile(
            name=session.name, source="command line"
        )
        return snapshots.of_session(session, row_of(profile), self.clock)

    def _profile(self, name: str) -> Profile | None:
        try:
            return next((one for one in self.profiles() if one.name == name), None)
        except NbtuiError:
            return None  # who acts on it is told; a row can be drawn all the same

    def snapshots(self, names: tuple[str, ...] | None = None) -> tuple[Snapshot, ...]:
        """Rows of the saved profiles in their order, then of what else is open.

        A host that is no profile (any more) and is not connected is shown to who names it only.

        Raises: ConfigError.
        """
        sessions = {session.name: session for session in self.sessions()}
        saved = {profile.name: row_of(profile) for profile in self.profiles()}
        rows = [
            self.snapshot(sessions[name]) if name in sessions else saved[name]
            for name in (*saved, *(x for x in sessions if x not in saved))
        ]
        if names is not None:
            return tuple(row for row in rows if row.name in names)
        return tuple(x for x in rows if x.name in saved or x.state not in NOTHING_OPEN)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher`, which must not block, with the new row whenever one changes.

        Returns: what ends that; safe to call twice.
        """
        with self._lock:
            self._watchers.append(watcher)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._watchers.remove(watcher)

        return end

    def _changed(self, session: Session) -> None:
        """Tell the watchers; one after the other, so that an older row never comes last."""
        with self._telling:
            watchers = tuple(self._watchers)
            if not watchers:
                return
            row = self.snapshot(session)
            for watcher in watchers:
                try:
                    watcher(row)
                except Exception:  # one watcher's trouble is not the session's
                    log.exception("watching %s", session.name)

    @property
    def active(self) -> int:
        """Sessions that hold or want a link."""
        return sum(session.rig is not None for session in self.sessions())

    def tick(self) -> None:
        """Time has passed: due attempts are made, and links that fell silent are shown so."""
        for session in self.sessions():
            if isinstance(session.state, Waiting):
                session.post(Tick())
            elif isinstance(session.state, Connected):
                session.glance()

    def nudge(self) -> None:
        """A reason to try at once everywhere."""
        for session in self.sessions():
            session.post(Nudge())

    def recover(self, wanted: dict[str, Wanted]) -> None:
        """Bring up again what was up when an agent ended; nothing is started, nobody is asked."""
        for name, one in wanted.items():
            session = self.session(name)
            if isinstance(session.state, Disconnected):
                login = LoginContext(auth_sock=one.auth_sock)
                session.caller = Caller(
                    asker=None, gone=Flag(), login=login, ssh_config=one.ssh_config
                )
                session.local_port = one.local_port
                session.post(Want(wish=Wish(goal=one.goal), recover=True))

    def close(self, seconds: float) -> None:
        """The agent ends: let go of everything, and forget nothing.

        Args: seconds: how long to wait for that, at most.
        """
        sessions = [one for one in self.sessions() if one.rig is not None]
        for session in sessions:
            session.close()
        until = self.clock.monotonic() + seconds
        for session in sessions:
            session.wait_closed(max(0.0, until - self.clock.monotonic()))

    def connected(self) -> tuple[Session, ...]:
        """Those whose layers can be looked at."""
        return tuple(one for one in self.sessions() if isinstance(one.state, Connected))
