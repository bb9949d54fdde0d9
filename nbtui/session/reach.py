"""Waiting until what somebody wants is up, or until it is known why it cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager

from nbtui.errors import ExitCode, HostLacks, Interrupted, NbtuiError, TimedOut
from nbtui.model.failure import Failure
from nbtui.quoting import quote
from nbtui.session.caller import Caller
from nbtui.session.machine import (
    Cancel,
    Connected,
    Disconnected,
    Failed,
    Parked,
    Stopping,
    Waiting,
    Want,
    Wish,
)
from nbtui.session.rig import Rig
from nbtui.session.session import Session

GRACE_SECONDS = 0.5
"""What a step that ran out of time has to say so."""

LOOK_SECONDS = 0.1
"""Between two looks at whether the caller is still there."""


class RemoteError(NbtuiError):
    """A failure that was kept as data, raised again for the next who waits."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            failure.message, host=failure.host, layer=failure.layer, hint=failure.hint
        )
        self.code, self.offered = ExitCode(failure.code), failure.offered


def reach(session: Session, wish: Wish, caller: Caller) -> None:
    """Return when what is wished is up.

    Raises:
        NbtuiError: why it cannot be; Interrupted: the caller went or somebody disconnected.
    """
    with session.desk.attached(caller.asker), _waiting(session, caller):
        session.post(Want(wish=wish))
        _settle(session, wish, caller)


@contextmanager
def _waiting(session: Session, caller: Caller) -> Iterator[None]:
    """Among those who wait; what the last one gives up on is ended."""
    with session.changing:
        session.caller = caller
        if caller.local_port is not None or _nobody_wants(session):
            session.local_port = caller.local_port
        session.callers.append(caller)
    try:
        yield
    except (Interrupted, TimedOut):
        _give_up(session, caller)
        raise
    finally:
        with session.changing:
            session.callers.remove(caller)


def _nobody_wants(session: Session) -> bool:
    """Nothing is on its way, so the port that somebody once asked for is no page's."""
    idle = isinstance(session.state, Disconnected | Failed | Parked)
    return idle and session.rig is None


def _give_up(session: Session, caller: Caller) -> None:
    """End what nobody else waits for.

    Surprise: whoever vanished in front of a question (a terminal that was closed) said nothing about
    what they want, so the attempt goes on to where it needs them and is parked there.
    """
    vanished = caller.asker is not None and caller.asker.vanished
    with session.changing:
        if session.callers == [caller] and not (vanished and session.desk.unanswered):
            session.apply(Cancel())
    session.tell_changed()


@contextmanager
def borrowed(session: Session, caller: Caller) -> Iterator[Rig]:
    """What is open, or else what would be, whose link is not opened by this."""
    if session.rig is not None:
        yield session.rig
        return
    rig = session.make_rig(caller)
    try:
        yield rig
    finally:
        rig.close()


def _settle(session: Session, wish: Wish, caller: Caller) -> None:
    with session.changing:
        while True:
            if caller.gone.is_set():
                raise Interrupted("cancelled", hint=f"nbtui connect {quote(session.name)}")
            if _reached(session, wish):
                return
            _check_deadline(session, caller)
            session.changing.wait(LOOK_SECONDS)


def _check_deadline(session: Session, caller: Caller) -> None:
    """A moment later than the step under way, which knows best what did not answer."""
    if caller.deadline is None:
        return
    if session.clock.monotonic() >= caller.deadline + GRACE_SECONDS:
        what = session.doing or "connecting"
        raise TimedOut(f"gave up waiting: {what}", layer="wait", hint="a longer --wait")


def _reached(session: Session, wish: Wish) -> bool:
    match session.state:
        case Connected(level=level) if level >= wish.goal:
            return True
        case Connected():
            raise _why_not(session)
        case Failed(failure=failure) | Parked(failure=failure) | Waiting(failure=failure):
            raise RemoteError(failure)
        case Disconnected():
            raise Interrupted("it was disconnected meanwhile")
        case Stopping():
            raise NbtuiError("its server is being shut down")
        case _:
            return False


def _why_not(session: Session) -> NbtuiError:
    if session.last_error is not None:
        return RemoteError(session.last_error)
    return HostLacks(
        "no Jupyter server runs there", hint=f"nbtui start {quote(session.name)}"
    )
