"""One examination: layer after layer, and what depends on a bad one is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nbtui.clock import Clock
from nbtui.errors import Interrupted, NbtuiError, UsageError
from nbtui.model.check import Fix, blocked_by, skipped
from nbtui.model.profile import Profile
from nbtui.model.question import Ask
from nbtui.session.caller import Caller
from nbtui.session.crew import PortMemory
from nbtui.session.doctor import host, notebook, verdicts
from nbtui.session.doctor.chart import Chart, Report
from nbtui.session.doctor.fixes import FIXES
from nbtui.session.doctor.patient import Patient
from nbtui.session.doctor.way_in import STEPS as DIAL, WayIn
from nbtui.session.manager import Manager
from nbtui.session.rig import Rig
from nbtui.session.tunnel import OpenForward

Look = Callable[[Patient], None]
"""Looks at some layers and puts down what it finds. Raises NbtuiError: the last that it began is bad."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """Who wants an examination, and where its findings go."""

    name: str
    caller: Caller
    ask: Ask
    report: Report
    when_gone: Callable[[Callable[[], object]], object]
    """What is to be called when they go away, in place of the one before."""

    mending: bool = False
    """Questions whose yes changes something may be put."""

    draft: Profile | None = None
    """Counts in place of what is saved under the name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doctor:
    """Looks at hosts through the rooms that a connect goes through."""

    manager: Manager
    draft_rig: Callable[[Profile, Caller], Rig]
    """As `Manager.make_rig`, for a profile that is not saved."""

    ports: PortMemory
    open_forward: OpenForward
    clock: Clock

    def examine(self, visit: Visit) -> None:
        """Look at every layer; a link that is up is used, one that had to be opened is closed again.

        Raises: Interrupted: who asked has gone.
        """
        patient = self.patient(visit)
        try:
            for layers, look in STEPS:
                patient.check_wanted()
                _look(patient, layers, look)
        finally:
            patient.close()

    def mend(self, visit: Visit, fix: Fix) -> str:
        """Do one fix that a person said yes to; what was done.

        Raises: NbtuiError: it could not be, or is not what it was.
        """
        mend = FIXES.get(fix.name)
        if mend is None:
            raise UsageError(f"there is no fix called {fix.name!r}")
        patient = self.patient(visit)
        try:
            return mend(patient, fix)
        finally:
            patient.close()

    def patient(self, visit: Visit) -> Patient:
        """Nothing is open yet; close it in the end."""
        chart = Chart(name=visit.name, report=visit.report, clock=self.clock)
        return Patient(
            name=visit.name,
            caller=visit.caller,
            ask_person=visit.ask,
            mending=visit.mending,
            chart=chart,
            clock=self.clock,
            make_rig=self._make_rig(visit.draft),
            held=self._held(visit.name),
            when_gone=visit.when_gone,
            ports=self.ports,
            open_forward=self.open_forward,
        )

    def _make_rig(self, draft: Profile | None) -> Callable[[str, Caller], Rig]:
        if draft is None:
            return self.manager.make_rig
        return lambda _name, caller: self.draft_rig(draft, caller)

    def _held(self, name: str) -> Rig | None:
        held = (one.rig for one in self.manager.sessions() if one.name == name)
        return next(held, None)


def _look(patient: Patient, layers: tuple[str, ...], look: Look) -> None:
    """Put down a check of each of the layers."""
    chart, first = patient.chart, layers[0]
    cause = blocked_by(first, chart.found)
    if cause is None:
        chart.begin(first)
        try:
            look(patient)
        except Interrupted:
            raise
        except NbtuiError as exc:
            chart.put(verdicts.bad(first, exc))
    for layer in layers:
        cause = blocked_by(layer, chart.found)
        if cause and not chart.has(layer):
            chart.add(skipped(layer, cause))


def _profile(patient: Patient) -> None:
    patient.chart.put(verdicts.profile(patient.rig.resolved))


STEPS: Final[tuple[tuple[tuple[str, ...], Look], ...]] = (
    (("profile",), _profile),
    (("key files", "ssh-agent", *DIAL), lambda patient: WayIn(patient).look()),
    (("shell",), host.look_at_shell),
    (("tmux",), host.look_at_tmux),
    (("jupyter",), host.look_at_jupyter),
    (("folder",), host.look_at_folder),
    (("runtime files",), host.look_at_runtime_files),
    (("linger",), host.look_at_linger),
    (("server",), host.look_at_server),
    (("port",), host.look_at_port),
    (("local port",), notebook.look_at_local_port),
    (("tunnel",), notebook.look_at_tunnel),
    (("kernel",), notebook.look_at_kernel),
    (("versions",), notebook.look_at_versions),
)
