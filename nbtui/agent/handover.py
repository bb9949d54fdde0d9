"""Giving all that an agent holds to one of a newer version, where that asks nobody and interrupts nobody.

The old agent ends and the new one brings up again what state.json says, as after a crash, so nothing passes between
the two. Passwords and passphrases that were typed stay in the old one's memory and end with it: a socket that any
program of the user's can open must not give them away. A login that took one is therefore a tie.
"""

from collections.abc import Iterator

from nbtui.session.machine import Connected, Stopping, Working
from nbtui.session.manager import Manager
from nbtui.session.names import state_name
from nbtui.session.session import Session

NO_TIE = frozenset({"handover", "ping", "quit", "snapshots", "watch"})
"""Requests whose client does not mind another agent."""


def ties(manager: Manager, requests: tuple[str, ...]) -> tuple[str, ...]:
    """What would be lost or asked again, a few words each; empty: nothing would.

    Args: requests: what clients wait for now, such as "attach".
    """
    busy = (f"{op} is under way" for op in requests if op not in NO_TIE)
    held = (tie for session in manager.sessions() for tie in _ties_of(session))
    return tuple(dict.fromkeys((*busy, *held)))


def _ties_of(session: Session) -> Iterator[str]:
    state, rig = session.state, session.rig
    match state:
        case Working(was_up=False) | Stopping():
            yield f"{session.name} is {state_name(state)}"
        case Connected() if rig is not None and rig.link.personal:
            yield f"the login of {session.name} needs a person"
        case _:
            pass


def remember_all(manager: Manager) -> None:
    """Links that were opened for a look come back too."""
    for session in manager.connected():
        session.remember_goal()
