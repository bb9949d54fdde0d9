"""The terminals of a host: the server's own, a shell that lasts, a command."""

import secrets
from dataclasses import dataclass, replace

from nbtui.model.shell import Terminal
from nbtui.session.leash import Leash
from nbtui.session.looking import terminal_of
from nbtui.session.rig import Rig


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """The terminal of who attaches."""

    term: str
    """$TERM."""

    columns: int
    rows: int


def attach(rig: Rig, screen: Screen) -> Terminal:
    """The server's terminal. Raises HostLacks: it has none that we know."""
    return _open(rig, rig.runner.attach_command(terminal_of(rig)), screen)


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
    anywhere = replace(where, pane_pid=0)  # in whichever window they were last
    return _open(rig, rig.runner.attach_command(anywhere), screen)


def run(rig: Rig, argv: list[str], screen: Screen) -> Terminal:
    """A command on the host in the profile's folder and environment, without a terminal.

    It ends when who asked for it goes.
    """
    settings = rig.resolved.jupyter
    mark = secrets.token_hex(12)
    command = rig.shells.run_command(
        argv,
        directory=settings.directory or "~",
        activate=settings.activate or "",
        mark=mark,
    )
    terminal = rig.link.terminal(
        command, term=screen.term, columns=screen.columns, rows=screen.rows, pty=False
    )
    return Leash(terminal, mark=mark, shell=rig.link.shell)


def _open(rig: Rig, command: str, screen: Screen) -> Terminal:
    return rig.link.terminal(
        command, term=screen.term, columns=screen.columns, rows=screen.rows, pty=True
    )


def how_to_leave(rig: Rig, *, ctrl_c: str = "") -> str:
    """One line to read before a terminal is taken over, with the host's own prefix key.

    Args: ctrl_c: what Ctrl-C does there, where it is not what it does in any shell.
    """
    sessions = rig.report.sessions if rig.report else ()
    prefix = next((one.prefix for one in sessions if one.prefix), "C-b")
    key = prefix.replace("C-", "Ctrl-")
    return f"{key} then d leaves it running" + (ctrl_c and f"; Ctrl-C {ctrl_c}")
