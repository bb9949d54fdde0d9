"""One job of a session, from the effect that asks for it to the event that it ends in.

Runs in the session's worker. An outcome that nobody wants any more is dropped here.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event as Flag

from nbtui.errors import ExitCode, LinkError, LoginError, NbtuiError, NoAnswer
from nbtui.model.failure import Failure
from nbtui.session.jobs import Work
from nbtui.session.machine import Broke, Connected, Do, Done, Job, Lost, Waiting, Working
from nbtui.session.rig import Rig
from nbtui.session.session import Session

log = logging.getLogger(__name__)

LASTING = frozenset(
    {
        ExitCode.USAGE,
        ExitCode.NO_SUCH_PROFILE,
        ExitCode.LOGIN,
        ExitCode.PORT_TAKEN,
        ExitCode.HOST_LACKS,
        ExitCode.REFUSED,
    }
)
"""Failures that another attempt cannot mend. One of a host key is none: the right host may be back by then, and
whoever pretends to be it is told nothing."""

RunJob = Callable[[Session, Job, Rig, Work], bool]
"""Does one job; for FIND the result says whether there is a server."""


def turns(run_job: RunJob) -> Callable[[Session, Do, Flag], None]:
    """What a session is handed to do its jobs with."""
    return lambda session, effect, cancelled: Turn(
        session=session, effect=effect, cancelled=cancelled, run_job=run_job
    ).take()


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """See the module."""

    session: Session
    effect: Do
    cancelled: Flag
    """Set once nobody wants it any more."""

    run_job: RunJob

    def take(self) -> None:
        """Do it."""
        session, job = self.session, self.effect.job
        if self.cancelled.is_set():
            return
        try:
            work = self._work()
            found = self.run_job(session, job, session.take_rig(self.cancelled), work)
        except NbtuiError as exc:
            self._failed(exc)
        except Exception as exc:  # the worker ends here: a fault of ours is a failure, too
            log.exception("%s: %s", session.name, job)
            message = f"internal error: {type(exc).__name__}"
            self._failed(NbtuiError(message, hint="nbtui agent logs"))
        else:
            self._outcome(Done(found=found))

    def _work(self) -> Work:
        session = self.session
        assert session.caller is not None  # noqa: S101  # who wants something is set before
        session.desk.clear()
        return Work(
            ask=session.desk.ask,
            tell=session.say,
            cancelled=self.cancelled,
            clock=session.clock,
            login=replace(session.caller.login, alone=lambda: session.alone),
            start=self.effect.start,
            again=self.effect.again,
            until=self._patience(),
            meant=session.meant(),
        )

    def _patience(self) -> float | None:
        """When the last of those who wait gives up; None: one does not, or nobody waits."""
        with self.session.changing:
            deadlines = [caller.deadline for caller in self.session.callers]
        bounded = [deadline for deadline in deadlines if deadline is not None]
        return max(bounded) if bounded and len(bounded) == len(deadlines) else None

    def _failed(self, error: NbtuiError) -> None:
        helped = error.helped if isinstance(error, LinkError) else None
        unanswered = helped is not None or self.session.desk.left is not None
        broke = Broke(
            failure=Failure.of(error, name=self.session.name),
            lasting=_lasting(error),
            human=unanswered and self._deserted(),
            silent=isinstance(error, NoAnswer),
            jitter=random.uniform(0.5, 1.0),  # noqa: S311  # spreads attempts, no secret
        )
        self._outcome(broke)
        if helped is not None and helped():
            self.session.way_up()  # it came up before we were parked

    def _deserted(self) -> bool:
        """Somebody could have answered and is gone; a caller without a terminal never could."""
        state, caller = self.session.state, self.session.caller
        again = isinstance(state, Working) and state.was_up
        return again or (caller is not None and caller.asker is not None)

    def _outcome(self, event: Done | Broke) -> None:
        session = self.session
        session.desk.forget()
        with session.changing:
            session.doing = ""
            if self.cancelled.is_set():
                return
            if isinstance(event, Broke):
                session.last_error = event.failure
            session.apply(event)
            self._arrived(event)
            _note_attempt(session)
        session.tell_changed()

    def _arrived(self, event: Done | Broke) -> None:
        """What went wrong on the way is over; a link that was lost on the way is lost now."""
        session = self.session
        if not isinstance(session.state, Connected):
            return
        if isinstance(event, Done) and not session.state.server_lost:
            session.last_error = None
        if session.rig is not None and not session.rig.link.up:
            session.apply(Lost())


def _lasting(error: NbtuiError) -> bool:
    passing = isinstance(error, LoginError) and error.passing
    return error.code in LASTING and not passing


def _note_attempt(session: Session) -> None:
    """Into the log, the 1st, 10th, 100th: a network may be away for days."""
    state = session.state
    if isinstance(state, Waiting) and str(state.attempt).strip("0") == "1":
        why = state.failure.message.partition("\n")[0]
        log.info("%s: attempt %d failed: %s", session.name, state.attempt, why)
