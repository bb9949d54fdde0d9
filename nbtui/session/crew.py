"""Who does the jobs of a session: the hands between the rules and the work in `jobs` and `tunnel`."""

from dataclasses import dataclass, replace
from typing import Protocol

from nbtui.clock import Clock
from nbtui.errors import HostLacks, NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.host import HostReport
from nbtui.model.text import mask
from nbtui.session import jobs, tunnel
from nbtui.session.health import (
    Health,
    examine,
    seen,
    server_lives,
    through_tunnel,
    usage_of,
)
from nbtui.session.jobs import Work
from nbtui.session.machine import Connected, Job, Level
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.tunnel import OpenForward


class PortMemory(Protocol):
    """Remembers the local port that was chosen for a profile."""

    def local_port(self, name: str) -> int | None:
        """The port, None when none was chosen."""

    def remember_port(self, name: str, port: int) -> None:
        """Keep it for next time."""


class JupyterMemory(Protocol):
    """Remembers which `jupyter` of the host a person chose for a profile."""

    def jupyter(self, name: str) -> str:
        """Its path; empty when none was chosen."""

    def remember_jupyter(self, name: str, path: str) -> None:
        """Keep it for next time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """See the module."""

    ports: PortMemory
    jupyters: JupyterMemory
    open_forward: OpenForward
    clock: Clock

    def run(self, session: Session, job: Job, rig: Rig, work: Work) -> bool:
        """Do one job; see `RunJob`."""
        match job:
            case Job.DIAL:
                jobs.dial(rig, work)
                return True
            case Job.FIND:
                return self._find(session, rig, work)
            case Job.LAUNCH:
                self._launch(session, rig, work)
                return True
            case Job.TUNNEL:
                self._tunnel(session, rig, work)
                return True

    def _find(self, session: Session, rig: Rig, work: Work) -> bool:
        before = rig.report
        found = jobs.find(rig, work)
        if work.again and not found:
            session.last_error = _why_gone(session.name, before, rig.report)
        self._learn(session, rig)
        return found

    def _launch(self, session: Session, rig: Rig, work: Work) -> None:
        rig.chosen_jupyter = kept = self.jupyters.jupyter(session.name)
        jobs.launch(rig, work)
        if rig.chosen_jupyter != kept:  # and it has served
            self.jupyters.remember_jupyter(session.name, rig.chosen_jupyter)
        self._learn(session, rig)

    def _learn(self, session: Session, rig: Rig) -> None:
        usage = usage_of(rig.report) if rig.report else None
        if rig.server is not None:
            session.learn(rig, replace(session.health, usage=usage, server="ok"))
        else:
            there_was = session.health.server != "off"
            session.learn(rig, Health(usage=usage, server="bad" if there_was else "off"))

    def _tunnel(self, session: Session, rig: Rig, work: Work) -> None:
        asked = session.local_port
        port = tunnel.open_tunnel(
            rig, self.open_forward, asked=asked, remembered=self.ports.local_port(session.name)
        )  # fmt: skip
        tunnel.open_forwards(rig, self.open_forward)
        kernels = jobs.verify(rig, through_tunnel(rig), work)
        session.learn(rig, seen(kernels, session.health))
        if asked is None and rig.resolved.jupyter.local_port is None:
            self.ports.remember_port(session.name, port)

    def look_after(self, session: Session) -> None:
        """Look at the layers of a connected session; a server that ended is said to have."""
        rig, state = session.rig, session.state
        if rig is None or not isinstance(state, Connected) or state.level < Level.SERVER:
            return
        health = examine(rig, session.health)
        if health.kernels == "warn" and rig.link.up and not server_lives(rig):
            self._server_ended(session, rig)
        else:
            session.learn(rig, health)

    def _server_ended(self, session: Session, rig: Rig) -> None:
        error = HostLacks(
            f"Jupyter of {session.name} ended{_last_words(rig)}",
            layer="server",
            hint=f"nbtui start {session.name}",
        )
        session.server_ended(rig, Failure.of(error, name=session.name))


def _why_gone(name: str, before: HostReport | None, now: HostReport | None) -> Failure:
    """Why a server is not there any more after a reconnect."""
    what = f"Jupyter of {name} ended while the link was away"
    if before and now and before.boot_id != now.boot_id:
        what = f"{now.hostname} was restarted: Jupyter of {name} is gone"
    hint = f"nbtui start {name}"
    return Failure.of(HostLacks(what, layer="server", hint=hint), name=name)


def _last_words(rig: Rig) -> str:
    """What its terminal says, when there still is one."""
    if rig.session is None:
        return ""
    try:
        now, text = rig.runner.state(rig.session, lines=8)
    except NbtuiError:  # that it ended is worth saying all the same
        return ""
    lines = [line for line in text.splitlines() if line.strip()][-5:]
    rig.session = now
    token = rig.server.token if rig.server else ""
    return "; its terminal says:\n" + mask("\n".join(lines), token) if lines else ""
