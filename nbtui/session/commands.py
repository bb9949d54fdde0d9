"""What can be asked of a session, each as one blocking call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nbtui.errors import HostLacks, NbtuiError, Refused
from nbtui.model.failure import Failure
from nbtui.model.target import Target
from nbtui.quoting import quote
from nbtui.remote import jupyter
from nbtui.session.caller import Caller
from nbtui.session.machine import (
    Connected,
    Disconnected,
    Failed,
    Helped,
    Level,
    Wish,
)
from nbtui.session.reach import borrowed, reach
from nbtui.session.session import Session

Erase = Callable[[Target], tuple[str, ...]]
"""See `nbtui.ssh.links.Links.erase`."""

CLOSE_SECONDS = 5.0
"""How long a disconnect waits for port and link to be given back."""


def connect(session: Session, caller: Caller, *, start: bool) -> None:
    """Link, server, tunnel; returns when the notebook answers. See `reach`.

    Raises:
        Refused: it is connected on another local port than the one asked for.
        HostLacks: no server runs and none may be started; a link that was opened for it is closed again.
    """
    with _as_it_was(session, caller):
        reach(session, Wish(goal=Level.TUNNEL, start=start), caller)
    port, asked = session.held().local_port, caller.local_port
    if isinstance(asked, int) and port != asked:
        raise Refused(
            f"{session.name} is connected on local port {port}, and pages that are open use it",
            layer="local port",
            hint=f"nbtui disconnect {quote(session.name)}, then connect again",
        )


@contextmanager
def _as_it_was(session: Session, caller: Caller) -> Iterator[None]:
    """What comes to nothing leaves no link behind that was not there, unless somebody else came for it."""
    was_down = isinstance(session.state, Disconnected | Failed)
    try:
        yield
    except NbtuiError as exc:
        if was_down and _only_for(session, caller):
            session.drop()
            session.last_error = Failure.of(exc, name=session.name)
            session.tell_changed()
            session.wait_closed(CLOSE_SECONDS)
        raise


def _only_for(session: Session, caller: Caller) -> bool:
    """It is connected, and nobody has wanted anything of it since."""
    with session.changing:
        connected = isinstance(session.state, Connected)
        return connected and session.caller is caller and not session.callers


def start(session: Session, caller: Caller) -> None:
    """Link and server."""
    reach(session, Wish(goal=Level.SERVER, start=True), caller)


def disconnect(*sessions: Session) -> None:
    """Close tunnels, forwards and links, and return when they are; what runs on the hosts goes on."""
    for session in sessions:
        session.drop()
    for session in sessions:
        session.wait_closed(CLOSE_SECONDS)


def page(session: Session, caller: Caller) -> str:
    """The URL with its token; opens link and tunnel, starts nothing."""
    reach(session, Wish(goal=Level.TUNNEL), caller)
    rig = session.held()
    if rig.server is None or rig.local_port is None:
        raise HostLacks(
            "no Jupyter server runs there", hint=f"nbtui start {quote(session.name)}"
        )
    return jupyter.page_url(rig.server, rig.local_port, token=True)


def browser_page(session: Session, caller: Caller) -> str:
    """See `page`; a browser is sent there, and when it does not come a note says so."""
    url = page(session, caller)
    rig = session.held()
    rig.visits.expect(rig.served, session.clock.monotonic())
    return url


def forget(session: Session, caller: Caller, erase: Erase) -> tuple[str, ...]:
    """Erase the passwords and passphrases of the way to the host; what there was of them."""
    with borrowed(session, caller) as rig:
        return erase(rig.resolved.target)


def answer(session: Session, question_id: str, value: str | None) -> None:
    """Answer a question that a snapshot showed; one that was left is put again and then answered."""
    left = session.desk.left
    if (
        not session.desk.answer(question_id, value)
        and left is not None
        and value is not None
    ):
        session.desk.prepare(left.text, value)
        session.post(Helped())
