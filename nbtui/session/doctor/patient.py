"""Who is examined: what is open for it, and what is known of it so far."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbtui.clock import Clock
from nbtui.errors import Interrupted, NbtuiError
from nbtui.model.host import HostReport, JupyterServer
from nbtui.model.question import Ask, Question
from nbtui.quoting import quote
from nbtui.remote.checkup import Checkup
from nbtui.session.caller import Caller
from nbtui.session.crew import PortMemory
from nbtui.session.doctor.chart import Chart
from nbtui.session.rig import Rig
from nbtui.session.tunnel import OpenForward


@dataclass(kw_only=True)
class Patient:
    """See the module. Its rig is the doctor's own: it shares the link of the session, if that is up."""

    name: str
    caller: Caller
    ask_person: Ask
    mending: bool
    """Questions whose yes changes something may be put."""

    chart: Chart
    clock: Clock
    make_rig: Callable[[str, Caller], Rig]
    held: Rig | None
    """What the session of this name holds open; looked at, never touched."""

    when_gone: Callable[[Callable[[], object]], object]
    """What is to be called when who asked goes away, in place of the one before."""

    ports: PortMemory
    open_forward: OpenForward
    _rig: Rig | None = None
    shell_error: NbtuiError | None = None
    """Why there is no shell on the host."""

    report: HostReport | None = None
    checkup: Checkup | None = None
    server: JupyterServer | None = None
    """The one that a connect would use."""

    free_port: int | None = None
    """On the host, for a server that would be started."""

    closed: bool = False
    """The server's API is closed to us: it asks for a password."""

    @property
    def rig(self) -> Rig:
        """What the doctor holds. Raises NbtuiError: see `make_rig`."""
        if self._rig is None:
            self._rig = self.make_rig(self.name, self.caller)
        return self._rig

    @property
    def live(self) -> Rig | None:
        """What the session holds open, if it leads to the host that the name stands for now."""
        held = self.held
        return held if held is not None and held.link is self.rig.link else None

    @property
    def seen(self) -> HostReport:
        """What the probe saw; every layer that asks needs the shell."""
        assert self.report is not None  # noqa: S101  # set by the look at the shell
        return self.report

    def ask(self, question: Question) -> str | None:
        """Put a question; an unknown host key is taken only by who mends, because that writes a file."""
        if question.kind == "host-key" and not self.mending:
            return None
        began = self.clock.monotonic()
        try:
            return self.ask_person(question)
        finally:
            self.chart.pause(self.clock.monotonic() - began)

    def check_wanted(self) -> None:
        """Raises Interrupted when nobody waits for the result any more."""
        if self.caller.gone.is_set():
            raise Interrupted("cancelled", hint=f"nbtui doctor {quote(self.name)}")

    @contextmanager
    def until_gone(self, cancel: Callable[[], object]) -> Iterator[None]:
        """While inside, `cancel` is called when who asked goes away."""
        self.when_gone(cancel)
        try:
            yield
        finally:
            self.when_gone(lambda: None)

    def close(self) -> None:
        """Give everything back; a link that only the doctor held is closed."""
        if self._rig is not None:
            self._rig.close()
