"""What can be asked of a session, each as one blocking call."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from nbtui.clock import Clock
from nbtui.errors import HostLacks, NbtuiError, Refused
from nbtui.model.hint import Hint
from nbtui.model.host import TmuxSession
from nbtui.model.shell import Terminal
from nbtui.model.text import mask
from nbtui.remote import jupyter
from nbtui.remote.choose import Found, choose
from nbtui.remote.hints import hints_for
from nbtui.session import jobs, shutdown
from nbtui.session.health import Health, usage_of
from nbtui.session.machine import (
    Connected,
    Drop,
    Level,
    Nudge,
    StopBegins,
    StopRefused,
    Wish,
)
from nbtui.session.rig import Rig
from nbtui.session.session import Caller, Session
from nbtui.session.shutdown import Permission, Report

LINK = Wish(goal=Level.LINK)


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """The terminal of who attaches."""

    term: str
    """$TERM."""

    columns: int
    rows: int


def connect(session: Session, caller: Caller, *, start: bool) -> None:
    """Link, server, tunnel; returns when the notebook answers. See `Session.reach`.

    Raises: Refused: it is connected on another local port than the one asked for.
    """
    session.reach(Wish(goal=Level.TUNNEL, start=start), caller)
    port, asked = _rig(session).local_port, caller.local_port
    if isinstance(asked, int) and port != asked:
        raise Refused(
            f"{session.name} is connected on local port {port}, and pages that are open use it",
            layer="local port",
            hint=f"nbtui disconnect {session.name}, then connect again",
        )


def start(session: Session, caller: Caller) -> None:
    """Link and server."""
    session.reach(Wish(goal=Level.SERVER, start=True), caller)


def disconnect(session: Session) -> None:
    """Close tunnel, forwards and link; what runs on the host goes on."""
    session.post(Drop())
    session.last_error = None


def page(session: Session, caller: Caller) -> str:
    """The URL with its token; opens link and tunnel, starts nothing."""
    session.reach(Wish(goal=Level.TUNNEL), caller)
    rig = _rig(session)
    if rig.server is None or rig.local_port is None:
        raise HostLacks("no Jupyter server runs there", hint=f"nbtui start {session.name}")
    return jupyter.page_url(rig.server, rig.local_port, token=True)


def look(session: Session, caller: Caller) -> Rig:
    """Open the link and probe; what was learned is in the rig and the snapshot."""
    session.reach(LINK, caller)
    rig = _rig(session)
    rig.report = jobs.look(rig)
    own = [one for one in rig.report.sessions if one.profile == session.name]
    rig.session = min(own, key=lambda one: one.dead, default=None)
    if rig.server is None:
        match choose(rig.report, session.name, rig.resolved.jupyter.port):
            case Found(server=server):
                rig.server = server
            case _:
                pass  # where several fit, who wants one is asked
    session.health = _learned(session, rig)
    session.changed(session)
    return rig


def _learned(session: Session, rig: Rig) -> Health:
    return replace(session.health, usage=usage_of(rig.report) if rig.report else None)


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
        session.clock.wait(1.0)
        now = _tail(rig, max(lines, 200))
        yield _new(seen, now)
        seen = now


def _tail(rig: Rig, lines: int) -> list[str]:
    """The last lines of the terminal that the server lives in."""
    where = _terminal_of(rig)
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


def _terminal_of(rig: Rig) -> TmuxSession:
    """The tmux session in which the server runs: ours, or the user's own."""
    assert rig.report is not None  # noqa: S101  # every caller has looked
    name = rig.server.session if rig.server else ""
    found = [one for one in rig.report.sessions if one.name == name and name]
    chosen = found[0] if found else rig.session
    if chosen is None:
        raise HostLacks(
            "no tmux session is known to hold a Jupyter of this profile",
            layer="tmux",
            hint=f"nbtui start {rig.resolved.name}",
        )
    return chosen


def attach(rig: Rig, screen: Screen) -> Terminal:
    """The server's terminal. Raises HostLacks: it has none that we know."""
    return _open(rig, rig.runner.attach_command(_terminal_of(rig)), screen)


def shell(rig: Rig, screen: Screen) -> Terminal:
    """A shell in a tmux window that lasts, in the profile's folder and environment."""
    assert rig.report is not None  # noqa: S101  # `look` has set it
    settings = rig.resolved.jupyter
    where = rig.shells.shell_session(
        profile=rig.resolved.name,
        directory=settings.directory or "~",
        activate=settings.activate or "",
        report=rig.report,
    )
    return _open(rig, rig.runner.attach_command(where), screen)


def run(rig: Rig, argv: list[str], screen: Screen) -> Terminal:
    """A command on the host in the profile's folder and environment, without a terminal."""
    settings = rig.resolved.jupyter
    command = rig.shells.run_command(
        argv, directory=settings.directory or "~", activate=settings.activate or ""
    )
    return rig.link.terminal(
        command, term=screen.term, columns=screen.columns, rows=screen.rows, pty=False
    )


def _open(rig: Rig, command: str, screen: Screen) -> Terminal:
    return rig.link.terminal(
        command, term=screen.term, columns=screen.columns, rows=screen.rows, pty=True
    )


def stop(session: Session, caller: Caller, may: Permission, clock: Clock) -> Report:
    """Clean shutdown of the server, then of everything of ours at either end."""
    was_up = isinstance(session.state, Connected)
    report = Report(name=session.name)
    with suppress(HostLacks):
        session.reach(LINK, caller)
        rig = _find(session, caller)
        try:
            shutdown.consent(rig, shutdown.kernels_of(rig), may, clock.wall())
        except NbtuiError:
            if not was_up:
                disconnect(session)
            raise
        session.post(StopBegins())
        shutdown.shut_down(rig, report, clock)
    session.post(StopRefused())
    _close(session, report, clock)
    return report


def _find(session: Session, caller: Caller) -> Rig:
    rig = look(session, caller)
    if rig.server is None:
        with suppress(HostLacks):
            session.reach(Wish(goal=Level.SERVER), caller)
    return rig


def _close(session: Session, report: Report, clock: Clock) -> None:
    began = clock.monotonic()
    disconnect(session)
    seconds = round(clock.monotonic() - began, 3)
    report.steps.append(
        shutdown.Step(step="close forwards and link", ok=True, seconds=seconds)
    )


def _rig(session: Session) -> Rig:
    rig = session.rig
    if rig is None:
        raise NbtuiError(
            "it was disconnected meanwhile", hint=f"nbtui connect {session.name}"
        )
    return rig


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


def how_to_leave(rig: Rig) -> str:
    """One line to read before a terminal is taken over, with the host's own prefix key."""
    sessions = rig.report.sessions if rig.report else ()
    prefix = next((one.prefix for one in sessions if one.prefix), "C-b")
    key = prefix.replace("C-", "Ctrl-")
    return f"{key} then d leaves it running; Ctrl-C asks Jupyter to stop"
