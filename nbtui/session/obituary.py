"""Why a server is not there any more, and the last words of its terminal."""

from dataclasses import dataclass

from nbtui.clock import Clock
from nbtui.errors import HostLacks, NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.host import HostReport, TmuxSession
from nbtui.model.runner import Runner
from nbtui.model.text import mask
from nbtui.quoting import quote
from nbtui.session.rig import Rig

LINES, WIDTH = 5, 200
"""Of the terminal; characters of a line."""

SETTLED, POLL = 0.5, 0.1
"""Seconds until tmux is not waited for any longer, and between two looks; 3.3a forgets some exit statuses for good."""

SIGNALLED = 128
"""Exit status of a shell for a program that signal n ended: 128 + n."""

NAMES = {1: "SIGHUP", 2: "SIGINT", 9: "SIGKILL", 15: "SIGTERM"}
"""The numbers that every system has in common. Source: POSIX, kill."""

MEMORY = "as where memory runs out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """A server while it was known to live."""

    name: str
    """Of the profile."""

    before: HostReport | None
    """The last look at its host; None: there was none."""

    session: TmuxSession | None
    """The tmux session it lived in; None: none that we know."""

    token: str = ""
    pid: int | None = None
    port: int | None = None
    """TCP port on the host."""

    @classmethod
    def of(cls, name: str, rig: Rig) -> "Life":
        """Kept of a rig before the next look at its host."""
        server = rig.server
        return cls(
            name=name,
            before=rig.report,
            session=_session(rig),
            token=server.token if server else "",
            pid=server.pid if server else None,
            port=server.port if server else None,
        )


def _session(rig: Rig) -> TmuxSession | None:
    """Ours, or the user's own."""
    if rig.server is None or rig.report is None:
        return rig.session
    named = (one for one in rig.report.sessions if one.name == rig.server.session)
    return next(named, rig.session) if rig.server.session else rig.session


def why_gone(life: Life, rig: Rig, clock: Clock, *, away: bool = False) -> Failure:
    """What to say of it, after a look at the host that did not find it.

    Args:
        life: what was known of it.
        rig: after that look.
        clock: tmux may be told of the end a moment after us.
        away: it ended while there was no link.
    """
    when = " while the link was away" if away else ""
    what = _restarted(life, rig.report) or (
        f"Jupyter of {life.name} ended{when}{_how(life, rig, clock)}"
    )
    error = HostLacks(what, layer="server", hint=f"nbtui start {quote(life.name)}")
    return Failure.of(error, name=life.name)


def _restarted(life: Life, now: HostReport | None) -> str:
    before = life.before
    if not (before and now and before.boot_id and now.boot_id):
        return ""
    if before.boot_id == now.boot_id:
        return ""
    return f"{now.hostname} was restarted: Jupyter of {life.name} is gone"


def _how(life: Life, rig: Rig, clock: Clock) -> str:
    if life.session is None:
        return ""
    try:
        session, text = _state(life, life.session, rig.runner, clock)
    except NbtuiError:  # that it ended is worth saying all the same
        return ""
    if session is None:
        return _without_tmux(life.session, rig.report)
    return _end_of(session) + _last_words(text, life.token)


def _state(
    life: Life, session: TmuxSession, runner: Runner, clock: Clock
) -> tuple[TmuxSession | None, str]:
    """The session once tmux knows how its program ended; one that is more than that program lives on."""
    deadline = clock.monotonic() + SETTLED
    while True:
        now, text = runner.state(session, lines=LINES + 3)
        untold = now is not None and now.pane_pid == life.pid and now.exit_status is None
        if not untold or clock.monotonic() >= deadline:
            return now, text
        clock.wait(POLL)


def _without_tmux(session: TmuxSession, now: HostReport | None) -> str:
    """A tmux server ends with its last session, so an empty one is a dead one."""
    if now is not None and not now.sessions:
        return (
            f": the tmux server on {now.hostname} ended, and session {session.name} with it"
        )
    return f": its tmux session {session.name} was ended"


def _end_of(session: TmuxSession) -> str:
    """How the program of a dead pane ended.

    >>> _end_of(TmuxSession(id="$1", name="nb", dead=True, exit_status=137))
    ': it was killed (SIGKILL), as where memory runs out'
    >>> _end_of(TmuxSession(id="$1", name="nb", dead=True, exit_status=3))
    ': exit status 3'
    """
    status = session.exit_status
    if not session.dead or status is None:
        return ""
    if status == 0:
        return ": it was shut down"
    if status <= SIGNALLED:
        return f": exit status {status}"
    number = status - SIGNALLED
    memory = f", {MEMORY}" if NAMES.get(number) == "SIGKILL" else ""
    return f": it was killed ({NAMES.get(number, f'signal {number}')}){memory}"


def _last_words(text: str, token: str) -> str:
    r"""The end of a terminal.

    >>> _last_words("a\n\nb\n", "")
    '; its terminal says:\na\nb'
    """
    lines = [line[:WIDTH] for line in text.splitlines() if line.strip()][-LINES:]
    return "; its terminal says:\n" + mask("\n".join(lines), token) if lines else ""
