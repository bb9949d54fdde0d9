"""Verdicts about what lives on a host. Pure; see `verdicts`."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from nbtui.errors import ExitCode
from nbtui.model.check import Check, Fix
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.remote.checkup import Checkup
from nbtui.remote.choose import Choice, Found, NoServer, Several
from nbtui.session.doctor.noise import Noise

SLOW_SHELL = 3.0
"""Seconds from which a login shell is worth a word: each attach, shell and start waits for it."""

LITTLE_ROOM = 1 << 20
"""Bytes; with less, not even a start file and a runtime file are sure to fit."""


def shell(noise: Noise, report: HostReport) -> Check:
    """The login shell, and what it prints when only programs listen."""
    where = f"{report.login_shell} on {report.hostname}"
    if noise.size:
        shown = f', such as "{noise.line}"' if noise.line else ""
        return Check(
            layer="shell",
            status="warn",
            evidence=f"{where}; its start files print {noise.size} bytes where no person reads them{shown}",
            hint="print only in interactive shells: put `case $- in *i*) ;; *) return ;; esac` on top of ~/.bashrc",
        )
    if noise.seconds > SLOW_SHELL:
        return Check(
            layer="shell",
            status="warn",
            evidence=f"{where}; its start files take {noise.seconds:.1f} s",
            hint="nbtui shell NAME, and see what ~/.bashrc and its like wait for",
        )
    return Check(layer="shell", status="ok", evidence=where)


def tmux(report: HostReport, profile: str) -> Check:
    """A tmux that will do, and the session that is marked for the profile."""
    evidence = f"{report.tmux_version} at {report.tmux_path}"
    dead = dead_session(report, profile)
    if dead is None:
        return Check(layer="tmux", status="ok", evidence=evidence)
    how = "" if dead.exit_status is None else f" with status {dead.exit_status}"
    text = (
        f"End tmux session {dead.name}, which holds the last words of a server that ended"
    )
    return Check(
        layer="tmux",
        status="warn",
        evidence=f"{evidence}; session {dead.name} is left of a server that ended{how}",
        hint="nbtui logs NAME  # shows it; the next start ends it",
        fix=Fix(name="dead-session", text=text, about=dead.id),
    )


def dead_session(report: HostReport, profile: str) -> TmuxSession | None:
    """A session that is marked for the profile, and in which nothing runs any more."""
    marked = (one for one in report.sessions if one.profile == profile)
    return next((one for one in marked if one.dead), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What a server would be started with."""

    program: str
    """Path of `jupyter`, or of what the profile's command begins with; empty: there is none."""

    kinds: tuple[str, ...] = ()
    """Which of lab, notebook and server are there; empty for a command of the profile's own."""

    elsewhere: tuple[str, ...] = ()
    """Other commands named jupyter, outside of that environment."""


def jupyter(environment: Environment, wanted: str) -> Check:
    """What would be started, and whether it is there.

    Args: wanted: the program's name.
    """
    layer, found = "jupyter", environment.program
    edit = "nbtui profile edit NAME  # set jupyter.activate"
    if found and (environment.kinds or wanted != "jupyter"):
        kinds = f": {', '.join(environment.kinds)}" if environment.kinds else ""
        return Check(layer=layer, status="ok", evidence=f"{found}{kinds}")
    if found:
        evidence = f"{found} has none of lab, notebook and server"
        hint = "pip install jupyterlab in that environment"
        return _lacks(layer, evidence, hint)
    if wanted != "jupyter":
        return _lacks(
            layer, f"the profile's command needs {wanted}, which is not there", edit
        )
    match environment.elsewhere:
        case ():
            return _lacks(layer, "there is no jupyter in the profile's environment", edit)
        case (only,):
            evidence = f"{only}, though the login shell does not know it"
            return Check(layer=layer, status="ok", evidence=evidence)
        case several:
            evidence = (
                f"not in the login shell; a start asks which to use: {', '.join(several)}"
            )
            return Check(layer=layer, status="warn", evidence=evidence, hint=edit)


def _lacks(layer: str, evidence: str, hint: str) -> Check:
    code = int(ExitCode.HOST_LACKS)
    return Check(layer=layer, status="bad", evidence=evidence, hint=hint, code=code)


def folder(found: Checkup, report: HostReport) -> Check:
    """The folder can be entered or made, and the home has room for what a start writes."""
    layer, edit = "folder", "nbtui profile edit NAME  # set jupyter.directory"
    if not found.home_writable:
        hint = "ask the host's owner why the home cannot be written to"
        return _lacks(layer, f"the home {report.home} cannot be written to", hint)
    if report.disk_total and report.home_free < LITTLE_ROOM:
        hint = "make room on the host: du -xh ~ | sort -h | tail"
        return _lacks(layer, f"the disk of {report.home} is full", hint)
    if not found.folder:
        said = "the folder of another user is not looked at"
        return Check(layer=layer, status="skip", evidence=said)
    if not found.is_folder:
        return _lacks(layer, f"{found.folder}: {found.nearest} is no folder", edit)
    if not found.writable:
        return _lacks(layer, f"{found.folder}: {found.nearest} cannot be written to", edit)
    made = "" if found.nearest == found.folder else ", which a start makes"
    return Check(layer=layer, status="ok", evidence=f"{found.folder}{made}")


def runtime_files(found: Checkup) -> Check:
    """Runtime files whose servers are gone; they keep nbtui from nothing."""
    layer = "runtime files"
    live = f"{found.live} of servers that run"
    if found.stale:
        names = "\n".join(found.stale[:3]) + ("\n…" if len(found.stale) > 3 else "")  # noqa: PLR2004  # enough to go by
        text = f"Delete {len(found.stale)} runtime files of servers that have ended"
        return Check(
            layer=layer,
            status="warn",
            evidence=f"{live}, {len(found.stale)} of servers that have ended:\n{names}",
            hint="nbtui doctor NAME --fix",
            fix=Fix(name="runtime-files", text=text, detail=found.stale[:20]),
        )
    if found.shared:
        live += f", {len(found.shared)} of servers that do not run on this node; the disk is shared"
    return Check(layer=layer, status="ok", evidence=live)


def linger(report: HostReport) -> Check:
    """Whether what was started lives on after the link."""
    if not report.kills_at_logout:
        said = "programs go on after logout"
        return Check(layer="linger", status="ok", evidence=said)
    where = f"{report.user} on {report.hostname}"
    return Check(
        layer="linger",
        status="bad",
        evidence=f"{report.hostname} ends a user's programs at logout: Jupyter would end with the link",
        hint=f"on the host: loginctl enable-linger {report.user}",
        code=int(ExitCode.REFUSED),
        fix=Fix(name="linger", text=f"Let programs of {where} go on after logout"),
    )


def server(choice: Choice) -> Check:
    """Which server a connect would use."""
    match choice:
        case Found(server=one):
            return Check(layer="server", status="ok", evidence=described(one))
        case NoServer():
            hint = "nbtui start NAME"
            return Check(layer="server", status="skip", evidence="none runs", hint=hint)
        case Several(servers=servers):
            evidence = f"{len(servers)} fit, and a connect asks which:"
            return Check(
                layer="server",
                status="warn",
                evidence="\n".join((evidence, *map(described, servers))),
                hint="nbtui profile edit NAME  # set jupyter.port",
            )


def described(one: JupyterServer) -> str:
    """A server in one line."""
    where = f", tmux {one.session}" if one.session else ""
    return f"Jupyter Server {one.version or '?'}, pid {one.pid}, port {one.port}, {one.root_dir or '?'}{where}"


def versions(here: Sequence[str], there: Sequence[str]) -> Check:
    """For a report of a bug.

    Args:
        here: programs with their versions.
        there: the same on the host; none while it cannot be asked.
    """
    lines = [f"here: {', '.join(here)}"]
    lines += [f"there: {', '.join(there)}"] if there else []
    return Check(layer="versions", status="ok", evidence="\n".join(lines))


def program_of(command: str) -> str:
    """The program that a profile's command line begins with; empty where only a shell could tell.

    >>> program_of("jupyter lab"), program_of("FOO=1 jupyter lab"), program_of("'")
    ('jupyter', '', '')
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    plain = bool(words) and all(x.isalnum() or x in "-_./+" for x in words[0])
    return words[0] if plain else ""
