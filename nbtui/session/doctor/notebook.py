"""From the local port through the tunnel to a kernel: the way that the browser goes."""

import platform
from importlib.metadata import version

from nbtui import __version__
from nbtui.errors import ForwardForbidden, HostUnreachable, LocalPortTaken
from nbtui.model.check import Check, Fix
from nbtui.remote import jupyter
from nbtui.remote.trial import Trial
from nbtui.session.doctor import host_verdicts as verdicts
from nbtui.session.doctor.patient import Patient
from nbtui.session.doctor.verdicts import bad
from nbtui.session.health import PROBE_SECONDS, through_tunnel
from nbtui.session.rig import Rig
from nbtui.session.tunnel import bind, candidates
from nbtui.ssh.addresses import format_address
from nbtui.ssh.portowner import owner_of

_NO_SERVER = "no server runs"
_PASSWORD = "the server asks for a password: its kernels cannot be seen"  # noqa: S105  # words for people


def look_at_local_port(patient: Patient) -> None:
    """The port is ours already, or can be bound; it stays so until the tunnel was looked at."""
    layer, held = "local port", patient.held
    if held is not None and held.tunnel is not None:
        evidence = f"{held.local_port} is this profile's tunnel"
        patient.chart.put(Check(layer=layer, status="ok", evidence=evidence))
        return
    rig = patient.rig
    ports = candidates(rig, None, patient.ports.local_port(patient.name))
    try:
        rig.tunnel_to = _far_end(patient)
        rig.local_port = bind(rig, patient.open_forward, rig.tunnel_to, ports)
    except LocalPortTaken as exc:
        patient.chart.put(bad(layer, exc)._replace(fix=_free(exc, rig)))
        return
    taken = f"{ports[0]} is taken, " if rig.local_port != ports[0] else ""
    evidence = f"{taken}{rig.local_port} is free"
    patient.chart.put(Check(layer=layer, status="ok", evidence=evidence))


def _far_end(patient: Patient) -> tuple[str, int]:
    server = patient.server
    if server is not None:
        return server.address, server.port
    return "127.0.0.1", patient.free_port or patient.rig.wanted_port


def _free(error: LocalPortTaken, rig: Rig) -> Fix | None:
    owner = owner_of(error.port, wanted=rig.wanted_port)
    if owner.pid is None:
        return None
    text = f"End {owner.text}"
    return Fix(name="local-port", text=text, about=f"{error.port} {owner.pid}")


def look_at_tunnel(patient: Patient) -> None:
    """Jupyter answers as it would to the browser. Raises NbtuiError: it does not."""
    try:
        _look_at_tunnel(patient)
    finally:
        patient.rig.close_tunnel()


def _look_at_tunnel(patient: Patient) -> None:
    layer, server = "tunnel", patient.server
    if server is None:
        _try_forward(patient)
        evidence = f"{_NO_SERVER}; the host lets connections through"
        patient.chart.put(Check(layer=layer, status="skip", evidence=evidence))
        return
    patient.rig.link.reach(server.address, server.port, PROBE_SECONDS).close()
    rig = _with_tunnel(patient)
    same_host = rig.link is patient.rig.link
    if not same_host or rig.tunnel_to != (server.address, server.port):
        patient.chart.put(_elsewhere(rig))
        return
    way = through_tunnel(rig)
    ready = jupyter.ready(server, way, timeout=PROBE_SECONDS)
    patient.closed = jupyter.status(server, way, timeout=PROBE_SECONDS) is None
    evidence = f"localhost:{rig.local_port} is answered by Jupyter Server {ready or '?'}"
    patient.chart.put(Check(layer=layer, status="ok", evidence=evidence))


def _with_tunnel(patient: Patient) -> Rig:
    """Whose tunnel it is: the session's, else the one that was opened for the look at the local port."""
    held = patient.held
    return held if held is not None and held.tunnel is not None else patient.rig


def _elsewhere(rig: Rig) -> Check:
    """Nothing is sent there: what answers is not the server whose token we know."""
    host, port = rig.tunnel_to or ("?", 0)
    where = f"{format_address((host, port))} of {rig.resolved.target.where}"
    return Check(
        layer="tunnel",
        status="warn",
        evidence=f"localhost:{rig.local_port} leads to {where}, and the server is elsewhere by now",
        hint="nbtui disconnect NAME, then nbtui connect NAME",
    )


def _try_forward(patient: Patient) -> None:
    """Nobody answers at a free port, which is well; that the host forbids it is not. Raises ForwardForbidden."""
    host, port = _far_end(patient)
    try:
        patient.rig.link.reach(host, port, PROBE_SECONDS).close()
    except ForwardForbidden:
        raise
    except HostUnreachable:
        return


def look_at_kernel(patient: Patient) -> None:
    """A kernel can be started; it is deleted at once. Raises NbtuiError: it cannot."""
    layer, server = "kernel", patient.server
    if server is None or patient.closed:
        said = _NO_SERVER if server is None else _PASSWORD
        patient.chart.put(Check(layer=layer, status="skip", evidence=said))
        return
    patient.chart.begin(layer, "starting a kernel")
    trial = Trial(
        server=server,
        reach=patient.rig.link.reach,
        clock=patient.clock,
        wanted=lambda: not patient.caller.gone.is_set(),
    )
    name = trial.run()
    if name is None:
        patient.chart.put(Check(layer=layer, status="skip", evidence=_PASSWORD))
        return
    evidence = f"{name} was started, answered, and is deleted"
    patient.chart.put(Check(layer=layer, status="ok", evidence=evidence))


def look_at_versions(patient: Patient) -> None:
    """What runs here and there."""
    here = [f"nbtui {__version__}", f"Python {platform.python_version()}"]
    here += [f"paramiko {version('paramiko')}", platform.system()]
    patient.chart.put(verdicts.versions(here, _there(patient)))


def _there(patient: Patient) -> list[str]:
    greeted = [
        one.evidence.splitlines()[-1]
        for one in patient.chart.found
        if one.layer == "banner" and one.status == "ok"
    ]
    report, server = patient.report, patient.server
    tmux = [f"tmux {report.tmux_version}"] if report and report.tmux_path else []
    return greeted + tmux + ([f"Jupyter Server {server.version}"] if server else [])
