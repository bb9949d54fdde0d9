"""`nbtui connect` with the server running against `ssh HOST true`, in the same run.

`python benchmarks/connect.py [ROUNDS] [--quick] [--round-trip MS]`: a real sshd with a real Jupyter in tmux, reached
through a proxy that makes a round trip MS milliseconds longer; the contestants take turns, with the longer wire and
without. Cold: the agent runs, the link is down. Warm: a second connect. Round trips are counted by the difference.
Goals: cold at most 1.3 x ssh plus two round trips; warm at most 0.1 s.
"""

import contextlib
import sys
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from ground import a_desk, a_host, arguments, must, scratch, timed
from table import Goal, Row, judge, ratios, show

from lab.desk import Desk
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port

CONNECT = [sys.executable, "-m", "nbtui", "connect", "vm", "--no-browser", "--no-start"]
MORE = 2
"""Round trips that a connect may take more than ssh."""


class Lab(NamedTuple):
    """Where it is measured."""

    desk: Desk
    """Its profile `vm` has its server running."""

    ssh: list[str]
    """The command that reaches the same host."""

    wire: Shaper
    """The way there."""


@contextlib.contextmanager
def lab() -> Iterator[Lab]:
    """See `Lab`."""
    with (
        scratch() as root,
        a_host(root) as host,
        Shaper(host.port) as wire,
        a_desk(root) as desk,
    ):
        host.give_jupyter()
        host.port = wire.port
        host.prepare()  # known_hosts and the profile name the wire's end
        desk.knows(host, "vm", port=free_port(), local_port=free_port())
        must(desk, "connect", "vm", "--no-browser")
        yield Lab(desk, ssh_command(desk, host), wire)


def ssh_command(desk: Desk, host: SshHost) -> list[str]:
    """What a person types who has all in ssh_config."""
    known = f"UserKnownHostsFile={desk.home}/.ssh/known_hosts"
    key = ["-i", str(host.key), "-o", "IdentitiesOnly=yes"]
    return ["ssh", "-F", "none", "-o", known, "-o", "BatchMode=yes", *key, "-p", str(host.port), "127.0.0.1", "true"]  # fmt: skip


def turn(place: Lab, delay: float, rows: list[Row]) -> None:
    """One round over a wire that is `delay` seconds long each way."""
    place.wire.delay = 0.0
    must(place.desk, "disconnect", "vm")
    place.wire.delay = delay
    for row, command in zip(rows, (place.ssh, CONNECT, CONNECT), strict=True):
        row.times.append(timed(command, place.desk.env))


def rows_of(kind: str) -> list[Row]:
    """Who takes part."""
    return [Row(f"{name}{kind}") for name in ("ssh HOST true", "connect, cold", "connect, warm")]  # fmt: skip


def cold(ssh: Row, connect: Row, round_trip: float) -> str:
    """Whether a cold connect takes no more than it may. Args: round_trip: ms."""
    goal = Goal(what=f"{connect.name}, less {MORE} round trips / ssh", bound=1.3)
    rest = Row(connect.name, [one - MORE * round_trip for one in connect.times])
    return judge(goal, ratios(rest, ssh))


def main(rounds: int, round_trip: float) -> None:
    """Measure and print. Args: round_trip: ms."""
    near, far = rows_of(""), rows_of(f", {round_trip:.0f} ms")
    with lab() as place:
        for _ in range(rounds):
            turn(place, 0.0, near)
            turn(place, round_trip / 2000, far)
    warm = Goal(what="connect, warm", bound=100, unit="ms")
    for rows, longer, goals in ((near, 0.0, {near[2].name: warm}), (far, round_trip, {})):
        show(rows, peer=rows[0], goals=goals)
        print(f"cold, less {MORE} round trips: {cold(rows[0], rows[1], longer)}\n")
    for short, long in zip(near, far, strict=True):
        extra = median(a - b for a, b in zip(long.times, short.times, strict=True))
        print(f"{short.name:30}{extra / round_trip:9.1f} round trips")


if __name__ == "__main__":
    parser = arguments(__doc__, rounds=7, quick=2)
    parser.add_argument("--round-trip", type=float, default=100.0, metavar="MS")
    options = parser.parse_args()
    main(options.rounds, options.round_trip)
