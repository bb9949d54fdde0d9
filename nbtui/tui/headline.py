"""The status line: the one thing to know now at the front, the counts behind it. Pure.

Only what wants somebody is coloured.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nbtui.model.profile import Flavor
from nbtui.model.snapshot import Snapshot, StateName, Usage
from nbtui.tui.marks import ALERT, BAD, CALL, MUTED
from nbtui.tui.words import HOUR, brief, day, plural

LONG_IDLE = 12 * HOUR
"""Seconds after which a machine that does nothing is worth a word."""

GIB = 1024**3

Part = tuple[str, str]
"""Text and its style."""


class Scene(NamedTuple):
    """What the line is made from."""

    snapshots: tuple[Snapshot, ...]
    now: float
    """Seconds since 1970 UTC."""

    flavors: Mapping[str, tuple[Flavor, ...]]
    """Sizes and prices by profile."""

    agent_gone: str = ""
    """Why the agent cannot be heard; empty: it can."""


def headline(scene: Scene) -> tuple[Part, ...]:
    """What is urgent, then how many are connected, then what costs money for nothing."""
    if scene.agent_gone:
        return ((f"agent: {scene.agent_gone}", BAD),)
    return (*_urgent(scene.snapshots), *_counts(scene.snapshots), *_idle(scene))


def cost(usage: Usage, flavors: tuple[Flavor, ...], seconds: float) -> float | None:
    """What a machine of this size has cost in that time; None when no price is known.

    The flavor is the priced one with as many cores and the nearest memory.
    """
    memory = usage.memory_total / GIB
    same = [one for one in flavors if one.cores == usage.cores and one.hourly is not None]
    if not same:
        return None
    nearest = min(same, key=lambda one: abs(one.memory_gb - memory))
    return (nearest.hourly or 0.0) * seconds / HOUR


_CALLS: tuple[tuple[StateName, str, str, str], ...] = (
    ("needs-input", "needs you", "need you", CALL),
    ("reconnecting", "lost", "lost", ALERT),
    ("failed", "failed", "failed", BAD),
)
"""What cannot wait, the most urgent first: of one host, of several, and the colour."""


def _urgent(snapshots: tuple[Snapshot, ...]) -> Iterable[Part]:
    """One part a state, however many hosts: a laptop that wakes up has lost all of them."""
    for state, alone, together, style in _CALLS:
        match [one for one in snapshots if one.state == state]:
            case []:
                pass
            case [one]:
                yield (f"{one.name} {alone}{_soon([one])}", style)
            case many:
                yield (f"{len(many)} {together}{_soon(many)}", style)


def _soon(hosts: list[Snapshot]) -> str:
    waits = [one.retry_in for one in hosts if one.retry_in]
    return f", retry in {brief(min(waits))}" if waits else ""


def _counts(snapshots: tuple[Snapshot, ...]) -> Iterable[Part]:
    saved = [
        one
        for one in snapshots
        if one.source == "profiles.toml" or one.state != "disconnected"
    ]
    if not saved:
        yield ("no profile yet", MUTED)
        return
    up = [one for one in saved if one.up]
    yield (f"{len(up)} of {len(saved)} connected", MUTED)
    busy = sum(one.kernels.busy for one in up if one.kernels)
    if busy:
        yield (f"{plural(busy, 'kernel')} busy", MUTED)


def _idle(scene: Scene) -> Iterable[Part]:
    """The machine that has been up for nothing the longest."""
    idle = [
        (one.kernels.idle_since, one)
        for one in scene.snapshots
        if one.kernels
        and one.kernels.idle_since
        and scene.now - one.kernels.idle_since > LONG_IDLE
    ]
    if not idle:
        return
    since, host = min(idle, key=lambda pair: pair[0])
    spent = host.usage and cost(
        host.usage, scene.flavors.get(host.name, ()), scene.now - since
    )
    price = f" ({spent:.0f} $)" if spent else ""
    yield (f"{host.name} idle since {day(since, scene.now)}{price}", ALERT)
