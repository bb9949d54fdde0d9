"""The start file: how a token gets into a server's environment, and nowhere else.

A file of the user's own (0600, in a folder 0700) that the sh of the pane reads and deletes before it does
anything else. The secret travels in the text of a script, on the standard input of the host's sh, never in an
argument list at either end.
"""

import re
import secrets
from functools import cache
from importlib.resources import files

from nbtui.errors import HostLacks
from nbtui.model.host import HostReport
from nbtui.model.runner import LaunchOrder
from nbtui.model.shell import Shell
from nbtui.model.text import clean_line
from nbtui.quoting import quote
from nbtui.runners.tmux.anyshell import assignments, folder, work
from nbtui.runners.tmux.reason import room_hint

_WRITE = """\
umask 077
usable() {{
  mkdir -p -- "$1" && [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1"
}}
dir=${{XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/nbtui}}
if [ -z "$dir" ] || ! usable "$dir" 2>/dev/null; then
  dir=$HOME/.cache/nbtui
  usable "$dir" || {{ [ -e "$dir" ] && echo "$dir is not a folder of this user's own" >&2; exit 1; }}
fi
file=$dir/start-{nonce}
if cat > "$file" <<'{nonce}'
{text}
{nonce}
then printf '%s' "$file"
else rm -f -- "$file"; exit 1
fi
"""

_OPTION = r"(?:--?(?:\w+\.)?{}(?=[\s=]|$))"
_NAMES = {
    "--no-browser": "no-browser|open_browser",
    "--port": "port",
    "--port-retries": "port[-_]retries",
    "--ip": "ip",
    "--allow-root": "allow[-_]root",
}
"""Our options, and how a user's command line may spell each. Jupyter ends when it gets one twice."""


def start_text(order: LaunchOrder, report: HostReport) -> str:
    """The start file of a server; holds the token."""
    values = assignments(
        shell=report.login_shell,
        tmux=report.tmux_path,
        activate=order.activate,
        token=order.token,
        work=work(order.directory, work_text(order, root=report.uid == 0)),
    )
    where = f"folder={folder(order.directory)}"
    return "\n".join((values, where, resource("login.sh"), resource("start.sh")))


def work_text(order: LaunchOrder, *, root: bool) -> str:
    """What is run once the environment is there."""
    values = assignments(
        command=order.command,
        jupyter=order.jupyter,
        options=" ".join(options(order.command, order.port, root=root)),
    )
    return f"{values}\n{resource('serve.sh')}"


def options(command: str, port: int, *, root: bool) -> tuple[str, ...]:
    """What is added to a command line that does not say it.

    The short spellings are those that every Jupyter knows, from notebook 5 to lab 4.

    Args:
        command: the user's own, or empty.
        port: TCP port on the host.
        root: Jupyter refuses to run as root unless told.

    >>> options("jupyter lab --ServerApp.port=7 --no-browser", 8889, root=False)
    ('--port-retries=0', '--ip=127.0.0.1')
    """
    ours = ["--no-browser", f"--port={port}", "--port-retries=0", "--ip=127.0.0.1"]
    return tuple(
        one
        for one in [*ours, *(["--allow-root"] if root else [])]
        if not re.search(_OPTION.format(f"(?:{_NAMES[one.partition('=')[0]]})"), command)
    )


@cache
def resource(name: str) -> str:
    """A script beside this module."""
    return files("nbtui.runners.tmux").joinpath(name).read_text(encoding="utf-8")


def write(shell: Shell, text: str, *, host: str) -> str:
    """Write a start file; returns its path.

    Args:
        shell: of the host.
        text: see `start_text`.
        host: name for messages.

    Raises:
        HostLacks: no room, no folder of the user's own; in the words of the host.
        LinkLost, TimedOut: see `Shell.run`.
    """
    done = shell.run(_WRITE.format(nonce=secrets.token_hex(12), text=text))
    if done.status != 0 or not done.out.startswith(b"/"):
        said = clean_line(done.err, limit=300) or f"status {done.status}"
        raise HostLacks(
            f"{host}: no file can be made in the home or the runtime folder: {said}",
            host=host,
            layer="disk",
            hint=room_hint(said),
        )
    return done.text


def remove(shell: Shell, path: str) -> None:
    """Delete a start file that nobody read."""
    shell.run(f"rm -f -- {quote(path)}")
