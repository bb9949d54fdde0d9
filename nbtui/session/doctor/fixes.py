"""What `doctor --fix` does once a person said yes, where the agent's rooms are needed; each looks again first."""

from collections.abc import Callable
from typing import Final

from nbtui.errors import NbtuiError
from nbtui.model.check import Fix
from nbtui.model.text import clean_line
from nbtui.remote.checkup import check_up
from nbtui.session import jobs
from nbtui.session.doctor.host_verdicts import dead_session
from nbtui.session.doctor.patient import Patient
from nbtui.session.doctor.way_in import open_link
from nbtui.ssh.portowner import end_owner

_LINGER = 'loginctl enable-linger "$(id -un)"'


def _delete_runtime_files(patient: Patient, _fix: Fix) -> str:
    open_link(patient)
    directory = patient.rig.resolved.jupyter.directory or "~"
    gone = check_up(patient.rig.link.shell, directory, mend=True).stale
    return f"deleted {len(gone)} runtime files"


def _let_linger(patient: Patient, _fix: Fix) -> str:
    open_link(patient)
    done = patient.rig.link.shell.run(_LINGER, timeout=20.0)
    if done.status != 0:
        said = clean_line(done.err or done.out, limit=300) or f"status {done.status}"
        hint = "ask the host's owner to let your programs linger"
        raise NbtuiError(f"loginctl says: {said}", layer="linger", hint=hint)
    return f"on the host: {_LINGER}"


def _end_dead_session(patient: Patient, _fix: Fix) -> str:
    open_link(patient)
    dead = dead_session(jobs.look(patient.rig), patient.name)
    if dead is None:
        return "the session is gone by now"
    patient.rig.runner.end(dead)
    return f"ended tmux session {dead.name}"


def _free_local_port(patient: Patient, fix: Fix) -> str:
    port, pid = map(int, fix.about.split())
    end_owner(port, pid, wanted=patient.rig.wanted_port, clock=patient.clock)
    return f"ended process {pid}, which held port {port}"


FIXES: Final[dict[str, Callable[[Patient, Fix], str]]] = {
    "runtime-files": _delete_runtime_files,
    "linger": _let_linger,
    "dead-session": _end_dead_session,
    "local-port": _free_local_port,
}
"""By `Fix.name`; what each returns is what was done."""
