"""Which keys the bar at the bottom shows, by what is selected. All keys always work. Pure."""

from nbtui.model.snapshot import Snapshot, StateName
from nbtui.tui.rows import SOURCES, GroupRow, HostRow, Row

ALWAYS = ("help", "leave")
_IDLE = (
    "host('enter')",
    "host('connect')",
    "host('start')",
    "host('shell')",
    "filter",
    "profile('edit')",
    "profile('new')",
)
_UP = (
    "host('enter')",
    "host('attach')",
    "host('shell')",
    "host('disconnect')",
    "host('stop')",
    "logs",
    "host('hints')",
    "filter",
    "host('copy')",
)
_UNDER_WAY = ("host('disconnect')", "logs", "filter", "host('probe')")
_NEEDY = ("host('enter')", "host('disconnect')", "doctor", "profile('edit')", "filter")
_FAILED = (
    "host('enter')",
    "host('connect')",
    "doctor",
    "profile('edit')",
    "filter",
    "host('disconnect')",
)


def actions_for(row: Row | None) -> tuple[str, ...]:
    """The actions that make sense now, the likeliest first.

    >>> actions_for(None)
    ("profile('new')",)
    """
    match row:
        case None:
            return ("profile('new')",)
        case GroupRow(name=group) if group in SOURCES:
            return ("host('enter')", "import", "filter")
        case HostRow(
            snapshot=Snapshot(source="putty" | "ssh_config", state="disconnected")
        ):
            return ("host('enter')", "host('shell')", "import", "filter")
        case GroupRow():
            return ("host('enter')", "filter", "profile('new')")
        case HostRow(snapshot=snapshot):
            return _for_state(snapshot.state)


def _for_state(state: StateName) -> tuple[str, ...]:
    match state:
        case "connected":
            return _UP
        case "disconnected":
            return _IDLE
        case "needs-input":
            return _NEEDY
        case "failed":
            return _FAILED
        case "connecting" | "starting" | "stopping" | "reconnecting":
            return _UNDER_WAY
