"""The terminals of a host: the server's own, a shell that lasts, a command."""

import secrets
from dataclasses import dataclass, replace

from nbtui.model.host import TmuxSession
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


def attach(rig: Rig, screen: Screen) -> tuple[Terminal, str]:
    """The server's terminal, and one line on how to leave it.

    Raises: HostLacks: it has none that we know.
    """
    return _open(rig, terminal_of(rig), screen, ctrl_c="; Ctrl-C asks Jupyter to stop")


def shell(rig: Rig, screen: Screen) -> tuple[Terminal, str]:
    """A shell in a tmux window that lasts, in the profile's folder and environment, and how to leave it."""
    assert rig.report is not None  # noqa: S101  # `look` has set it
    settings = rig.resolved.jupyter
    where = rig.shells.shell_session(
        profile=rig.resolved.name,
        directory=settings.directory or "~",
        activate=settings.activate or "",
        report=rig.report,
    )
    return _open(rig, replace(where, pane_pid=0), screen)  # in the window of last time


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


def _open(
    rig: Rig, where: TmuxSession, screen: Screen, *, ctrl_c: str = ""
) -> tuple[Terminal, str]:
    """Args: ctrl_c: what Ctrl-C does there, where it is not what it does in any shell."""
    key = (where.prefix or "C-b").replace("C-", "Ctrl-")
    note = f"{key} then d leaves it running{ctrl_c}"
    terminal = rig.link.terminal(
        rig.runner.attach_command(where, note=note),
        term=screen.term,
        columns=screen.columns,
        rows=screen.rows,
        pty=True,
    )
    return terminal, note
