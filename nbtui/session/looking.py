"""Looking at a host over the link: a probe, hints, the terminal's output."""

from collections.abc import Iterator
from dataclasses import replace

from nbtui.errors import HostLacks
from nbtui.model.hint import Hint
from nbtui.model.host import JupyterServer, TmuxSession
from nbtui.model.text import mask
from nbtui.quoting import quote
from nbtui.remote.choose import Found, choose
from nbtui.remote.hints import hints_for
from nbtui.session import jobs
from nbtui.session.caller import Caller
from nbtui.session.health import examine, usage_of
from nbtui.session.machine import Connected, Level, Wish
from nbtui.session.reach import reach
from nbtui.session.rig import Rig
from nbtui.session.session import Session

LINK = Wish(goal=Level.LINK)
FOLLOW_SECONDS = 1.0
"""Between two looks of `logs -f`."""


def look(session: Session, caller: Caller) -> Rig:
    """Open the link and probe; what was learned is in the rig and the snapshot."""
    reach(session, LINK, caller)
    rig = session.held()
    rig.report = jobs.look(rig)
    rig.session = jobs.own_session(rig.report, session.name)
    if not _in_use(session):
        rig.server = _only(rig, session.name)
    session.learn(rig, replace(examine(rig, session.health), usage=usage_of(rig.report)))
    return rig


def _in_use(session: Session) -> bool:
    """A tunnel leads to the server, or somebody started it: whether it lives is watched."""
    return isinstance(session.state, Connected) and session.state.level > Level.LINK


def _only(rig: Rig, name: str) -> JupyterServer | None:
    """The server, where one fits; where several do, who wants one is asked."""
    assert rig.report is not None  # noqa: S101  # look has just set it
    match choose(rig.report, name, rig.resolved.jupyter.port):
        case Found(server=server):
            return server
        case _:
            return None


def hints(
    session: Session, caller: Caller, terminal: tuple[int, int] | None
) -> tuple[Hint, ...]:
    """Resize hints with fresh figures.

    Args: terminal: columns and rows of who asks.
    """
    rig = look(session, caller)
    assert rig.report is not None  # noqa: S101  # look has just set it
    health = session.health
    return hints_for(
        session.name,
        rig.report,
        kernels=health.kernel_list if health.kernels == "ok" else None,
        flavors=rig.resolved.flavors,
        terminal=terminal,
    )


def logs(
    session: Session, caller: Caller, *, lines: int, follow: bool
) -> Iterator[list[str]]:
    """The server's terminal output, its token masked: the last lines, then what comes."""
    rig = look(session, caller)
    seen = _tail(rig, lines)
    yield seen
    while follow and not caller.gone.is_set():
        session.clock.wait(FOLLOW_SECONDS)
        now = _tail(rig, max(lines, 200))
        yield _new(seen, now)
        seen = now


def _tail(rig: Rig, lines: int) -> list[str]:
    """The last lines of the terminal that the server lives in."""
    where = terminal_of(rig)
    _session, text = rig.runner.state(where, lines=lines)
    token = rig.server.token if rig.server else ""
    return mask(text, token).rstrip().splitlines()[-lines:]


def _new(seen: list[str], now: list[str]) -> list[str]:
    """What `now` has after the place where `seen` ends.

    >>> _new(["a", "b"], ["b", "c"])
    ['c']
    """
    for size in range(min(len(seen), len(now)), 0, -1):
        if seen[-size:] == now[:size]:
            return now[size:]
    return now


def terminal_of(rig: Rig) -> TmuxSession:
    """The tmux session in which the server runs, ours or the user's own, and the pane there."""
    assert rig.report is not None  # noqa: S101  # every caller has looked
    name = rig.server.session if rig.server else ""
    found = [one for one in rig.report.sessions if one.name == name and name]
    chosen = found[0] if found else rig.session
    if chosen is None:
        raise HostLacks(
            "no tmux session is known to hold a Jupyter of this profile",
            layer="tmux",
            hint=f"nbtui start {quote(rig.resolved.name)}",
        )
    if rig.server and rig.server.session == chosen.name:
        return replace(chosen, pane_pid=rig.server.pane_pid or chosen.pane_pid)
    return chosen
