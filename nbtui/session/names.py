"""The words of `state` in `status --json`."""

from nbtui.model.snapshot import StateName
from nbtui.session.machine import (
    Connected,
    Disconnected,
    Failed,
    Level,
    Parked,
    State,
    Stopping,
    Waiting,
    Working,
)


def state_name(state: State) -> StateName:
    """What a state is called.

    >>> state_name(Disconnected())
    'disconnected'
    """
    match state:
        case Disconnected():
            return "disconnected"
        case Working(was_up=True) | Waiting():
            return "reconnecting"
        case Working(level=level):
            return "connecting" if level is Level.NOTHING else "starting"
        case Connected():
            return "connected"
        case Parked():
            return "needs-input"
        case Stopping():
            return "stopping"
        case Failed():
            return "failed"
