"""What can be asked of a session, each as one blocking call."""

from collections.abc import Callable

from nbtui.errors import HostLacks, Refused
from nbtui.model.profile import Target
from nbtui.quoting import quote
from nbtui.remote import jupyter
from nbtui.session.caller import Caller
from nbtui.session.machine import Level, Nudge, Wish
from nbtui.session.reach import borrowed, reach
from nbtui.session.session import Session

Erase = Callable[[Target], tuple[str, ...]]
"""See `nbtui.ssh.links.Links.erase`."""

CLOSE_SECONDS = 5.0
"""How long a disconnect waits for port and link to be given back."""


def connect(session: Session, caller: Caller, *, start: bool) -> None:
    """Link, server, tunnel; returns when the notebook answers. See `reach`.

    Raises: Refused: it is connected on another local port than the one asked for.
    """
    reach(session, Wish(goal=Level.TUNNEL, start=start), caller)
    port, asked = session.held().local_port, caller.local_port
    if isinstance(asked, int) and port != asked:
        raise Refused(
            f"{session.name} is connected on local port {port}, and pages that are open use it",
            layer="local port",
            hint=f"nbtui disconnect {quote(session.name)}, then connect again",
        )


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
        session.post(Nudge())
