"""From a session to what the faces draw."""

from collections.abc import Iterator

from nbtui.clock import Clock
from nbtui.errors import ExitCode
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import (
    ForwardState,
    Kernel,
    KernelCount,
    Light,
    Lights,
    ServerInfo,
    Snapshot,
)
from nbtui.remote import jupyter
from nbtui.session.health import Health, link_light
from nbtui.session.machine import (
    Connected,
    Disconnected,
    Failed,
    Level,
    Parked,
    State,
    Stopping,
    Waiting,
    Working,
)
from nbtui.session.names import state_name
from nbtui.session.rig import Rig
from nbtui.session.session import Session


def of_session(session: Session, base: Snapshot, clock: Clock) -> Snapshot:
    """The row of a session; `base` says what the profile says."""
    state, rig, health = session.state, session.rig, session.health
    row = base if rig is None else _resolved(base, rig)
    return row._replace(
        state="needs-input" if session.desk.question else state_name(state),
        lights=_lights(state, rig, health, clock),
        since=session.since or None,
        question=session.desk.question or _left(session),
        last_error=session.last_error,
        doing=session.doing,
        retry_in=_retry_in(state, clock),
        kernel_list=health.kernel_list,
        kernels=count(health.kernel_list) if health.kernels != "off" else None,
        usage=health.usage,
        notes=(*(_notes(rig, clock) if rig else ()), *health.notes),
    )


def _notes(rig: Rig, clock: Clock) -> Iterator[str]:
    yield from rig.resolved.warnings
    yield from rig.notes
    yield from _unvisited(rig, clock)


def _unvisited(rig: Rig, clock: Clock) -> Iterator[str]:
    if rig.tunnel and rig.visits.missing(rig.served, clock.monotonic()):
        name, port = rig.resolved.name, rig.local_port
        yield (
            f"no browser has come to localhost:{port}: nbtui url {name} prints the address"
        )


def _left(session: Session) -> Question | None:
    return session.desk.left if isinstance(session.state, Parked) else None


def _resolved(base: Snapshot, rig: Rig) -> Snapshot:
    target, server = rig.resolved.target, rig.server
    return base._replace(
        host=target.host,
        user=target.user,
        source=rig.resolved.source,
        latency=rig.link.latency,
        local_port=rig.local_port,
        remote_port=server.port if server else None,
        url=jupyter.page_url(server, rig.local_port) if server and rig.local_port else None,
        server=_server(rig),
        forwards=_forwards(rig),
    )


def _server(rig: Rig) -> ServerInfo | None:
    server = rig.server
    if server is None:
        return None
    return ServerInfo(
        pid=server.pid,
        version=server.version,
        root_dir=server.root_dir,
        started_at=server.started_at,
        session=server.session,
        ours=rig.session is not None and rig.session.name == server.session,
    )


def _forwards(rig: Rig) -> tuple[ForwardState, ...]:
    return tuple(forward.state() for forward in rig.forwards)


def _lights(state: State, rig: Rig | None, health: Health, clock: Clock) -> Lights:
    match state:
        case Connected() | Stopping():
            link: Light = "off" if rig is None else link_light(rig, clock)
            return Lights(
                link=link, tunnel=health.tunnel, server=health.server, kernels=health.kernels
            )  # fmt: skip
        case Working():
            return _on_the_way(state, health)
        case Waiting(wish=wish):
            return Lights(link="bad", tunnel="wait" if wish.goal is Level.TUNNEL else "off")
        case Parked():
            return Lights(link="warn")
        case Failed(failure=failure):
            return _broken(failure)
        case Disconnected():
            return Lights()


def _on_the_way(state: Working, health: Health) -> Lights:
    """What is there is ok, what nobody wants is off; what stays up if this fails is as it was."""
    goal, level = state.wish.goal, state.level
    if state.before is not None:
        return Lights(
            link="ok",
            server="ok" if level >= Level.SERVER else "wait",
            tunnel="wait" if goal is Level.TUNNEL else health.tunnel,
            kernels=health.kernels,
        )
    return Lights(
        link="ok" if level >= Level.LINK else "wait",
        server=_wanted(goal >= Level.SERVER, there=level >= Level.SERVER),
        tunnel=_wanted(goal >= Level.TUNNEL, there=False),
    )


def _wanted(wanted: bool, *, there: bool) -> Light:  # noqa: FBT001  # private, two calls
    if there:
        return "ok"
    return "wait" if wanted else "off"


def _broken(failure: Failure) -> Lights:
    """The layer at which a first attempt failed; all of them are closed by now."""
    match failure.code:
        case ExitCode.PORT_TAKEN:
            return Lights(tunnel="bad")
        case ExitCode.HOST_LACKS:
            return Lights(server="bad")
        case _:
            return Lights(link="bad")


def _retry_in(state: State, clock: Clock) -> float | None:
    return max(0.0, state.due - clock.monotonic()) if isinstance(state, Waiting) else None


def count(kernels: tuple[Kernel, ...]) -> KernelCount:
    """The kernels in three numbers.

    >>> count(())
    KernelCount(total=0, busy=0, idle_since=None)
    """
    busy = sum(kernel.busy for kernel in kernels)
    seen = [kernel.last_activity for kernel in kernels if kernel.last_activity is not None]
    return KernelCount(
        total=len(kernels), busy=busy, idle_since=max(seen) if seen and not busy else None
    )  # fmt: skip
