"""Reading a session's terminal and pressing its keys, each in one round trip.

Surprise: `display-message` of a session that is gone prints empty fields and says nothing. Surprise: keys go to
tmux's copy mode where somebody has left a pane in it. Surprise: a session's active pane need not be the one that the
server runs in, because people split windows; that one is known by its pid.
"""

import re
from dataclasses import replace

from nbtui.errors import NbtuiError
from nbtui.model.host import TmuxSession
from nbtui.model.shell import Completed
from nbtui.model.text import clean, clean_line
from nbtui.runners.tmux.anyshell import assignments
from nbtui.runners.tmux.seam import PLACES

# The server's pane, else the session's first.
_PANE = (
    PLACES
    + """
pane=
for one in $("$tmux" -u list-panes -s -t "$session" -F '#{pane_id}:#{pane_pid}'); do
  [ -n "$pane" ] || pane=${one%%:*}
  [ "${one##*:}" = "$pid" ] && pane=${one%%:*}
done
[ -n "$pane" ] || exit 1
"""
)

_FIELDS = (
    "pane_dead", "pane_dead_status", "pane_dead_signal", "pane_pid", "session_attached",
    "window_width", "window_height",
)  # fmt: skip
_STATE = (
    _PANE
    + f"""
"$tmux" -u display-message -p -t "$pane" '{" ".join(f"{field}=#{{{field}}}" for field in _FIELDS)}' \\; \\
  capture-pane -p -J -t "$pane" -S "-$lines"
"""
)

_INTERRUPT = (
    _PANE
    + """
"$tmux" copy-mode -q -t "$pane" 2>/dev/null || "$tmux" send-keys -X -t "$pane" cancel 2>/dev/null
"$tmux" send-keys -t "$pane" C-c && { sleep 0.3 2>/dev/null || sleep 1; } && "$tmux" send-keys -t "$pane" C-c
"""
)

# A prompt has been drawn when the cursor rests away from the left margin.
_PROMPT = (
    PLACES
    + """
n=0 before=
while [ $n -lt 50 ]; do
  now=$("$tmux" -u display-message -p -t "$session" '#{cursor_x} #{cursor_y} #{history_size}')
  case $now in '') break ;; '0 '*) ;; "$before") break ;; esac
  before=$now n=$((n + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
"""
)

_GONE = (
    "can't find",
    "no such session",
    "no server running",
    "error connecting to",
    "no current target",
    "no sessions",
    "server exited",
    "lost server",
)
"""What tmux says of a session that is not there, or that never was; the last four as its server goes."""

_EPITAPH = re.compile(r"Pane is dead(?: \(.*)?")

SIGNALLED = 128
"""A shell's exit status for a program that signal n ended: 128 + n."""

LINE_BYTES = 2000
"""Of a line, in the bound of an answer."""


def state_script(path: str, session: TmuxSession, lines: int) -> str:
    """Asks for what `parse_state` reads."""
    return _for(path, session, _STATE, lines=str(lines))


def interrupt_script(path: str, session: TmuxSession) -> str:
    """Presses Ctrl-C twice, 0.3 s apart."""
    return _for(path, session, _INTERRUPT)


def prompt_script(path: str, session: TmuxSession) -> str:
    """Waits until the shell of a new session shows its prompt, 5 s at most."""
    return _for(path, session, _PROMPT)


def _for(path: str, session: TmuxSession, script: str, **values: str) -> str:
    pid = str(session.pane_pid)
    return f"{assignments(tmux=path, session=session.id, pid=pid, **values)}\n{script}"


def parse_state(
    done: Completed, session: TmuxSession, lines: int
) -> tuple[TmuxSession | None, str]:
    r"""The session as it is now and the last lines of its terminal; (None, "") when it is gone.

    Raises: NbtuiError: tmux has other troubles.

    >>> out = b"pane_dead=1 pane_dead_status=3 pane_dead_signal= pane_pid=7 session_attached=0\nbye\n\n"
    >>> now, text = parse_state(
    ...     Completed(status=0, out=out, err=b""), TmuxSession(id="$1", name="x"), 5
    ... )
    >>> now.dead, now.exit_status, text
    (True, 3, 'bye')
    """
    if is_gone(done):
        return None, ""
    head, _, body = done.text.partition("\n")
    facts = dict(word.partition("=")[::2] for word in head.split())
    if "pane_dead" not in facts:
        raise NbtuiError(
            f"tmux on the host says: {clean_line(done.err, limit=300) or done.status}",
            layer="tmux",
            hint="nbtui shell NAME -- tmux list-sessions",
        )
    return _with(session, facts), _last(clean(body, limit=len(body)), lines)


def _last(text: str, lines: int) -> str:
    """The end of a screen, without the line that tmux draws over the bottom of a dead pane."""
    rows = [row.rstrip() for row in text.rstrip().splitlines()]
    if rows and _EPITAPH.fullmatch(rows[-1]):
        del rows[-1]
    return "\n".join("\n".join(rows).rstrip().splitlines()[-lines:])


def is_gone(done: Completed) -> bool:
    """There is no such session."""
    said = done.err.decode(errors="replace")
    return done.status != 0 and any(words in said for words in _GONE)


def _with(session: TmuxSession, facts: dict[str, str]) -> TmuxSession:
    dead = facts["pane_dead"] == "1"
    return replace(
        session,
        dead=dead,
        exit_status=_exit_status(facts) if dead else None,
        pane_pid=_number(facts.get("pane_pid")) or session.pane_pid,
        attached=_number(facts.get("session_attached")) or 0,
        width=_number(facts.get("window_width")) or 0,
        height=_number(facts.get("window_height")) or 0,
    )


def _exit_status(facts: dict[str, str]) -> int | None:
    signal = _number(facts.get("pane_dead_signal"))
    return SIGNALLED + signal if signal else _number(facts.get("pane_dead_status"))


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else None
