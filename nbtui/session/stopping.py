"""`stop`: a clean shutdown of the server, then of everything of ours at either end."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nbtui.clock import Clock
from nbtui.errors import HostLacks
from nbtui.session import shutdown
from nbtui.session.caller import Caller
from nbtui.session.commands import CLOSE_SECONDS
from nbtui.session.health import server_lives
from nbtui.session.looking import look
from nbtui.session.machine import (
    Disconnected,
    Failed,
    Level,
    StopBegins,
    StopRefused,
    Wish,
)
from nbtui.session.reach import reach
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.shutdown import Permission, Report


def stop(session: Session, caller: Caller, may: Permission, clock: Clock) -> Report:
    """Shut it down; what could not be seen to be gone is in the report.

    Raises:
        Refused: the answer was no, or work would be lost; things are as they were.
        NbtuiError: the host could not be asked; likewise.
    """
    report = Report(name=session.name)
    with _as_it_was(session):
        rig = _find(session, caller)
        kernels = shutdown.kernels_of(rig)
        shutdown.consent(rig, kernels, may, clock.wall())
        session.post(StopBegins())
        shutdown.shut_down(rig, kernels or (), report, clock)
    _close(session, report, clock)
    return report


@contextmanager
def _as_it_was(session: Session) -> Iterator[None]:
    """A link that was opened only for this goes when it comes to nothing."""
    was_down = isinstance(session.state, Disconnected | Failed)
    try:
        yield
    except BaseException:
        session.post(StopRefused())
        if was_down:
            session.drop()
        raise


def _find(session: Session, caller: Caller) -> Rig:
    rig = look(session, caller)
    if rig.server is not None and not server_lives(rig):
        rig.server = None
    if rig.server is None:
        with suppress(HostLacks):  # then there is nothing to shut down but its session
            reach(session, Wish(goal=Level.SERVER), caller)
    return rig


def _close(session: Session, report: Report, clock: Clock) -> None:
    rig = session.rig
    began = clock.monotonic()
    session.drop()
    closed = session.wait_closed(CLOSE_SECONDS)
    seconds = round(clock.monotonic() - began, 3)
    report.steps.append(
        shutdown.Step(step="close forwards and link", ok=closed, seconds=seconds)
    )
    if not closed and rig is not None:
        report.left.append(f"local port {rig.local_port}")
