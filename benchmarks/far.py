"""The tunnel to a host that is far away, against `ssh -L` over the same wire.

`python benchmarks/far.py [ROUNDS] [--quick]`: a proxy between the tunnels and the sshd delays and slows both the same.
The wire alone is measured as well, to show that it is not what decides. Goals: bulk at 1 Gbit/s and 20 ms a round trip
at least 0.95 of `ssh -L`; a request at 20 ms at most 1.05 of it; a download at 50 ms at least 1.5 of it; a request beside an
upload that fills a line of 2 MB/s at most 1.0 of it.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from forwarders import OURS, SSH, forwarding
from ground import a_host, arguments, on_a_port, scratch
from table import Goal, Row, compare
from traffic import download, echo, echo_beside_upload, upload

from lab.sshd import SshHost

GIGABIT = 125_000_000
"""Bytes a second."""
ALONE = "the wire alone"
GOOD_ROUTER, LITTLE = 16 << 20, 128 << 10
"""Bytes under way each way: more than a fast path holds, and little, so that a queue is the sender's own."""


class Path(NamedTuple):
    """A way to the host."""

    name: str
    round_trip: float
    """Seconds."""

    rate: int
    """Bytes a second each way; 0: as fast as it goes."""

    room: int = GOOD_ROUTER


class Measure(NamedTuple):
    """One thing to measure on a path."""

    title: str
    take: Callable[[int, int], float]
    amount: int
    goal: Goal | None = None


def _at_least(what: str, bound: float) -> Goal:
    return Goal(what=f"{what} / ssh -L", bound=bound, at_least=True)


PATHS = {
    Path("1 Gbit/s, 20 ms", 0.02, GIGABIT): (
        Measure("download, MB/s", download, 128, _at_least("download", 0.95)),
        Measure("upload, MB/s", upload, 128, _at_least("upload", 0.95)),
    ),
    Path("20 ms", 0.02, 0): (
        Measure("request, ms", echo, 40, Goal(what="request / ssh -L", bound=1.05)),
    ),
    Path("50 ms", 0.05, 0): (
        Measure("download, MB/s", download, 96, _at_least("download", 1.5)),
        Measure("upload, MB/s", upload, 64),
    ),
    Path("2 MB/s, 20 ms", 0.02, 2_000_000, LITTLE): (
        Measure(
            "request beside an upload, ms", echo_beside_upload, 10,
            Goal(what="request beside an upload / ssh -L", bound=1.0),
        ),
    ),
}  # fmt: skip


@contextlib.contextmanager
def over(path: Path, host: SshHost, remote: int) -> Iterator[dict[str, int]]:
    """Tunnels over such a path, and the path to the same place without a tunnel; the port of each."""
    shape = (str(path.round_trip / 2), str(path.rate), str(path.room))
    with (
        on_a_port("wire.py", str(host.port), *shape) as wire,
        on_a_port("wire.py", str(remote), *shape) as alone,
        forwarding((OURS, SSH), host, remote, through=wire) as ports,
    ):
        yield {**ports, ALONE: alone}


def measure(ports: dict[str, int], path: Path, what: Measure, rounds: int) -> None:
    """Take turns and print."""
    rows = [Row(name) for name in ports]
    for _ in range(rounds):
        for row in rows:
            row.times.append(what.take(ports[row.name], what.amount))
    goals = {}
    if what.goal is not None:
        goals[SSH] = what.goal.of(path.name)
    compare(f"{path.name}: {what.title}", rows[0], rows[1:], goals=goals)


def main(rounds: int) -> None:
    """Measure and print."""
    with scratch() as root, a_host(root) as host, on_a_port("traffic.py") as remote:
        for path, measures in PATHS.items():
            with over(path, host, remote) as ports:
                for what in measures:
                    measure(ports, path, what, rounds)


if __name__ == "__main__":
    main(arguments(__doc__, rounds=5, quick=2).parse_args().rounds)
