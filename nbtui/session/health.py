"""How the layers of a connected session are, each asked by itself and with a deadline."""

import socket
from dataclasses import dataclass, replace
from typing import cast

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.model.host import HostReport
from nbtui.model.shell import Reach, Stream
from nbtui.model.snapshot import Kernel, Light, Usage
from nbtui.remote import jupyter
from nbtui.session.rig import Rig

SILENT_SECONDS = 7.0
"""Without a byte for this long, in spite of heartbeats, the link light turns to warn."""

PROBE_SECONDS = 8.0

BUSY = "the line to the host is full: the kernels are as they were last seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What the last look at each layer said."""

    tunnel: Light = "off"
    server: Light = "off"
    kernels: Light = "off"
    kernel_list: tuple[Kernel, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage | None = None


def link_light(rig: Rig, clock: Clock) -> Light:
    """ok, or warn when the host has been silent in spite of heartbeats."""
    if not rig.link.up:
        return "bad"
    silent = clock.monotonic() - rig.link.last_heard
    return "warn" if silent > SILENT_SECONDS else "ok"


def examine(rig: Rig, health: Health) -> Health:
    """Ask Jupyter for its kernels, through the tunnel where there is one: it tells of three layers."""
    if rig.server is None:
        return replace(health, tunnel="off", kernels="off", kernel_list=())
    tunnel = rig.tunnel is not None
    reach = through_tunnel(rig) if tunnel else rig.link.reach
    try:
        kernels = jupyter.kernels(rig.server, reach, timeout=PROBE_SECONDS)
    except NbtuiError as exc:
        if rig.link.busy:
            return replace(health, notes=(BUSY,))
        light: Light = "warn" if tunnel else "off"
        return replace(health, tunnel=light, kernels="warn", notes=(exc.message,))
    return seen(kernels, health, tunnel="ok" if tunnel else "off")


def seen(
    kernels: tuple[Kernel, ...] | None, health: Health, *, tunnel: Light = "ok"
) -> Health:
    """What Jupyter's answer says of the layers.

    Args:
        kernels: see `jupyter.kernels`.
        health: before.
        tunnel: ok when the answer came through it.
    """
    health = replace(health, tunnel=tunnel, server="ok")
    if kernels is None:
        note = "the server asks for a password: its kernels cannot be seen"
        return replace(health, kernels="off", kernel_list=(), notes=(note,))
    return replace(health, kernels="ok", kernel_list=kernels, notes=())


def through_tunnel(rig: Rig) -> Reach:
    """A `Reach` that goes the way the browser goes: to the local port."""

    def reach(_host: str, _port: int, seconds: float) -> Stream:
        assert rig.local_port is not None  # noqa: S101  # set when the tunnel opened
        address = ("127.0.0.1", rig.local_port)
        try:
            with rig.visits.ours():
                made = socket.create_connection(address, timeout=seconds)
        except OSError as exc:
            raise NbtuiError(
                f"localhost:{rig.local_port} does not answer", layer="tunnel"
            ) from exc
        return cast("Stream", made)

    return reach


LIVES = """kill -0 {pid} 2>/dev/null || exit 1
case "$(ps -o stat= -p {pid} 2>/dev/null)" in Z*) exit 1 ;; esac"""
"""Status 0 while the process lives; one that has ended and was not collected by its parent is dead."""


def server_lives(rig: Rig) -> bool:
    """Whether the server's process is still there; True when the host cannot be asked."""
    if rig.server is None:
        return False
    try:
        script = LIVES.format(pid=rig.server.pid)
        done = rig.link.shell.run(script, timeout=PROBE_SECONDS)
    except NbtuiError:
        return True
    return done.status == 0


def usage_of(report: HostReport) -> Usage:
    """The part of a probe that the dashboard draws as bars."""
    return Usage(
        cores=report.cores,
        load=report.load,
        memory_total=report.memory_total,
        memory_used=max(0, report.memory_total - report.memory_available),
        disk_total=report.disk_total,
        disk_used=max(0, report.disk_total - report.disk_free),
        uptime=report.uptime,
        idle=report.idle,
    )
