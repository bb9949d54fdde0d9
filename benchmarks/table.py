"""How the benchmarks print: min, median, max, and the ratio to the peer of the same round."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Row:
    """One contestant."""

    name: str
    times: list[float] = field(default_factory=list)
    """Milliseconds, one a round."""


def show(rows: Sequence[Row], *, peer: Row) -> None:
    """Print a line a contestant; ratios are medians of the ratios within a round."""
    print(f"{'ms':24}{'min':>9}{'median':>9}{'max':>9}   against {peer.name}")
    for row in rows:
        spread = "".join(
            f"{one:9.1f}" for one in (min(row.times), median(row.times), max(row.times))
        )
        ratio = median(mine / its for mine, its in zip(row.times, peer.times, strict=True))
        print(f"{row.name:24}{spread}   {'' if row is peer else f'{ratio:.2f}'}")
