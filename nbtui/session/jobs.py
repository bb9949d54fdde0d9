"""The work that the rules ask for: dial, find, launch, tunnel. Each runs in the session's worker.

A job works on the session's `Rig` and raises `NbtuiError`; it looks at `cancelled` whenever it waits,
and undoes what it made when that is set.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event

from nbtui.clock import Clock
from nbtui.errors import HostLacks, Interrupted, NbtuiError, Refused, TimedOut
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.model.question import Ask, Question, Tell
from nbtui.model.runner import LaunchOrder
from nbtui.model.shell import Reach
from nbtui.model.snapshot import Kernel
from nbtui.remote import jupyter
from nbtui.remote.choose import Found, NoServer, Several, choose
from nbtui.remote.probe import ProbeRequest, probe
from nbtui.session.environment import environment
from nbtui.session.rig import Rig
from nbtui.ssh.link import LoginContext

LINK_SECONDS = 10.0
JUPYTER_SECONDS = 60.0
"""From the launch to the first answer."""

POLL_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What a job is handed besides the rig."""

    ask: Ask
    tell: Tell
    cancelled: Event
    clock: Clock
    login: LoginContext
    start: bool
    """A server may be started."""

    until: float | None = None
    """When who asked gives up, on the clock; None: each step has a bound of its own."""

    again: bool = False
    """It has been connected, and the link was lost."""

    meant: bool
    """A profile asked for it, so that starting on a login node was meant."""

    def seconds(self, usual: float) -> float:
        """For a step that as a rule may take so long: who says --wait bounds all of it instead."""
        if self.until is None:
            return usual
        return max(0.1, self.until - self.clock.monotonic())

    def check(self) -> None:
        """Raises Interrupted when nobody wants the result any more."""
        if self.cancelled.is_set():
            raise Interrupted("cancelled")


def dial(rig: Rig, work: Work) -> None:
    """Open the link."""
    work.tell(f"connecting to {rig.resolved.target.where}")
    rig.link.open(
        ask=work.ask,
        tell=work.tell,
        timeout=work.seconds(LINK_SECONDS),
        context=replace(work.login, keyring=rig.resolved.keyring),
    )


def find(rig: Rig, work: Work) -> bool:
    """Look at the host; True when there is a server to use, which is then the rig's."""
    work.tell("looking for Jupyter")
    rig.report = look(rig)
    rig.session = own_session(rig.report, rig.resolved.name)
    rig.server = _chosen(rig, work)
    return rig.server is not None


def look(rig: Rig, *, environments: bool = False) -> HostReport:
    """One probe, in one round trip."""
    request = ProbeRequest(
        ports=_candidates(rig),
        directory=rig.resolved.jupyter.directory,
        environments=environments,
    )
    return probe(rig.link.shell, request, timeout=30.0 if environments else 10.0)


def _candidates(rig: Rig) -> tuple[int, ...]:
    """The ports that a server may get, best first: where pages that are open look for it."""
    first = rig.wanted_port
    last = (rig.last_port,) if rig.last_port else ()
    return tuple(dict.fromkeys((*last, *range(first, min(first + 16, 65536)))))


def own_session(report: HostReport, name: str) -> TmuxSession | None:
    """The session that nbtui made for a profile; a living one before one that is kept to be read."""
    ours = [one for one in report.sessions if one.profile == name]
    return min(ours, key=lambda one: one.dead, default=None)


def _chosen(rig: Rig, work: Work) -> JupyterServer | None:
    assert rig.report is not None  # noqa: S101  # find has just set it
    match choose(rig.report, rig.resolved.name, rig.resolved.jupyter.port):
        case Found(server=server):
            return server
        case NoServer():
            return None
        case Several(servers=servers):
            return _picked(servers, work)


def _picked(servers: tuple[JupyterServer, ...], work: Work) -> JupyterServer | None:
    choices = tuple((str(one.pid), _described(one)) for one in servers)
    question = Question(
        kind="choice", text="several Jupyter servers fit: which one?", choices=choices
    )
    answer = work.ask(question)
    for server in servers:
        if str(server.pid) == answer:
            return server
    raise Refused(
        "several Jupyter servers fit and none was chosen: "
        + "; ".join(x for _, x in choices),
        hint="set the profile's port: nbtui profile edit NAME",
    )


def _described(server: JupyterServer) -> str:
    where = f", tmux {server.session}" if server.session else ""
    return f"port {server.port}, {server.root_dir or '?'}, pid {server.pid}{where}"


def launch(rig: Rig, work: Work) -> None:
    """Start a server and wait until it answers.

    A port that nobody asked for may be taken between our look and Jupyter's: then it is the next one's turn.
    """
    work.tell("looking for jupyter on the host")
    report = look(rig, environments=True)
    _consent(report, work)
    asked = rig.resolved.jupyter.port is not None
    for tries_left in (2, 1, 0):
        work.check()
        try:
            _start(rig, report, work)
        except HostLacks as exc:
            if asked or not tries_left or exc.layer != "port":
                raise
        else:
            return
        now = look(rig)
        report = replace(report, listeners=now.listeners, sessions=now.sessions)


def _start(rig: Rig, report: HostReport, work: Work) -> None:
    order = _order(rig, report, work)
    work.tell(f"starting Jupyter on port {order.port}")
    rig.session = rig.runner.launch(order, _without_the_dead(rig, report))
    try:
        _await_server(rig, order, work)
    except BaseException:
        _undo(rig)
        raise


def _without_the_dead(rig: Rig, report: HostReport) -> HostReport:
    """End the session of the server before, whose last words were kept to be read until now."""
    dead = rig.session
    if dead is None or not dead.dead:
        return report
    rig.runner.end(dead)
    left = tuple(one for one in report.sessions if one.id != dead.id)
    return replace(report, sessions=left)


def _undo(rig: Rig) -> None:
    """End the session of a start that came to nothing; why it did matters more than whether this works."""
    session, rig.session = rig.session, None
    if session is not None:
        with suppress(NbtuiError):
            rig.runner.end(session)


def _consent(report: HostReport, work: Work) -> None:
    """Nothing is started where nobody meant it."""
    if report.kills_at_logout:
        _confirm(
            work,
            f"{report.hostname} ends a user's programs at logout: Jupyter would end with the link",
            f"on the host: loginctl enable-linger {report.user}",
        )
    if report.login_node and not work.meant:
        _confirm(
            work,
            f"{report.hostname} looks like the login node of a cluster",
            "make a profile if you mean it: nbtui profile add NAME",
        )


def _confirm(work: Work, fact: str, hint: str) -> None:
    question = Question(kind="confirm", text=f"{fact}. Start Jupyter there anyway?")
    if work.ask(question) != "yes":
        raise Refused(fact, layer="host", hint=hint)


def _order(rig: Rig, report: HostReport, work: Work) -> LaunchOrder:
    settings, way = rig.resolved.jupyter, environment(rig, report, work.ask)
    return LaunchOrder(
        profile=rig.resolved.name,
        port=free_port(rig, report),
        token=secrets.token_hex(24),
        directory=settings.directory or "~",
        activate=way.activate,
        command=settings.command or "",
        jupyter=way.jupyter,
    )


def free_port(rig: Rig, report: HostReport) -> int:
    """The port for a new server. Raises HostLacks: the profile's own is taken."""
    taken = {one.port: one for one in report.listeners}
    asked = rig.resolved.jupyter.port
    if asked is None:
        return next(port for port in _candidates(rig) if port not in taken)
    if owner := taken.get(asked):
        who = (
            f"{owner.command or 'a program'} (pid {owner.pid})"
            if owner.pid
            else "another program"
        )
        by = f"{who} of {owner.user}" if owner.user else who
        raise HostLacks(
            f"port {asked} on {report.hostname} is taken by {by}",
            layer="port",
            hint="nbtui profile edit NAME  # another jupyter.port, or none",
        )
    return asked


def _await_server(rig: Rig, order: LaunchOrder, work: Work) -> None:
    seconds = work.seconds(JUPYTER_SECONDS)
    deadline = work.clock.monotonic() + seconds
    while work.clock.monotonic() < deadline:
        work.check()
        rig.report = look(rig)
        if server := _launched(rig, rig.report, order):
            jupyter.ready(server, rig.link.reach, timeout=10.0)
            rig.server = server
            return
        _check_alive(rig)
        work.clock.wait(POLL_SECONDS)
    raise TimedOut(
        f"Jupyter did not answer in {seconds:.3g} s{_output(rig)}",
        layer="jupyter",
        hint="nbtui shell NAME",
    )


def _launched(rig: Rig, report: HostReport, order: LaunchOrder) -> JupyterServer | None:
    """The server we started: with our token, or in our session where its config sets another."""
    session = rig.session.name if rig.session else None
    ours = (
        one
        for one in report.servers
        if one.verified and (one.token == order.token or one.session == session)
    )
    return next(ours, None)


def _check_alive(rig: Rig) -> None:
    assert rig.session is not None  # noqa: S101  # launch has just set it
    session, text = rig.runner.state(rig.session, lines=60)
    if session is None or session.dead:
        raise rig.runner.explain(text, session or rig.session)


def _output(rig: Rig) -> str:
    """What its terminal says, for the end of a sentence."""
    if rig.session is None:
        return ""
    text = rig.runner.state(rig.session, lines=12)[1]
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(("; its terminal says:", *lines)) if lines else ""


def verify(rig: Rig, reach: Reach, work: Work) -> tuple[Kernel, ...] | None:
    """Jupyter has answered through the tunnel: with its kernels, unless they cannot be seen."""
    assert rig.server is not None  # noqa: S101  # the rules open a tunnel only to a server
    work.tell(f"waiting for Jupyter through localhost:{rig.local_port}")
    return jupyter.kernels(rig.server, reach, timeout=LINK_SECONDS, status=True)
