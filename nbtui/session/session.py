"""One session: the state, who waits for it, and the work it asks for.

Everything that happens is an event that goes through `post`; what the rules answer is done in the
session's worker, one thing after the other. Who wants something calls `reach` and waits for the
state to settle.
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event as Flag

from nbtui.clock import Clock
from nbtui.errors import ExitCode, HostLacks, Interrupted, NbtuiError, TimedOut
from nbtui.model.failure import Failure
from nbtui.session import machine
from nbtui.session.desk import Asker, Desk
from nbtui.session.health import Health
from nbtui.session.jobs import Work
from nbtui.session.machine import (
    Abandon,
    Broke,
    Cancel,
    Connected,
    Disconnected,
    Do,
    Done,
    Effect,
    Event,
    Failed,
    HangUp,
    Job,
    Level,
    Parked,
    Remember,
    State,
    Stopping,
    Want,
    Wish,
    Working,
)
from nbtui.session.rig import Rig
from nbtui.session.worker import Worker
from nbtui.ssh.link import LoginContext

log = logging.getLogger(__name__)

LASTING = frozenset(
    {
        ExitCode.LOGIN,
        ExitCode.HOST_KEY,
        ExitCode.PORT_TAKEN,
        ExitCode.HOST_LACKS,
        ExitCode.REFUSED,
    }
)
"""Failures that another attempt cannot mend."""

GRACE_SECONDS = 0.5
"""What a step that ran out of time has to say so."""

RunJob = Callable[["Session", Job, Rig, Work], bool]
"""Does one job; for FIND the result says whether there is a server."""


class RemoteError(NbtuiError):
    """A failure that was kept as data, raised again for the next who waits."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            failure.message, host=failure.host, layer=failure.layer, hint=failure.hint
        )
        self.code = ExitCode(failure.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who wants something, and how to reach them."""

    asker: Asker | None
    """None: they cannot be asked."""

    gone: Flag
    """Set when they went away."""

    login: LoginContext
    deadline: float | None = None
    """On the clock; None: each step has a bound of its own."""

    local_port: "int | str | None" = None
    """Of `--local-port`: a number, "auto", or as the profile says."""


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
    meant: bool = True
    """A profile, not a bare host name."""

    state: State = field(default_factory=Disconnected)
    since: float = 0.0
    """Wall time at which the state's name changed."""

    rig: Rig | None = None
    health: Health = field(default_factory=Health)
    doing: str = ""
    last_error: Failure | None = None
    caller: Caller | None = None
    """The last one; a reconnect borrows their ssh-agent."""

    def __post_init__(self) -> None:
        self.desk = Desk(changed=self._tell_changed)
        self._worker = Worker(name=f"session {self.name}")
        self._condition = Condition()
        self._cancelled = Flag()
        self._waiters = 0

    # -- what happens ---------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Let something happen."""
        with self._condition:
            self._apply(event)
        self._tell_changed()

    def _apply(self, event: Event) -> None:
        before = self.state
        self.state, effects = machine.next_step(before, event, now=self.clock.monotonic())
        if type(before) is not type(self.state):
            self.since = self.clock.wall()
            log.info(
                "%s: %s -> %s", self.name, type(before).__name__, type(self.state).__name__
            )
        for effect in effects:
            self._run(effect)
        self._condition.notify_all()

    def _run(self, effect: Effect) -> None:
        match effect:
            case Do():
                cancelled = self._cancelled = Flag()
                self._worker.submit(lambda: self._work(effect, cancelled))
            case Abandon():
                self._cancelled.set()
            case HangUp():
                rig, self.rig, self.health = self.rig, None, Health()
                if rig is not None:
                    self._hang_up(rig, launching=effect.launching)
            case Remember(goal=goal):
                self.remember(self.name, goal)

    def _hang_up(self, rig: Rig, *, launching: bool) -> None:
        """Close at once, so that a dial that hangs is woken; a launch needs the link to undo itself."""
        other = Worker(name=f"hang up {self.name}")
        (self._worker if launching else other).submit(rig.close)

    # -- work -----------------------------------------------------------------------------

    def _work(self, effect: Do, cancelled: Flag) -> None:
        try:
            found = self.run_job(
                self,
                effect.job,
                self._take_rig(cancelled),
                self._work_for(effect, cancelled),
            )
        except NbtuiError as exc:
            self._failed(exc, cancelled)
        except Exception as exc:  # the worker ends here: a fault of ours is a failure, too
            log.exception("%s: %s", self.name, effect.job)
            self._failed(
                NbtuiError(
                    f"internal error: {type(exc).__name__}", hint="nbtui agent logs"
                ),
                cancelled,
            )
        else:
            self._outcome(Done(found=found), cancelled)

    def _take_rig(self, cancelled: Flag) -> Rig:
        """The rig, made when there is none; an abandoned job leaves none behind."""
        with self._condition:
            if self.rig is None:
                assert self.caller is not None  # noqa: S101  # who wants something is set before
                rig = self.make_rig(self.caller)
                if cancelled.is_set():
                    rig.close()
                    raise Interrupted("cancelled")
                self.rig = rig
                rig.deaf = rig.link.on_lost(lambda reason: self._link_lost(rig, reason))
            return self.rig

    def _link_lost(self, rig: Rig, reason: str) -> None:
        if self.rig is rig:
            log.info("%s: link lost: %s", self.name, reason)
            self.post(machine.Lost())

    def _work_for(self, effect: Do, cancelled: Flag) -> Work:
        assert self.caller is not None  # noqa: S101
        self.desk.clear()
        return Work(
            ask=self.desk.ask,
            tell=self._say,
            cancelled=cancelled,
            clock=self.clock,
            login=self.caller.login,
            start=effect.start,
            until=self.caller.deadline if self._waiters else None,
            meant=self.meant,
        )

    def _failed(self, error: NbtuiError, cancelled: Flag) -> None:
        failure = Failure.of(error, name=self.name)
        if not cancelled.is_set():
            self.last_error = failure
        human = self.desk.left is not None and self._deserted()
        self._outcome(
            Broke(
                failure=failure,
                lasting=error.code in LASTING,
                human=human,
                jitter=random.uniform(0.5, 1.5),  # noqa: S311  # spreads attempts, no secret
            ),
            cancelled,
        )

    def _deserted(self) -> bool:
        """Somebody could have answered and is gone; a caller without a terminal never could."""
        state = self.state
        again = isinstance(state, Working) and state.was_up
        return again or (self.caller is not None and self.caller.asker is not None)

    def _outcome(self, event: Done | Broke, cancelled: Flag) -> None:
        with self._condition:
            self.doing = ""
            if cancelled.is_set():
                return
            self._apply(event)
            if isinstance(self.state, Connected):
                self.last_error = self.last_error if self.state.server_lost else None
        self._tell_changed()

    def _say(self, text: str) -> None:
        self.doing = text
        self._tell_changed()

    def _tell_changed(self) -> None:
        self.changed(self)

    # -- who waits ------------------------------------------------------------------------

    def reach(self, wish: Wish, caller: Caller) -> None:
        """Return when what is wished is up.

        Raises:
            NbtuiError: why it cannot be; Interrupted: the caller went or somebody disconnected.
        """
        with self.desk.attached(caller.asker), self._waiting():
            self.caller = caller
            self.post(Want(wish=wish))
            self._settle(wish, caller)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Count who waits; what the last one gave up on is ended."""
        self._waiters += 1
        try:
            yield
        except (Interrupted, TimedOut):
            if self._waiters == 1:
                self.post(Cancel())
            raise
        finally:
            self._waiters -= 1

    def _settle(self, wish: Wish, caller: Caller) -> None:
        with self._condition:
            while not self._reached(wish):
                if caller.gone.is_set():
                    raise Interrupted("cancelled", hint="nbtui connect " + self.name)
                self._check_deadline(caller)
                self._condition.wait(0.1)

    def _check_deadline(self, caller: Caller) -> None:
        """A moment later than the step under way, which knows best what did not answer."""
        if (
            caller.deadline is not None
            and self.clock.monotonic() >= caller.deadline + GRACE_SECONDS
        ):
            what = self.doing or "connecting"
            raise TimedOut(f"gave up waiting: {what}", layer="wait", hint="a longer --wait")

    def _reached(self, wish: Wish) -> bool:
        match self.state:
            case Connected(level=level) if level >= wish.goal:
                return True
            case Connected():
                raise self._why_not()
            case Failed(failure=failure) | Parked(failure=failure):
                raise RemoteError(failure)
            case Disconnected():
                raise Interrupted("it was disconnected meanwhile")
            case Stopping():
                raise NbtuiError("its server is being shut down")
            case _:
                return False

    def _why_not(self) -> NbtuiError:
        if self.last_error is not None:
            return RemoteError(self.last_error)
        return HostLacks("no Jupyter server runs there", hint=f"nbtui start {self.name}")
