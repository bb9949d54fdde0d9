"""Would another size of machine do? Pure.

Surprise: load averages reach 15 minutes back and the idle share to the boot, so a machine that has just
booted proves little: confidence grows with uptime and never gets near 1 on one look alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nbtui.model.hint import Hint
from nbtui.model.host import HostReport
from nbtui.model.profile import Flavor
from nbtui.remote.wording import ago, share, size

GIB = 1 << 30
HOURS_PER_MONTH = 730.0
DAY = 86400.0

HEADROOM = 1.5
"""A smaller machine must still have this many times what was seen in use."""

SYSTEM_RESERVE = 0.5 * GIB
"""Memory that an operating system wants besides."""

BUSY = 1.0
"""Load per core, over 5 and over 15 minutes, from which processes wait for a core."""

FULL = 0.10
"""Share of memory still available below which the machine is about to swap or kill."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a look saw in use, with headroom."""

    cores: float
    memory: float
    """Bytes."""


def size_hint(profile: str, report: HostReport, flavors: tuple[Flavor, ...]) -> Hint:
    """One of up, down and keep; see `nbtui.remote.hints.hints_for`."""
    return (
        _up(profile, report, flavors)
        or _down(profile, report, flavors)
        or _keep(profile, report, flavors)
    )


def current_flavor(report: HostReport, flavors: Sequence[Flavor]) -> Flavor | None:
    """The flavor that the machine has now: same cores, memory as near as a kernel's own share allows.

    >>> small = Flavor(name="s", cores=1, memory_gb=2)
    >>> look = HostReport(
    ...     hostname="h", user="u", uid=1, home="/", login_shell="", cores=1, memory_total=2_050_000_000
    ... )
    >>> current_flavor(look, [small]).name
    's'
    """
    fit = [
        one
        for one in flavors
        if one.cores == report.cores
        and 0.85 * one.memory_gb <= report.memory_total / GIB <= 1.05 * one.memory_gb
    ]
    return min(
        fit, key=lambda one: abs(one.memory_gb * GIB - report.memory_total), default=None
    )


def need(report: HostReport) -> Need:
    """What the machine is used for, with headroom: the most that the load averages and the uptime show."""
    average = (1 - report.idle) * report.cores if report.idle is not None else 0.0
    used = max(0, report.memory_total - report.memory_available)
    return Need(
        cores=max(*report.load, average) * HEADROOM,
        memory=used * HEADROOM + SYSTEM_RESERVE,
    )


def trust(report: HostReport) -> float:
    """How much one look can prove, 0 to 0.8: it grows with the days since boot.

    >>> look = HostReport(hostname="h", user="u", uid=1, home="/", login_shell="", uptime=600.0)
    >>> trust(look)
    0.0
    """
    return round(min(0.8, 0.8 * report.uptime / (7 * DAY)), 2)


def evidence(report: HostReport) -> dict[str, object]:
    """The figures that every size hint rests on. Bytes, seconds, shares of 1."""
    return {
        "cores": report.cores,
        "load": list(report.load),
        "idle_since_boot": None if report.idle is None else round(report.idle, 3),
        "memory_total": report.memory_total,
        "memory_used": max(0, report.memory_total - report.memory_available),
        "uptime": report.uptime,
    }


def _up(profile: str, report: HostReport, flavors: tuple[Flavor, ...]) -> Hint | None:
    cause = _shortage(report)
    if not cause:
        return None
    bigger = [one for one in flavors if _bigger(one, report)]
    target = min(bigger, key=_price_and_size, default=None)
    proposal = (
        f"{target.name} ({_flavor_size(target)}) would help"
        if target
        else "more would help"
    )
    return Hint(
        profile=profile,
        kind="up",
        to=target.name if target else "",
        confidence=0.6,
        evidence=evidence(report),
        saves_per_month=_saving(report, flavors, target),
        text=f"{cause}: {proposal}",
        hint=_resize(target),
    )


def _shortage(report: HostReport) -> str:
    _, five, fifteen = report.load
    if report.memory_total and report.memory_available < FULL * report.memory_total:
        left = size(report.memory_available)
        return f"only {left} of {size(report.memory_total)} memory is left"
    if report.cores and min(five, fifteen) > BUSY * report.cores:
        return f"load {fifteen:.1f} over 15 minutes on {_cores(report.cores)}"
    return ""


def _bigger(flavor: Flavor, report: HostReport) -> bool:
    memory = flavor.memory_gb * GIB
    short_of_memory = report.memory_available < FULL * report.memory_total
    if short_of_memory:
        return memory > 1.1 * report.memory_total and flavor.cores >= report.cores
    return flavor.cores > report.cores and memory >= 0.95 * report.memory_total


def _down(profile: str, report: HostReport, flavors: tuple[Flavor, ...]) -> Hint | None:
    wanted = need(report)
    smaller = [one for one in flavors if _smaller(one, report) and _holds(one, wanted)]
    target = min(smaller, key=_price_and_size, default=None)
    half = not flavors and report.cores > 1 and wanted.cores <= report.cores / 2
    if target is None and not (half and wanted.memory <= report.memory_total / 2):
        return None
    saving = _saving(report, flavors, target)
    if saving is not None and saving <= 0:
        return None
    proposal = (
        f"{target.name} ({_flavor_size(target)})" if target else "half of this machine"
    )
    gain = f", saves {saving:.0f} a month" if saving else ""
    return Hint(
        profile=profile,
        kind="down",
        to=target.name if target else "",
        confidence=trust(report),
        evidence=evidence(report),
        saves_per_month=saving,
        text=f"{proposal} would do: {_usage(report)}{gain}",
        hint=_resize(target),
    )


def _smaller(flavor: Flavor, report: HostReport) -> bool:
    memory = flavor.memory_gb * GIB
    less = flavor.cores < report.cores or memory < 0.85 * report.memory_total
    return less and flavor.cores <= report.cores and memory <= 1.1 * report.memory_total


def _holds(flavor: Flavor, wanted: Need) -> bool:
    return flavor.cores >= wanted.cores and flavor.memory_gb * GIB >= wanted.memory


def _keep(profile: str, report: HostReport, flavors: tuple[Flavor, ...]) -> Hint:
    now = current_flavor(report, flavors)
    return Hint(
        profile=profile,
        kind="keep",
        to=now.name if now else "",
        confidence=trust(report),
        evidence=evidence(report),
        saves_per_month=None,
        text=f"the size fits: {_usage(report)}",
    )


def _saving(
    report: HostReport, flavors: tuple[Flavor, ...], target: Flavor | None
) -> float | None:
    now = current_flavor(report, flavors)
    if now is None or target is None or now.hourly is None or target.hourly is None:
        return None
    return round((now.hourly - target.hourly) * HOURS_PER_MONTH, 2)


def _price_and_size(flavor: Flavor) -> tuple[float, float, float]:
    price = float("inf") if flavor.hourly is None else flavor.hourly
    return price, flavor.cores, flavor.memory_gb


def _flavor_size(flavor: Flavor) -> str:
    return f"{_cores(flavor.cores)}, {flavor.memory_gb:g} GB"


def _cores(count: int) -> str:
    return f"{count} core{'' if count == 1 else 's'}"


def _usage(report: HostReport) -> str:
    used = max(0, report.memory_total - report.memory_available)
    idle = (
        "" if report.idle is None else f", processors idle {share(report.idle)} of the time"
    )
    return (
        f"load {report.load[2]:.1f} on {_cores(report.cores)}, memory {size(used)} of "
        f"{size(report.memory_total)}{idle}, up {ago(report.uptime)}"
    )


def _resize(target: Flavor | None) -> str:
    to = f" to {target.name}" if target else ""
    return f"save your work, then resize the machine{to} in the cloud's console"
