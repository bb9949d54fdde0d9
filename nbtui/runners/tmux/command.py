"""Lines for a channel of one's own: attach to a session, run a command. Sound under every login shell."""

from collections.abc import Sequence

from nbtui.model.host import TmuxSession
from nbtui.quoting import words
from nbtui.runners.tmux.anyshell import any_shell, assignments, folder, work
from nbtui.runners.tmux.seam import PLACES, escape
from nbtui.runners.tmux.startfile import resource

# A terminal that the host has never heard of (kitty, ghostty, …) is the nearest that it knows.
_TERM = """\
if command -v infocmp >/dev/null 2>&1; then
  for one in "$TERM" xterm-256color xterm screen vt100; do
    infocmp "$one" >/dev/null 2>&1 && TERM=$one && export TERM && break
  done
fi
"""


# The pane by its process: people make windows and split them. `$3:@5.%7` names all three to tmux.
_PLACE = """\
for one in $("$tmux" -u list-panes -s -t "$session" -F '#{pane_pid}:#{window_id}.#{pane_id}'); do
  [ "${one%%:*}" = "$pid" ] && session=$session:${one#*:}
done
"""


# For some seconds at the bottom of the screen: what was printed before has gone with tmux's first picture.
# Before 3.2 tmux had no -d, and shows a message too shortly to be read.
_ATTACH = """\
set --
case $("$tmux" -V) in
  'tmux '[012].* | 'tmux 3.'[01]*) ;;
  *) [ -z "$note" ] || set -- ';' display-message -d 5000 "$note" ;;
esac
exec "$tmux" -u attach-session -t "$session" "$@"
"""


def attach_line(path: str, session: TmuxSession, note: str = "") -> str:
    """Attaches, by id, beside whoever is attached already, to the pane that is meant.

    Args: note: shown there for a while.
    """
    values = assignments(
        tmux=path, session=session.id, pid=str(session.pane_pid), note=_shown(note)
    )
    return any_shell(f"{values}\n{PLACES}\n{_TERM}{_PLACE}{_ATTACH}")


def _shown(note: str) -> str:
    """As tmux shows it: it expands formats and the letters of strftime(3).

    >>> _shown("C-% then d")
    'C-%% then d'
    """
    return escape(note.replace("#", "##").replace("%", "%%"))


def command_line(
    command: Sequence[str] | str, *, directory: str, activate: str, mark: str = ""
) -> str:
    """Runs a command in a folder and environment; its output and exit status are the line's.

    Args:
        command: an argument list, run as it is; text, or a list of one, is a line of sh, as with ssh.
        directory: on the host; made if it is not there.
        activate: lines of the user's own, for the login shell.
        mark: said on standard error with the process id, which every step hands on to the next.
    """
    told = f'echo "{mark} $$" >&2' if mark else ""
    values = assignments(shell="", activate=activate, work=work(directory, _line(command)))
    where = f"folder={folder(directory)}"
    steps = "enter_folder\nquietly_in_login_shell"
    return any_shell("\n".join((told, values, where, _code("login.sh"), steps)))


def shell_line(shell: str, directory: str) -> tuple[str, ...]:
    """The argument list of an interactive login shell in a folder, or, with a word why, beside it."""
    values = assignments(shell=shell)
    where = f"folder={folder(directory)}"
    steps = '(enter_folder) && cd -- "$folder"\nexec "${shell:-${SHELL:-/bin/sh}}" -l'
    return ("sh", "-c", "\n".join((values, where, _code("login.sh"), steps)))


def _line(command: Sequence[str] | str) -> str:
    if isinstance(command, str):
        return command
    return command[0] if len(command) == 1 else f"exec {words(command)}"


def _code(name: str) -> str:
    """A script without its comments: it travels in an argument."""
    lines = resource(name).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
