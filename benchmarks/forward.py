"""The tunnel on loopback against `ssh -L`, stock sshtunnel and asyncssh, in the same run.

`python benchmarks/forward.py [ROUNDS] [--quick]`: bulk both ways, a new connection, a request on an open one. Everybody
has a process of its own, leads to the same program through the same sshd, and takes turns.
"""

from collections.abc import Callable
from typing import NamedTuple

from forwarders import EVERYBODY, SLOW, SSH, SSH_GCM, forwarding
from ground import a_host, arguments, on_a_port, scratch
from table import Goal, Row, compare
from traffic import download, echo, new_connection, upload


class Measure(NamedTuple):
    """One thing to measure."""

    title: str
    take: Callable[[int, int], float]
    """(local port, amount) -> figure."""

    amount: int
    """Megabytes, or times; what a second or so is enough for."""

    goals: dict[str, Goal]

    def amount_for(self, name: str) -> int:
        """Less for who takes long, so that all take about as long."""
        return self.amount // 4 if name in SLOW else self.amount


def _goals(what: str, *, default: float, gcm: float) -> dict[str, Goal]:
    return {
        SSH: Goal(what=f"{what} / ssh -L", bound=default, at_least=True),
        SSH_GCM: Goal(what=f"{what} / ssh -L, same cipher", bound=gcm, at_least=True),
    }


MEASURES = (
    Measure("download, MB/s", download, 192, _goals("download", default=0.9, gcm=0.6)),
    Measure("upload, MB/s", upload, 192, _goals("upload", default=0.9, gcm=0.6)),
    Measure(
        "new connection, ms",
        new_connection,
        100,
        {SSH: Goal(what="new connection / ssh -L", bound=3)},
    ),
    Measure(
        "request on an open connection, ms",
        echo,
        1000,
        {SSH: Goal(what="request, idle / ssh -L", bound=1.5)},
    ),
)


def main(rounds: int) -> None:
    """Measure and print."""
    with (
        scratch() as root,
        a_host(root) as host,
        on_a_port("traffic.py") as remote,
        forwarding(EVERYBODY, host, remote) as ports,
    ):
        for what in MEASURES:
            rows = [Row(name) for name in ports]
            for _ in range(rounds):
                for row in rows:
                    row.times.append(what.take(ports[row.name], what.amount_for(row.name)))
            compare(what.title, rows[0], rows[1:], goals=what.goals)


if __name__ == "__main__":
    main(arguments(__doc__, rounds=7, quick=2).parse_args().rounds)
