"""Twenty forwards and a tunnel to one host, under random faults of the line: does every byte arrive, and what is left?

`python benchmarks/soak.py [--minutes 30] [--seed 1]`: a real sshd with a real Jupyter in tmux, behind a proxy of ours that cuts,
freezes, forgets (as a NAT does), refuses and delays as the seed says. Through each forward blocks of random size go round to an
echo and are compared; a connection that is reset is made again. A stall is a round trip; those that a fault may have to do
with, until three seconds after all is back, are told apart. Goals: no wrong byte, no reset and no stall of a second
that no fault explains, nothing left, the agent's memory flat.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from table import Goal, judge  # noqa: E402

from lab.desk import Desk  # noqa: E402  # tests/ is no package
from lab.diary import Diary  # noqa: E402
from lab.shaper import Shaper  # noqa: E402
from lab.soaking import Faults, Reader, Tally, Walker, Weather  # noqa: E402
from lab.sshd import SshHost, free_port, keygen  # noqa: E402
from lab.targets import echo, serving  # noqa: E402
from waiting import until  # noqa: E402

FORWARDS = 20
BULKY = 4
"""Forwards with large blocks; the others are talkative."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A host behind a wire, with a profile `vm` that has the forwards."""

    host: SshHost
    desk: Desk
    wire: Shaper
    ports: list[int]
    """Of the forwards, here."""


@contextlib.contextmanager
def lab(target: int) -> Iterator[Lab]:
    """Args: target: the port that all forwards lead to."""
    root = Path(tempfile.mkdtemp(prefix="nb.", dir="/var/tmp"))  # short, for sockets
    root.chmod(0o755)
    host = SshHost(name="vm", root=root / "h", key=keygen(root / "id"))
    host.root.mkdir()
    desk = Desk(root=root / "desk")
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(host.stop)
            host.start().give_jupyter()
            wire = stack.enter_context(Shaper(host.port))
            ports = list({free_port(): None for _ in range(3 * FORWARDS)})[:FORWARDS]
            desk.knows(host.behind(wire), "vm", port=free_port(), local_port=free_port())
            add_forwards(desk, ports, target)
            stack.callback(desk.nbtui, "agent", "stop")
            yield Lab(host=host, desk=desk, wire=wire, ports=ports)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def add_forwards(desk: Desk, ports: list[int], target: int) -> None:
    """Into the last profile of the file."""
    with (desk.config / "profiles.toml").open("a") as file:
        for port in ports:
            file.write(
                f'[[profiles.vm.forwards]]\nkind = "local"\n'
                f'listen = "localhost:{port}"\nto = "127.0.0.1:{target}"\n'
            )


@dataclass(frozen=True, kw_only=True)
class Size:
    """Of the agent's process."""

    resident: float
    """MB (RSS)."""

    threads: int
    descriptors: int
    sshds: int
    """Processes of sshd on the host, but for the listener."""

    def __str__(self) -> str:
        host = f"{self.sshds} sshd on the host"
        return f"{self.resident:.1f} MB, {self.threads} threads, {self.descriptors} descriptors, {host}"


def size(place: Lab, *, threads: int = FORWARDS) -> Size:
    """Once nothing is open any more, and no more threads are there, if that comes to be."""
    rows = place.desk.row("vm")["forwards"]
    assert len(rows) == FORWARDS  # noqa: S101
    until(
        lambda: not any(one["open"] for one in place.desk.row("vm")["forwards"]),
        what="the end of all connections",
        seconds=30,
    )
    agent = psutil.Process(place.desk.nbtui("agent", "status", "--json").json["agent"]["pid"])  # fmt: skip
    with contextlib.suppress(AssertionError):  # then the figures tell
        until(lambda: agent.num_threads() <= threads, what="fewer threads", seconds=30)
    return Size(
        resident=agent.memory_info().rss / 1e6,
        threads=agent.num_threads(),
        descriptors=agent.num_fds(),
        sshds=sum("sshd" in one for one in place.host.processes()),
    )


def soak(place: Lab, seconds: float, seed: int) -> tuple[list[Tally], Weather, Faults]:
    """Walk, while the weather blows."""
    faults = Faults()
    with Diary(place.desk, "vm") as diary:
        weather = Weather(place.wire, diary, faults, seed=seed)
        reader = Reader(diary.now.url or "", faults=faults)
        walkers = [
            Walker(
                f"forward {number + 1}", port, faults=faults, seed=seed + number,
                most=512 << 10 if number < BULKY else 4 << 10,
                pause=1.0 if number < BULKY else 0.1,
            )
            for number, port in enumerate(place.ports)
        ]  # fmt: skip
        try:
            weather.blow(seconds)
        finally:
            for one in (*walkers, reader):
                one.end()
    return [*(one.tally for one in walkers), reader.tally], weather, faults


def show(tallies: list[Tally], weather: Weather, faults: Faults) -> None:
    """A line a forward, then the sum."""
    print(f"{'':12}{'rounds':>8}{'MB':>8}{'resets':>8}{'stray':>7}{'wrong':>7}{'stall s':>9}{'in a fault s':>14}")  # fmt: skip
    for one in tallies:
        print(f"{one.name:12}{one.blocks:8}{one.size / 1e6:8.1f}{one.resets:8}{one.stray:7}{one.wrong:7}{one.calm:9.2f}{one.longest:14.1f}")  # fmt: skip
    had = ", ".join(f"{count} x {name}" for name, count in sorted(weather.had.items()))
    wrong = sum(b - a for a, b in faults.spans)
    print(f"faults: {had}; {wrong:.0f} s of it; the longest way back after one: {weather.slowest:.1f} s")  # fmt: skip


def main(minutes: float, seed: int) -> int:
    """0 when every goal holds."""
    with serving(echo) as target, lab(target) as place:
        ran = place.desk.nbtui("connect", "vm", "--no-browser")
        if ran.status != 0:
            raise SystemExit(ran.err)
        soak(place, 0.0, seed)  # what is made once is made
        before, began = size(place), perf_counter()
        tallies, weather, faults = soak(place, minutes * 60, seed)
        took = perf_counter() - began
        after = size(place, threads=before.threads)
    show(tallies, weather, faults)
    print(f"{took / 60:.1f} minutes\nbefore: {before}\nafter:  {after}")
    return _judge(tallies, before, after)


def _judge(tallies: list[Tally], before: Size, after: Size) -> int:
    more = max(after.threads - before.threads, after.descriptors - before.descriptors, after.sshds - before.sshds)  # fmt: skip
    figures = {
        Goal(what="soak: wrong blocks", bound=0, unit="blocks"): sum(x.wrong for x in tallies),
        Goal(what="soak: resets that no fault explains", bound=0, unit="resets"): sum(x.stray for x in tallies),
        Goal(what="soak: longest stall outside of faults", bound=1.0, unit="s"): max(x.calm for x in tallies),
        Goal(what="soak: threads, descriptors, sshd left", bound=0, unit="left"): float(more),
        Goal(what="soak: growth of the agent", bound=10.0, unit="MB"): after.resident - before.resident,
    }  # fmt: skip
    for goal, figure in figures.items():
        print(f"{goal.what}: {figure:.2f}; {judge(goal, [figure])}")
    return any(not goal.holds([figure]) for goal, figure in figures.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(main(options.minutes, options.seed))
