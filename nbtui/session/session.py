"""One session: the state, and the work it asks for.

Everything that happens is an event that goes through `post`; what the rules answer is done in the
session's worker, one thing after the other (`nbtui.session.turn`). Who waits for a state does so in
`nbtui.session.reach`.

Surprise: a job that nobody wants any more may still be under way when its rig is closed, so a rig is
closed twice: at once, which wakes a dial that hangs, and after the job, which may have opened more.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event as Flag

from nbtui.clock import Clock
from nbtui.errors import Interrupted, NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.snapshot import Light
from nbtui.quoting import quote
from nbtui.session import machine
from nbtui.session.caller import Caller
from nbtui.session.desk import Desk
from nbtui.session.ears import Ears
from nbtui.session.health import Health, link_light
from nbtui.session.machine import (
    Abandon,
    Connected,
    Disconnected,
    Do,
    Drop,
    Effect,
    Event,
    HangUp,
    Job,
    Level,
    Lost,
    Remember,
    ServerGone,
    State,
    Waiting,
    Watch,
    Working,
)
from nbtui.session.names import state_name
from nbtui.session.rig import Rig
from nbtui.session.wanted import Wanted
from nbtui.session.worker import Worker

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Session:
    """The life of one profile's link, server and tunnel."""

    name: str
    make_rig: Callable[[Caller], Rig]
    """Resolves the profile and takes hold of its link. Raises NbtuiError."""

    take_turn: Callable[["Session", Do, Flag], None]
    """Does one job, until the flag says that nobody wants it, and posts what came of it; see `turn`."""

    clock: Clock
    changed: Callable[["Session"], None]
    """Called, without a lock, after anything that a snapshot shows changed."""

    remember: Callable[[str, Wanted], None]
    meant: Callable[[], bool] = lambda: True
    """Whether it is a profile now, not a bare host name."""

    state: State = field(default_factory=Disconnected)
    since: float = 0.0
    """Wall time at which the state's name changed."""

    rig: Rig | None = None
    health: Health = field(default_factory=Health)
    doing: str = ""
    last_error: Failure | None = None
    caller: Caller | None = None
    """The last one; a reconnect borrows their ssh-agent."""

    local_port: int | str | None = None
    """Of `--local-port` by who opened the link."""

    doubted: bool = False
    """Something hints that its server ended: a look is due."""

    callers: list[Caller] = field(default_factory=list)
    """Who waits now; changed under `changing`."""

    changing: Condition = field(default_factory=Condition)
    """Held to change the state; notified when it did."""

    def __post_init__(self) -> None:
        self.desk = Desk(changed=self.tell_changed)
        self._worker = Worker(name=f"session {self.name}")
        self._cancelled = Flag()
        self._closed = Flag()
        self._closed.set()
        self._ears = Ears(state=lambda: self.state, post=self.post, lost=self._link_lost)
        self._shown: Light = "off"

    # -- what happens ---------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Let something happen."""
        with self.changing:
            self.apply(event)
        self.tell_changed()

    def apply(self, event: Event) -> None:
        """Let something happen; under `changing`, and `tell_changed` after it."""
        before = state_name(self.state)
        self.state, effects = machine.next_step(
            self.state, event, now=self.clock.monotonic()
        )
        now = state_name(self.state)
        if before != now:
            self.since = self.clock.wall()
            log.info("%s: %s -> %s", self.name, before, now)
        if not isinstance(self.state, Waiting):
            self._ears.unwatch()
        for effect in effects:
            self._run(effect)
        self.changing.notify_all()

    def tell_changed(self) -> None:
        """A snapshot says something else now."""
        self.changed(self)

    def glance(self) -> None:
        """Tell that the link's light changed: silence makes no event. After one, what rides on it is looked at."""
        rig = self.rig
        light: Light = "off" if rig is None else link_light(rig, self.clock)
        if light != self._shown:
            self.doubted |= (self._shown, light) == ("warn", "ok")
            self._shown = light
            self.tell_changed()

    def _run(self, effect: Effect) -> None:
        match effect:
            case Do():
                cancelled = self._cancelled = Flag()
                self._worker.submit(lambda: self.take_turn(self, effect, cancelled))
            case Abandon():
                self._cancelled.set()
            case HangUp():
                self._hang_up(launching=effect.launching)
            case Remember(goal=goal):
                self.remember(self.name, self._wanted(goal))
            case Watch():
                self._ears.watch(self.rig)

    def remember_goal(self) -> None:
        """Have it brought up again by the next agent as it is now."""
        if isinstance(self.state, Connected):
            self.remember(self.name, self._wanted(self.state.wish.goal))

    def _wanted(self, goal: Level) -> Wanted:
        caller = self.caller
        return Wanted(
            goal=goal,
            local_port=self.local_port,
            auth_sock=caller.login.auth_sock if caller else None,
            ssh_config=caller.ssh_config if caller else None,
        )

    # -- what is open ------------------------------------------------------------------------

    def held(self) -> Rig:
        """What is open. Raises: NbtuiError: nothing, any more."""
        if rig := self.rig:
            return rig
        hint = f"nbtui connect {quote(self.name)}"
        raise NbtuiError("it was disconnected meanwhile", hint=hint)

    def _hang_up(self, *, launching: bool) -> None:
        """Let go of the rig; a launch that is under way needs the link to undo itself."""
        rig, self.rig, self.health = self.rig, None, Health()
        closed = self._closed = Flag()
        if rig is not None and not launching:
            Worker(name=f"hang up {self.name}").submit(rig.close)
        self._worker.submit(lambda: _close(rig, closed))

    def close(self) -> None:
        """The agent ends: let go of everything, and forget nothing."""
        with self.changing:
            self._cancelled.set()
            launching = isinstance(self.state, Working) and self.state.job is Job.LAUNCH
            self._hang_up(launching=launching)

    def drop(self) -> None:
        """Nobody wants it any more; see `wait_closed`."""
        with self.changing:
            self.apply(Drop())
            self.last_error = None
        self.tell_changed()

    def wait_closed(self, seconds: float) -> bool:
        """Wait until port and link are given back after a `Drop`; whether they are."""
        return self._closed.wait(seconds)

    def take_rig(self, cancelled: Flag) -> Rig:
        """The rig, made when there is none; an abandoned job leaves none behind."""
        if self.rig is not None:
            return self.rig
        assert self.caller is not None  # noqa: S101  # who wants something is set before
        rig = self.make_rig(self.caller)  # not under the lock: it may run programs
        with self.changing:
            if not cancelled.is_set():
                self.rig = rig
                rig.deaf = self._ears.listen(rig)
                return rig
        rig.close()
        raise Interrupted("cancelled")

    def way_up(self) -> None:
        """See `Ears.way_up`."""
        self._ears.way_up()

    def _link_lost(self, rig: Rig, reason: str) -> None:
        with self.changing:
            if self.rig is not rig:
                return
            log.info("%s: link lost: %s", self.name, reason)
            self.apply(Lost())
        self.tell_changed()

    @property
    def alone(self) -> bool:
        """Nobody waits for it, and nobody could answer a question."""
        return not self.callers and self.desk.alone

    def learn(self, rig: Rig, health: Health) -> None:
        """Keep what a look at the layers of `rig` said, unless it was closed meanwhile."""
        with self.changing:
            if self.rig is rig:
                self.health = health
        self.tell_changed()

    def doubt(self) -> None:
        """Ask for a look soon; from any thread, and never blocks."""
        self.doubted = True

    def server_ended(self, rig: Rig, failure: Failure) -> None:
        """Somebody saw that the server of `rig` is no more."""
        with self.changing:
            if self.rig is not rig or not isinstance(self.state, Connected):
                return  # it was meant to end
            self.health = Health(server="bad", usage=self.health.usage)
            self.last_error = failure
            if rig.server is not None:
                rig.last_port, rig.server = rig.server.port, None
            self.apply(ServerGone())
        self.tell_changed()

    def say(self, text: str) -> None:
        """What is being waited for now."""
        self.doing = text
        self.tell_changed()


def _close(rig: Rig | None, closed: Flag) -> None:
    try:
        if rig is not None:
            rig.close()
    finally:
        closed.set()
