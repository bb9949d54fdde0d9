"""`nbtui connect` with the server running against `ssh HOST true`, in the same run.

`python benchmarks/connect.py [ROUNDS] [--quick] [--round-trip MS]`: a real sshd with a real Jupyter in tmux; the
contestants take turns, straight and over a wire that makes a round trip MS milliseconds longer. Cold: the agent runs, the
link is down. Warm: a second connect. Round trips are counted by what the longer wire adds to one without a length: a wire
is a proxy, and its system waits up to 40 ms before it acknowledges what sshd sends in small pieces.
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

CONNECT = [sys.executable, "-m", "nbtui", "connect", "--no-browser", "--no-start"]
MORE = 2
"""Round trips that a connect may take more than ssh."""


class Way(NamedTuple):
    """To the host."""

    name: str
    """Of its profile, whose server is running."""

    ssh: list[str]
    """The command that goes the same way."""


class Lab(NamedTuple):
    """Where it is measured."""

    desk: Desk
    straight: Way
    wired: Way
    wire: Shaper


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
        ways, port = {"straight": host, "wired": host.behind(wire)}, free_port()
        for name, end in ways.items():
            desk.knows(end, name, port=port, local_port=free_port())
            must(desk, "connect", name, "--no-browser")
        near, far = (Way(name, ssh_command(desk, end)) for name, end in ways.items())
        yield Lab(desk, near, far, wire)


def ssh_command(desk: Desk, host: SshHost) -> list[str]:
    """What a person types who has all in ssh_config."""
    known = f"UserKnownHostsFile={desk.home}/.ssh/known_hosts"
    key = ["-i", str(host.key), "-o", "IdentitiesOnly=yes"]
    return ["ssh", "-F", "none", "-o", known, "-o", "BatchMode=yes", *key, "-p", str(host.port), "127.0.0.1", "true"]  # fmt: skip


def turn(desk: Desk, way: Way, rows: list[Row]) -> None:
    """One round."""
    must(desk, "disconnect", way.name)
    connect = [*CONNECT, way.name]
    for row, command in zip(rows, (way.ssh, connect, connect), strict=True):
        row.times.append(timed(command, desk.env))


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
    near, wired, far = rows_of(""), rows_of(", wire"), rows_of(f", {round_trip:.0f} ms")
    with lab() as place:
        for _ in range(rounds):
            turn(place.desk, place.straight, near)
            for rows, delay in ((wired, 0.0), (far, round_trip / 2000)):
                place.wire.delay = delay
                turn(place.desk, place.wired, rows)
            place.wire.delay = 0.0
    warm = Goal(what="connect, warm", bound=100, unit="ms")
    for rows, longer, goals in ((near, 0.0, {near[2].name: warm}), (far, round_trip, {})):
        show(rows, peer=rows[0], goals=goals)
        print(f"cold, less {MORE} round trips: {cold(rows[0], rows[1], longer)}\n")
    for row, short, long in zip(near, wired, far, strict=True):
        extra = median(a - b for a, b in zip(long.times, short.times, strict=True))
        print(f"{row.name:30}{extra / round_trip:9.1f} round trips")


if __name__ == "__main__":
    parser = arguments(__doc__, rounds=7, quick=2)
    parser.add_argument("--round-trip", type=float, default=100.0, metavar="MS")
    options = parser.parse_args()
    main(options.rounds, options.round_trip)
