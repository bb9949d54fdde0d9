"""How the benchmarks print: min, median, max, the ratio to the peer of the same round, and whether a goal holds.

A busy machine spreads the figures and hardly the ratios, because who is compared took turns in one round.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

REPORT = "NBTUI_BENCH_REPORT"
"""Names the file that `run.py` collects the goals in."""
WIDTH = 38


@dataclass(frozen=True)
class Row:
    """One contestant."""

    name: str
    times: list[float] = field(default_factory=list)
    """Milliseconds, or what the table says, one a round."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a figure should be."""

    what: str
    """As the last table of `make bench` calls it."""

    bound: float
    at_least: bool = False
    """Else it is at most."""

    unit: str = ""
    """Empty: a ratio, nbtui to the peer."""

    always: bool = False
    """Each round has to hold it; else the median."""

    def of(self, where: str) -> "Goal":
        """The same under a longer name."""
        return replace(self, what=f"{where}: {self.what}")

    def holds(self, values: Sequence[float]) -> bool:
        """Whether the figures are good enough."""
        judged = values if self.always else [median(values)]
        if self.at_least:
            return min(judged) >= self.bound
        return max(judged) <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g} {self.unit}".rstrip()


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Min, median, max."""
    return "".join(
        f"{one:9.{digits}f}" for one in (min(values), median(values), max(values))
    )


def ratios(mine: Row, its: Row) -> list[float]:
    """Of each round."""
    return [a / b for a, b in zip(mine.times, its.times, strict=True)]


def show(rows: Sequence[Row], *, peer: Row, goals: dict[str, Goal] | None = None) -> None:
    """Print a line a contestant, in ms, with its ratio to the peer. Args: goals: by the name of the row."""
    print(f"{'ms':{WIDTH}}{'min':>9}{'median':>9}{'max':>9}   against {peer.name}")
    for row in rows:
        shares = ratios(row, peer)
        said = "" if row is peer else f"{median(shares):.2f}"
        goal = (goals or {}).get(row.name)
        if goal is not None:
            said += "   " + judge(goal, row.times if goal.unit else shares)
        print(f"{row.name:{WIDTH}}{spread(row.times)}   {said}")


def compare(title: str, ours: Row, peers: Sequence[Row], *, goals: dict[str, Goal]) -> None:
    """Print a line a contestant, with our ratio to each.

    Args:
        title: what was measured, and its unit.
        ours: the row of nbtui.
        peers: the others.
        goals: of the ratio, by the name of the peer; of the figure itself, by the name of our row.
    """
    print(f"\n{title:{WIDTH}}{'min':>9}{'median':>9}{'max':>9}   nbtui / it")
    for row in (ours, *peers):
        shares = ratios(ours, row)
        said = f"{median(shares):5.2f} ({min(shares):.2f} to {max(shares):.2f})"
        goal = goals.get(row.name)
        verdict = "" if goal is None else judge(goal, row.times if goal.unit else shares)
        print(f"  {row.name:{WIDTH - 2}}{spread(row.times, 2)}   {'' if row is ours else said}   {verdict}".rstrip())  # fmt: skip


def judge(goal: Goal, values: Sequence[float]) -> str:
    """Whether the goal holds, in words; also for the last table."""
    verdict = "holds" if goal.holds(values) else "missed"
    if REPORT in os.environ:
        line = [goal.what, min(values), median(values), max(values), str(goal), verdict]
        with Path(os.environ[REPORT]).open("a") as report:
            report.write(json.dumps(line) + "\n")
    return f"goal {goal}: {verdict}"


def show_report(path: Path) -> None:
    """The last table: a line a goal."""
    print(f"\n{'':52}{'min':>9}{'median':>9}{'max':>9}   goal")
    for line in path.read_text().splitlines():
        what, least, middle, most, goal, verdict = json.loads(line)
        print(f"{what:52}{least:9.2f}{middle:9.2f}{most:9.2f}   {goal:12} {verdict}")
