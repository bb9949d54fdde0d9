"""One session: the state, and the work it asks for.

Everything that happens is an event that goes through `post`; what the rules answer is done in the
session's worker, one thing after the other. Who waits for a state does so in `nbtui.session.reach`.

Surprise: a job that nobody wants any more may still be under way when its rig is closed, so a rig is
closed twice: at once, which wakes a dial that hangs, and after the job, which may have opened more.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Condition, Event as Flag

from nbtui.clock import Clock
from nbtui.errors import ExitCode, Interrupted, LinkError, NbtuiError, NoAnswer
from nbtui.model.failure import Failure
from nbtui.model.snapshot import Light
from nbtui.session import machine
from nbtui.session.caller import Caller
from nbtui.session.desk import Desk
from nbtui.session.ears import Ears
from nbtui.session.health import Health, link_light
from nbtui.session.jobs import Work
from nbtui.session.machine import (
    Abandon,
    Broke,
    Connected,
    Disconnected,
    Do,
    Done,
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
from nbtui.session.worker import Worker

log = logging.getLogger(__name__)

LASTING = frozenset(
    {
        ExitCode.USAGE,
        ExitCode.NO_SUCH_PROFILE,
        ExitCode.LOGIN,
        ExitCode.HOST_KEY,
        ExitCode.PORT_TAKEN,
        ExitCode.HOST_LACKS,
        ExitCode.REFUSED,
    }
)
"""Failures that another attempt cannot mend."""

RunJob = Callable[["Session", Job, Rig, Work], bool]
"""Does one job; for FIND the result says whether there is a server."""


@dataclass(kw_only=True)
class Session:
    """The life of one profile's link, server and tunnel."""

    name: str
    make_rig: Callable[[Caller], Rig]
    """Resolves the profile and takes hold of its link. Raises NbtuiError."""

    run_job: RunJob
    clock: Clock
    changed: Callable[["Session"], None]
    """Called, without a lock, after anything that a snapshot shows changed."""

    remember: Callable[[str, Level], None]
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
        """Tell that the link's light changed: silence makes no event."""
        rig = self.rig
        light: Light = "off" if rig is None else link_light(rig, self.clock)
        if light != self._shown:
            self._shown = light
            self.tell_changed()

    def _run(self, effect: Effect) -> None:
        match effect:
            case Do():
                cancelled = self._cancelled = Flag()
                self._worker.submit(lambda: self._work(effect, cancelled))
            case Abandon():
                self._cancelled.set()
            case HangUp():
                self._hang_up(launching=effect.launching)
            case Remember(goal=goal):
                self.remember(self.name, goal)
            case Watch():
                self._ears.watch(self.rig)

    # -- what is open ------------------------------------------------------------------------

    def held(self) -> Rig:
        """What is open. Raises: NbtuiError: nothing, any more."""
        if rig := self.rig:
            return rig
        hint = f"nbtui connect {self.name}"
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

    # -- work -----------------------------------------------------------------------------

    def _work(self, effect: Do, cancelled: Flag) -> None:
        if cancelled.is_set():
            return
        try:
            work = self._work_for(effect, cancelled)
            found = self.run_job(self, effect.job, self._take_rig(cancelled), work)
        except NbtuiError as exc:
            self._failed(exc, cancelled)
        except Exception as exc:  # the worker ends here: a fault of ours is a failure, too
            log.exception("%s: %s", self.name, effect.job)
            message = f"internal error: {type(exc).__name__}"
            self._failed(NbtuiError(message, hint="nbtui agent logs"), cancelled)
        else:
            self._outcome(Done(found=found), cancelled)

    def _take_rig(self, cancelled: Flag) -> Rig:
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

    def _link_lost(self, rig: Rig, reason: str) -> None:
        with self.changing:
            if self.rig is not rig:
                return
            log.info("%s: link lost: %s", self.name, reason)
            self.apply(Lost())
        self.tell_changed()

    def _work_for(self, effect: Do, cancelled: Flag) -> Work:
        assert self.caller is not None  # noqa: S101
        self.desk.clear()
        return Work(
            ask=self.desk.ask,
            tell=self._say,
            cancelled=cancelled,
            clock=self.clock,
            login=replace(self.caller.login, alone=lambda: self._alone),
            start=effect.start,
            again=effect.again,
            until=self._patience(),
            meant=self.meant(),
        )

    @property
    def _alone(self) -> bool:
        return not self.callers and self.desk.alone

    def _patience(self) -> float | None:
        """When the last of those who wait gives up; None: one does not, or nobody waits."""
        with self.changing:
            deadlines = [caller.deadline for caller in self.callers]
        bounded = [deadline for deadline in deadlines if deadline is not None]
        return max(bounded) if bounded and len(bounded) == len(deadlines) else None

    def _failed(self, error: NbtuiError, cancelled: Flag) -> None:
        helped = error.helped if isinstance(error, LinkError) else None
        unanswered = helped is not None or self.desk.left is not None
        broke = Broke(
            failure=Failure.of(error, name=self.name),
            lasting=error.code in LASTING and not getattr(error, "passing", False),
            human=unanswered and self._deserted(),
            silent=isinstance(error, NoAnswer),
            jitter=random.uniform(0.5, 1.0),  # noqa: S311  # spreads attempts, no secret
        )
        self._outcome(broke, cancelled)
        if helped is not None and helped():
            self._ears.way_up()  # it came up before we were parked

    def _deserted(self) -> bool:
        """Somebody could have answered and is gone; a caller without a terminal never could."""
        state = self.state
        again = isinstance(state, Working) and state.was_up
        return again or (self.caller is not None and self.caller.asker is not None)

    def _outcome(self, event: Done | Broke, cancelled: Flag) -> None:
        self.desk.forget()
        with self.changing:
            self.doing = ""
            if cancelled.is_set():
                return
            if isinstance(event, Broke):
                self.last_error = event.failure
            self.apply(event)
            self._arrived(event)
            self._note_attempt()
        self.tell_changed()

    def _arrived(self, event: Done | Broke) -> None:
        """What went wrong on the way is over; a link that was lost on the way is lost now."""
        if not isinstance(self.state, Connected):
            return
        if isinstance(event, Done) and not self.state.server_lost:
            self.last_error = None
        if self.rig is not None and not self.rig.link.up:
            self.apply(Lost())

    def _note_attempt(self) -> None:
        """Into the log, the 1st, 10th, 100th: a network may be away for days."""
        state = self.state
        if isinstance(state, Waiting) and str(state.attempt).strip("0") == "1":
            why = state.failure.message.partition("\n")[0]
            log.info("%s: attempt %d failed: %s", self.name, state.attempt, why)

    def learn(self, rig: Rig, health: Health) -> None:
        """Keep what a look at the layers of `rig` said, unless it was closed meanwhile."""
        with self.changing:
            if self.rig is rig:
                self.health = health
        self.tell_changed()

    def server_ended(self, rig: Rig, failure: Failure) -> None:
        """Somebody saw that the server of `rig` is no more."""
        with self.changing:
            if self.rig is not rig or not isinstance(self.state, Connected):
                return  # it was meant to end
            self.health = Health(server="bad", usage=self.health.usage)
            self.last_error = failure
            rig.server = None
            self.apply(ServerGone())
        self.tell_changed()

    def _say(self, text: str) -> None:
        self.doing = text
        self.tell_changed()


def _close(rig: Rig | None, closed: Flag) -> None:
    try:
        if rig is not None:
            rig.close()
    finally:
        closed.set()
