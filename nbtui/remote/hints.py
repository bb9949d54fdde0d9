"""Proposals to resize, from what one probe knows. Pure."""

from collections.abc import Iterator

from nbtui.model.hint import Hint
from nbtui.model.host import HostReport, TmuxSession
from nbtui.model.profile import Flavor
from nbtui.model.snapshot import Kernel
from nbtui.quoting import quote
from nbtui.remote.sizing import (
    DAY,
    GIB,
    HOURS_PER_MONTH,
    current_flavor,
    evidence,
    size_hint,
)
from nbtui.remote.wording import ago, size

HOUR = 3600.0

KERNEL_IDLE = 1 * HOUR
KERNEL_BIG = 0.25
"""Share of all memory that makes an idle kernel worth a word; or 4 GiB."""

MACHINE_IDLE = 12 * HOUR


def hints_for(
    profile: str,
    report: HostReport,
    *,
    kernels: tuple[Kernel, ...] | None = (),
    flavors: tuple[Flavor, ...] = (),
    terminal: tuple[int, int] | None = None,
) -> tuple[Hint, ...]:
    """All hints for one profile: one about the size, then what could be stopped, then the terminal.

    Args:
        profile: its name.
        report: a fresh one.
        kernels: of its server; None: they cannot be seen.
        flavors: sizes that the machine could have.
        terminal: columns and rows of the user's terminal; None: unknown.
    """
    return (
        size_hint(profile, report, flavors),
        *_idle_machine(profile, report, kernels, flavors),
        *_idle_kernels(profile, report, kernels or ()),
        *_terminal(profile, report, terminal),
    )


def _idle_machine(
    profile: str,
    report: HostReport,
    kernels: tuple[Kernel, ...] | None,
    flavors: tuple[Flavor, ...],
) -> Iterator[Hint]:
    """Nothing has happened for long: the whole machine could be off."""
    quiet = kernels is not None and not any(one.busy for one in kernels)
    idle_for = min(
        (_idle_for(one, report) for one in kernels or ()),
        default=min(report.uptime, 7 * DAY),
    )
    calm = (
        report.cores > 0
        and max(report.load) < 0.1 * report.cores
        and not report.other_users
    )
    if not (quiet and calm and idle_for >= MACHINE_IDLE):
        return
    now = current_flavor(report, flavors)
    cost = now.hourly * HOURS_PER_MONTH if now and now.hourly else None
    gain = f"; it costs {cost:.0f} a month" if cost else ""
    yield Hint(
        profile=profile,
        kind="stop",
        to="",
        confidence=round(min(0.7, 0.7 * idle_for / (3 * DAY)), 2),
        evidence={**evidence(report), "idle_for": idle_for, "kernels": len(kernels or ())},
        saves_per_month=cost,
        text=f"no kernel has run for {ago(idle_for)} and nothing else does{gain}",
        hint=f"nbtui stop {quote(profile)}, then stop the machine in the cloud's console",
    )


def _idle_for(kernel: Kernel, report: HostReport) -> float:
    return max(0.0, report.now - kernel.last_activity) if kernel.last_activity else 0.0


def _idle_kernels(
    profile: str, report: HostReport, kernels: tuple[Kernel, ...]
) -> Iterator[Hint]:
    """Kernels that hold much memory and do nothing."""
    memory = dict(report.kernel_memory)
    for kernel in kernels:
        held = kernel.memory or memory.get(kernel.id, 0)
        idle_for = 0.0 if kernel.busy else _idle_for(kernel, report)
        big = held >= min(4 * GIB, KERNEL_BIG * report.memory_total or 4 * GIB)
        if big and idle_for >= KERNEL_IDLE:
            what = kernel.path or kernel.name or kernel.id
            yield Hint(
                profile=profile,
                kind="stop",
                to=what,
                confidence=round(min(0.8, 0.4 + 0.4 * idle_for / DAY), 2),
                evidence={"kernel": kernel.id, "path": kernel.path, "memory": held,
                          "idle_for": idle_for},
                saves_per_month=None,
                text=f"the kernel of {what} is idle for {ago(idle_for)} and holds {size(held)}",
                hint=f"nbtui open {quote(profile)}, then Kernel, Shut Down Kernel in {what}",
            )  # fmt: skip


def _terminal(
    profile: str, report: HostReport, terminal: tuple[int, int] | None
) -> Iterator[Hint]:
    """A window that another client, or its own option, keeps at another size than this terminal."""
    session = _session(profile, report)
    if session is None or terminal is None or terminal == (session.width, session.height):
        return
    if not (session.width and (session.attached or session.fixed_size)):
        return
    window = f"{session.width}x{session.height}"
    by = "its size is fixed" if session.fixed_size else "another client is attached"
    cure = (
        f"tmux set-option -w -t '{session.id}': window-size latest"
        if session.fixed_size
        else f"in the attached session: the prefix key, then D, and choose who leaves; or make this terminal {window}"
    )
    yield Hint(
        profile=profile,
        kind="terminal",
        to=window,
        confidence=0.7,
        evidence={"window": [session.width, session.height], "terminal": list(terminal),
                  "clients": session.attached},
        saves_per_month=None,
        text=f"the tmux window is {window}, this terminal {terminal[0]}x{terminal[1]}: {by}",
        hint=cure,
    )  # fmt: skip


def _session(profile: str, report: HostReport) -> TmuxSession | None:
    inhabited = {server.session for server in report.servers}
    marked = (one for one in report.sessions if one.profile == profile)
    return next(marked, None) or next(
        (one for one in report.sessions if one.name in inhabited), None
    )
