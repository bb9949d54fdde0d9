"""Clean shutdown: nothing is lost unasked, and what is said to be gone was seen to be gone.

Idle kernels are work too. Each step is timed and verified; what could not be verified is in `left`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nbtui.clock import Clock
from nbtui.errors import NbtuiError, Refused
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.model.question import Ask, Question
from nbtui.model.snapshot import Kernel
from nbtui.model.text import span
from nbtui.quoting import quote
from nbtui.remote import jupyter
from nbtui.remote.probe import ProbeRequest, probe
from nbtui.session.health import LIVES
from nbtui.session.looking import terminal_of
from nbtui.session.rig import Rig

GONE_SECONDS = 10.0
"""How long each way of ending the server may take."""

LEFT_SECONDS = 5.0
"""How long kernels may take to follow their server."""

POLL_SECONDS = 0.2
UNSEEN = "its kernels cannot be seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a shutdown, done."""

    step: str
    ok: bool
    seconds: float


@dataclass(kw_only=True, slots=True)
class Report:
    """What `stop --json` says."""

    name: str
    steps: list[Step] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What could not be seen to be gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """What the person said beforehand."""

    ask: Ask | None
    """None: nobody can be asked."""

    yes: bool = False
    force: bool = False


def kernels_of(rig: Rig) -> tuple[Kernel, ...] | None:
    """The kernels that a shutdown would end, with their memory; None when they cannot be seen."""
    if rig.server is None:
        return ()
    memory = dict(rig.report.kernel_memory) if rig.report else {}
    try:
        return jupyter.kernels(
            rig.server, rig.link.reach, timeout=GONE_SECONDS, memory=memory
        )
    except NbtuiError:  # a server that does not answer is a reason to end it
        return None


def consent(
    rig: Rig, kernels: tuple[Kernel, ...] | None, may: Permission, now: float
) -> None:
    """Return when the server may be ended.

    Args:
        rig: with its server; without one there is nothing to ask.
        kernels: see `kernels_of`.
        may: what was said beforehand.
        now: the host's or our wall time, for the kernels' ages.

    Raises: Refused: the answer was no, or kernels are busy and nobody said that they may end.
    """
    if may.force or rig.server is None:
        return
    lines = tuple(describe(kernel, now) for kernel in kernels or ())
    if may.ask is not None and not may.yes:
        _asked(rig, lines if kernels is not None else (UNSEEN,), may.ask)
    elif busy := [describe(kernel, now) for kernel in kernels or () if kernel.busy]:
        raise Refused(
            "kernels are busy: " + "; ".join(busy), layer="kernels",
            hint=f"nbtui stop {quote(rig.resolved.name)} --force",
        )  # fmt: skip


def _asked(rig: Rig, lines: tuple[str, ...], ask: Ask) -> None:
    name = rig.resolved.name
    text = f"Shut down Jupyter of {name}{_whose(rig)}?"
    if lines and lines != (UNSEEN,):
        text = f"{text} {len(lines)} kernel{'s' if len(lines) > 1 else ''} would end."
    if ask(Question(kind="confirm", text=text, detail=lines)) != "yes":
        raise Refused(
            "not shut down: the answer was no", hint=f"nbtui stop {quote(name)} --yes"
        )


def _whose(rig: Rig) -> str:
    server = rig.server
    if server is None or not server.session or _ours(rig):
        return ""
    return f", which runs in your own tmux session {server.session}"


def describe(kernel: Kernel, now: float) -> str:
    """A kernel as somebody who may lose it wants to read of it.

    >>> describe(Kernel(id="1", name="python3", path="a.ipynb", busy=True, last_activity=10.0), 70.0)
    'a.ipynb (python3) busy, last active 1 min ago'
    """
    state = "busy" if kernel.busy else "idle"
    age = (
        f", last active {span(now - kernel.last_activity)} ago"
        if kernel.last_activity
        else ""
    )
    memory = f", {kernel.memory / 2**30:.1f} GB" if kernel.memory else ""
    return f"{kernel.path or 'no notebook'} ({kernel.name}) {state}{age}{memory}"


def shut_down(rig: Rig, kernels: tuple[Kernel, ...], report: Report, clock: Clock) -> None:
    """End the server by ever stronger means, then its session, and look; fills the report.

    Args: kernels: those that were seen, to see that they are gone.
    """
    server, session = rig.server, rig.session
    if server is None and session is None:
        none = "look for a Jupyter of this profile: none runs"
        report.steps.append(Step(step=none, ok=True, seconds=0.0))
    if server is not None:
        _end_server(rig, server, report, clock)
    if session is not None:
        name = f"end tmux session {session.name}"
        _timed(report, name, clock, lambda: _end_session(rig, session))
    if server is not None or session is not None:
        rest = Rest(server=server, session=session, kernels=kernels)
        name = "see that nothing is left"
        _timed(report, name, clock, lambda: _nothing_left(rig, rest, report, clock))


def _end_server(rig: Rig, server: JupyterServer, report: Report, clock: Clock) -> None:
    for name, act in _ways(rig, server):
        if _timed(report, name, clock, lambda act=act: act() and gone(rig, server)):  # type: ignore[misc]  # mypy knows no types of a lambda's defaults
            return


def _ways(rig: Rig, server: JupyterServer) -> Iterator[tuple[str, Callable[[], bool]]]:
    yield "ask Jupyter to shut down", lambda: _by_api(rig, server)
    if rig.session is not None and _ours(rig):
        yield "Ctrl-C twice in its terminal", lambda: _by_keys(rig)
    yield "SIGTERM", lambda: rig.link.shell.run(f"kill -TERM {server.pid}").status == 0


def _ours(rig: Rig) -> bool:
    return (
        rig.session is not None
        and rig.server is not None
        and rig.session.name == rig.server.session
    )


def _by_api(rig: Rig, server: JupyterServer) -> bool:
    return jupyter.shutdown(server, rig.link.reach, timeout=GONE_SECONDS)


def _by_keys(rig: Rig) -> bool:
    rig.runner.interrupt(terminal_of(rig))
    return True


def _end_session(rig: Rig, session: TmuxSession) -> bool:
    rig.runner.end(session)
    rig.session = None
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """What a shutdown has to make sure of."""

    server: JupyterServer | None
    session: TmuxSession | None
    kernels: tuple[Kernel, ...]

    def left(self, report: HostReport) -> Iterator[str]:
        """What of it a look at the host still shows."""
        server = self.server
        if server and any(one.pid == server.pid for one in report.servers):
            yield f"process {server.pid}"
        if server and any(one.pid in {None, server.pid} for one in report.listeners):
            yield f"port {server.port}"
        running = {ident for ident, _memory in report.kernel_memory}
        yield from (f"kernel {one.id}" for one in self.kernels if one.id in running)
        session = self.session
        if session and any(one.id == session.id for one in report.sessions):
            yield f"tmux session {session.name}"


def _nothing_left(rig: Rig, rest: Rest, report: Report, clock: Clock) -> bool:
    ports = (rest.server.port,) if rest.server else ()
    deadline = clock.monotonic() + LEFT_SECONDS
    try:
        while left := (*rest.left(probe(rig.link.shell, ProbeRequest(ports=ports))),):
            if clock.monotonic() >= deadline:
                break
            clock.wait(POLL_SECONDS)
    except NbtuiError as exc:
        left = (f"nobody could look: {exc.message}",)
    report.left.extend(left)
    return not left


GONE_SCRIPT = f"""
n=0
while ( {LIVES} ); do
  n=$((n+1)); [ $n -gt 50 ] && exit 1
  sleep 0.1 2>/dev/null || sleep 1
done
"""


def gone(rig: Rig, server: JupyterServer) -> bool:
    """Wait, on the host, until the server's process has ended; a zombie counts as ended."""
    script = GONE_SCRIPT.format(pid=server.pid)
    return rig.link.shell.run(script, timeout=60.0).status == 0


def _timed(report: Report, name: str, clock: Clock, act: Callable[[], bool]) -> bool:
    began = clock.monotonic()
    try:
        ok = act()
    except NbtuiError:
        ok = False
    report.steps.append(Step(step=name, ok=ok, seconds=round(clock.monotonic() - began, 3)))
    return ok
