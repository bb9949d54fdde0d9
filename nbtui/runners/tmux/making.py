"""Making sessions: names, marks, and what is said where there is no tmux to make them with."""

import re
from collections.abc import Iterator, Mapping
from itertools import count, islice

import libtmux
from libtmux import Session

from nbtui.errors import HostLacks, NbtuiError
from nbtui.model.host import HostReport, TmuxSession
from nbtui.model.shell import Shell
from nbtui.model.text import clean_line
from nbtui.runners.tmux.reason import room_hint
from nbtui.runners.tmux.seam import PLACES, HostTmux, led

OLDEST = (2, 6)
"""Of 2017; what is used of tmux is the same ever since."""

WIDTH, HEIGHT = 200, 50
"""Columns and rows until somebody attaches."""

_UNFIT = re.compile(r"[^\w@%+=,-]")

ATTEMPTS = 20
"""Names that are tried when somebody takes them under our hands."""

_MANAGERS = f"""{PLACES}:/sbin:/usr/sbin
for one in apt-get dnf yum zypper pacman apk brew pkg_add pkg conda mamba; do
  command -v $one >/dev/null 2>&1 && echo $one && exit
done"""
_INSTALL = {
    "apt-get": "sudo apt-get install tmux",
    "dnf": "sudo dnf install tmux",
    "yum": "sudo yum install tmux",
    "zypper": "sudo zypper install tmux",
    "pacman": "sudo pacman -S tmux",
    "apk": "sudo apk add tmux",
    "brew": "brew install tmux",
    "pkg_add": "doas pkg_add tmux",
    "pkg": "sudo pkg install tmux",
}
_CONDA = "conda install -c conda-forge tmux"
"""Needs no root, and the probe looks for tmux in ~/.local/bin and in conda's own bin too."""


def check_tmux(shell: Shell, report: HostReport) -> None:
    """Return when the host has a tmux that will do.

    Raises:
        HostLacks: it has none, or one from before 2.6; the hint is the command of its distribution.
    """
    if not report.tmux_path:
        what = f"{report.hostname} has no tmux"
    elif old(report.tmux_version):
        what = f"tmux {report.tmux_version} of {report.hostname} is too old: 2.6 or newer is needed"
    else:
        return
    manager = clean_line(shell.run(_MANAGERS).out, limit=20)
    hint = f"on the host: {_INSTALL.get(manager, _CONDA)}"
    raise HostLacks(what, host=report.hostname, layer="tmux", hint=hint)


def old(version: str) -> bool:
    """Whether a version of tmux is before 2.6; one that is no number is a new one.

    >>> old("1.8"), old("2.6"), old("3.3a"), old("next-3.6"), old("master")
    (True, False, False, False, False)
    """
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) < OLDEST


def names(stem: str, profile: str, report: HostReport) -> Iterator[str]:
    """Names for a session that no session of the report has, best first.

    >>> look = HostReport(hostname="h", user="u", uid=1, home="/", login_shell="/bin/sh")
    >>> list(islice(names("nbtui", "a.b:c", look), 2))
    ['nbtui-a_b_c', 'nbtui-a_b_c-2']
    """
    base = f"{stem}-{_UNFIT.sub('_', profile)}"
    taken = {one.name for one in report.sessions}
    every = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return (name for name in every if name not in taken)


def make(
    tmux: HostTmux,
    candidates: Iterator[str],
    command: tuple[str, ...],
    marks: Mapping[str, str],
) -> TmuxSession:
    """Make a detached session that runs `command`, and mark it.

    Args:
        tmux: of the host.
        candidates: names, best first.
        command: argument list, run by tmux without a shell.
        marks: user options (`@nbtui_…`) and their values.

    Raises:
        NbtuiError: tmux says no; HostLacks: for want of room.
        LinkLost, TimedOut: see `Shell.run`.
    """
    with led(tmux) as server:
        made = _new(server, candidates, command)
        session = Session(server=server, session_id=made.id)
        for option, value in marks.items():
            session.set_option(option, value)
    return made


def _new(
    server: libtmux.Server, candidates: Iterator[str], command: tuple[str, ...]
) -> TmuxSession:
    """A new session.

    Not by `Server.new_session`: that takes TMUX out of this process's environment for a while, in which
    another thread stumbles, hands the command to the user's default-shell, and costs three round trips.
    """
    said = ""
    for name in islice(candidates, ATTEMPTS):
        done = server.cmd(
            "new-session", "-d", "-P", "-F", "#{session_id} #{pane_pid} #{prefix}", "-s", name,
            "-x", str(WIDTH), "-y", str(HEIGHT), *command,
        )  # fmt: skip
        if done.returncode == 0 and done.stdout:
            ident, pid, *prefix = done.stdout[0].split()
            return TmuxSession(
                id=ident,
                name=name,
                pane_pid=int(pid),
                width=WIDTH,
                height=HEIGHT,
                prefix=clean_line(" ".join(prefix), limit=20),
            )
        said = clean_line(" ".join(done.stderr), limit=300)
        if "duplicate session" not in said:
            break
    raise _no_session(said)


def _no_session(said: str) -> NbtuiError:
    what = f"tmux makes no session: {said}"
    if hint := room_hint(said):  # for its socket
        return HostLacks(what, layer="disk", hint=hint)
    return NbtuiError(what, layer="tmux", hint="nbtui shell NAME -- tmux list-sessions")
