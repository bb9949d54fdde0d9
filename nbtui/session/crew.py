"""Who does the jobs of a session: the hands between the rules and the work in `jobs` and `tunnel`."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from nbtui.clock import Clock
from nbtui.errors import LocalPortTaken, NbtuiError
from nbtui.session import jobs, tunnel
from nbtui.session.health import (
    PROBE_SECONDS,
    Health,
    examine,
    seen,
    server_lives,
    through_tunnel,
    usage_of,
)
from nbtui.session.jobs import Work
from nbtui.session.machine import Connected, Job, Level
from nbtui.session.neighbours import Neighbours, note
from nbtui.session.obituary import Life, why_gone
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.tunnel import OpenForward
from nbtui.ssh.vigil import hold


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
    neighbours: Neighbours

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
        life = Life.of(session.name, rig)
        found = jobs.find(rig, work)
        if work.again and not found:
            rig.last_port = life.port
            session.last_error = why_gone(life, rig, self.clock, away=True)
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
        port = self._open_tunnel(session, rig, work)
        tunnel.open_forwards(rig, self.open_forward)
        rig.notes = tuple(filter(None, (note(rig, self.neighbours()),)))
        kernels = jobs.verify(rig, through_tunnel(rig), work)
        session.learn(rig, seen(kernels, session.health))
        if asked == "auto" or (asked is None and rig.resolved.jupyter.local_port is None):
            self.ports.remember_port(session.name, port)

    def _open_tunnel(self, session: Session, rig: Rig, work: Work) -> int:
        """Listen; a window of PuTTY's that has the port is waited for while somebody is there to close it."""
        while True:
            try:
                return tunnel.open_tunnel(
                    rig, self.open_forward, asked=session.local_port,
                    remembered=self.ports.local_port(session.name),
                )  # fmt: skip
            except LocalPortTaken as exc:
                late = work.until is not None and self.clock.monotonic() >= work.until
                if not exc.window or session.desk.alone or late:
                    raise
                work.tell(f"{exc.message}: close that window, and this goes on")
            self.clock.wait(jobs.POLL_SECONDS)
            work.check()

    def look_after(self, session: Session) -> bool:
        """Look at the layers of a connected session; a server that ended is said to have.

        Returns:
            Whether all was well.
        """
        rig, state = session.rig, session.state
        if rig is None or not isinstance(state, Connected) or state.level < Level.SERVER:
            return True
        health = examine(rig, session.health)
        well = health.kernels != "warn"
        asked = not well and rig.link.up and not rig.link.busy
        if asked and not server_lives(rig):
            self._server_ended(session, rig)
            return True
        session.learn(rig, health)
        if well:
            _keep_vigil(session, rig)
        return well

    def _server_ended(self, session: Session, rig: Rig) -> None:
        life = Life.of(session.name, rig)
        with suppress(NbtuiError):  # that it ended is worth saying all the same
            rig.report = jobs.look(rig)
            rig.session = jobs.own_session(rig.report, session.name)
        session.server_ended(rig, why_gone(life, rig, self.clock))


def _keep_vigil(session: Session, rig: Rig) -> None:
    """Be told at once when the server ends, and not only by the next look."""
    if rig.server is None:
        return
    to = (rig.server.address, rig.server.port)
    if rig.vigil is not None and rig.vigil.open and rig.vigil.to == to:
        return
    with suppress(NbtuiError):  # a host that grants no further connection is looked at
        rig.keep(hold(rig.link.transport, to, session.doubt, timeout=PROBE_SECONDS))
