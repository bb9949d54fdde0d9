"""tmux sessions from one `list-panes -a`. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbtui.model.host import TmuxSession
from nbtui.model.text import clean_line
from nbtui.remote.machine import whole

SIGNALLED = 128
"""Exit status of a shell for a program that signal n ended: 128 + n."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pane:
    """One pane and the session that it is in."""

    session: TmuxSession
    """As seen from this pane."""

    pid: int
    tty: str


def parse_panes(text: str, nonce: str) -> Iterator[Pane]:
    r"""Panes from the section `panes` of probe.sh; rows of another length are passed over.

    Names may hold newlines, so a row ends where the next one begins, not at the line's end.

    >>> row = ["", "$3", "4711", "0", "", "", "1", "80", "24", "latest", "C-b", "/dev/pts/1", "myvm", "", "nb", ""]
    >>> [pane] = parse_panes("N|".join(row) + "\n", "N")
    >>> pane.session.id, pane.session.profile, pane.session.name, pane.pid
    ('$3', 'myvm', 'nb', 4711)
    """
    fields = text.split(f"{nonce}|")
    width = 15
    for at in range(0, len(fields) - width, width):
        row = fields[at + 1 : at + width]
        if re.fullmatch(r"\$\d{1,9}", row[0], re.ASCII):
            yield _pane(row)


def _pane(row: list[str]) -> Pane:
    (
        ident,
        pid,
        dead,
        status,
        signal,
        attached,
        width,
        height,
        sizing,
        prefix,
        tty,
        *names,
    ) = row
    profile, shell_of, name = names
    session = TmuxSession(
        id=ident,
        name=clean_line(name, limit=200),
        profile=clean_line(profile, limit=200),
        shell_of=clean_line(shell_of, limit=200),
        pane_pid=whole(pid),
        dead=dead == "1",
        exit_status=_exit_status(status, signal) if dead == "1" else None,
        attached=whole(attached),
        width=whole(width),
        height=whole(height),
        fixed_size=sizing == "manual",
        prefix=clean_line(prefix, limit=20),
    )
    return Pane(session=session, pid=whole(pid), tty=clean_line(tty, limit=100))


def _exit_status(status: str, signal: str) -> int | None:
    if status.isdecimal():
        return whole(status)
    return SIGNALLED + whole(signal) if signal.isdecimal() else None


def sessions_of(panes: Iterable[Pane]) -> tuple[TmuxSession, ...]:
    """One session for each id, as its first pane shows it."""
    first: dict[str, TmuxSession] = {}
    for pane in panes:
        first.setdefault(pane.session.id, pane.session)
    return tuple(first.values())
