"""What lives on the host: one probe and one script, of which each layer takes its part."""

from collections.abc import Callable

from nbtui.errors import HostLacks, NbtuiError
from nbtui.model.check import Check
from nbtui.model.host import JupyterServer
from nbtui.model.text import clean, clean_line
from nbtui.quoting import quote
from nbtui.remote.checkup import check_up
from nbtui.remote.choose import Choice, Found, choose
from nbtui.runners.tmux.making import check_tmux
from nbtui.runners.tmux.reason import reason
from nbtui.session import jobs
from nbtui.session.doctor import host_verdicts as verdicts
from nbtui.session.doctor.host_verdicts import Environment
from nbtui.session.doctor.noise import measure_noise
from nbtui.session.doctor.patient import Patient
from nbtui.session.doctor.verdicts import bad, tolerable

ENVIRONMENT_SECONDS = 25.0
"""For an interactive login shell and the lines that activate the profile's environment."""

_ASK = """found=$(command -v {program}) || exit 0
echo "$found"
for kind in lab notebook server; do
  for place in "${{found%/*}}/" ''; do
    command -v "${{place}}jupyter-$kind" >/dev/null 2>&1 && echo $kind && break
  done
done
exit 0"""
"""As serve.sh of the tmux runner looks for it."""


def look_at_shell(patient: Patient) -> None:
    """A shell is there; then what only one probe tells. Raises NbtuiError."""
    if patient.shell_error is not None:
        raise patient.shell_error
    patient.chart.begin("shell", "reading the start files of the login shell")
    noise = measure_noise(patient.rig.link, patient.clock)
    patient.chart.begin("shell", "looking what lives on the host")
    patient.report = patient.rig.report = jobs.look(patient.rig)
    patient.server = _server(patient)
    patient.chart.put(verdicts.shell(noise, patient.report))


def _server(patient: Patient) -> JupyterServer | None:
    """The server that is in use, else the one that a connect would take."""
    live = patient.live.server if patient.live else None
    in_use = [one for one in patient.seen.servers if live and one.pid == live.pid]
    if in_use:
        return in_use[0]
    match _choice(patient):
        case Found(server=server):
            return server
        case _:
            return None


def _choice(patient: Patient) -> Choice:
    return choose(patient.seen, patient.name, patient.rig.resolved.jupyter.port)


def _put(patient: Patient, check: Check) -> None:
    """What only a start needs is no fault while a server runs."""
    patient.chart.put(tolerable(check) if patient.server else check)


def _tried(patient: Patient, layer: str, look: Callable[[], Check]) -> None:
    try:
        check = look()
    except NbtuiError as exc:
        check = bad(layer, exc)
    _put(patient, check)


def look_at_tmux(patient: Patient) -> None:
    """A tmux that will do."""

    def look() -> Check:
        check_tmux(patient.rig.link.shell, patient.seen)
        return verdicts.tmux(patient.seen, patient.name)

    _tried(patient, "tmux", look)


def look_at_jupyter(patient: Patient) -> None:
    """What a start would find in the environment of the profile."""
    patient.chart.begin("jupyter", "looking for jupyter in the profile's environment")
    _tried(patient, "jupyter", lambda: _jupyter(patient))


def _jupyter(patient: Patient) -> Check:
    settings, rig = patient.rig.resolved.jupyter, patient.rig
    wanted = verdicts.program_of(settings.command or "jupyter")
    if not wanted:
        said = f"only a start can tell: {settings.command}"
        return Check(layer="jupyter", status="skip", evidence=said)
    line = rig.shells.run_command(
        [_ASK.format(program=quote(wanted))],
        directory="~",  # the profile's own may have to be made, which is for a start to do
        activate=settings.activate or "",
    )
    done = rig.link.shell.run(line, timeout=ENVIRONMENT_SECONDS)
    if done.status != 0:
        return _not_activated(done.err, done.status)
    program, *kinds = [clean_line(x) for x in done.text.splitlines()] or [""]
    return verdicts.jupyter(
        Environment(
            program=program,
            kinds=tuple(kinds) if wanted == "jupyter" else (),
            elsewhere=() if program else _elsewhere(patient),
        ),
        wanted,
    )


def _not_activated(said: bytes, status: int) -> Check:
    why = reason(clean(said), status)
    return bad("jupyter", HostLacks(why.message, hint=why.hint))


def _elsewhere(patient: Patient) -> tuple[str, ...]:
    return jobs.look(patient.rig, environments=True).jupyters


def look_at_folder(patient: Patient) -> None:
    """The profile's folder and the home."""
    directory = patient.rig.resolved.jupyter.directory or "~"
    patient.checkup = check_up(patient.rig.link.shell, directory)
    _put(patient, verdicts.folder(patient.checkup, patient.seen))


def look_at_runtime_files(patient: Patient) -> None:
    """What servers that ended have left."""
    found = patient.checkup
    if found is None:
        said = "the host could not be asked"
        patient.chart.put(Check(layer="runtime files", status="skip", evidence=said))
    else:
        patient.chart.put(verdicts.runtime_files(found))


def look_at_linger(patient: Patient) -> None:
    """Whether the host ends programs at logout."""
    _put(patient, verdicts.linger(patient.seen))


def look_at_server(patient: Patient) -> None:
    """Which server there is."""
    choice = Found(server=patient.server) if patient.server else _choice(patient)
    patient.chart.put(verdicts.server(choice))


def look_at_port(patient: Patient) -> None:
    """The port on the host: Jupyter's own, or free for it. Raises HostLacks: it is taken."""
    server = patient.server
    if server is not None:
        evidence = f"{server.port} on {server.address} is Jupyter's"
        patient.chart.put(Check(layer="port", status="ok", evidence=evidence))
        return
    patient.free_port = jobs.free_port(patient.rig, patient.seen)
    evidence = f"{patient.free_port} is free"
    patient.chart.put(Check(layer="port", status="ok", evidence=evidence))
