"""How long each fault of a link is felt: one row a fault, with its goal and what was measured.

`python benchmarks/faults.py [ROUNDS]`: a real sshd with a real Jupyter in tmux behind a proxy of ours, `nbtui` as a
program. Seconds, as a watching client sees them; the tunnel is asked by HTTP before it counts as back.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from lab.desk import Desk  # noqa: E402  # tests/ is no package
from lab.diary import Diary, connected, lost, warned  # noqa: E402
from lab.shaper import Shaper  # noqa: E402
from lab.sshd import SshHost, free_port, keygen  # noqa: E402

PAUSE = 45.0
"""Seconds that a fault lasts: long enough for back-off to be at its longest."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a fault is played on."""

    host: SshHost
    wire: Shaper
    desk: Desk
    diary: Diary

    def back(self, since: float) -> float:
        """Seconds from `since` until the tunnel stands again."""
        return self.diary.seconds(connected, since=since, what="the tunnel back")

    @property
    def agent(self) -> int:
        """Its pid."""
        return int(self.desk.nbtui("agent", "status", "--json").json["agent"]["pid"])


@contextlib.contextmanager
def lab() -> Iterator[Bench]:
    """A connected profile whose link leads through a wire."""
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
            desk.knows(host.behind(wire), port=free_port(), local_port=free_port())
            stack.callback(desk.leave)
            done = desk.nbtui("connect", "myvm", "--no-browser")
            if done.status != 0:
                raise SystemExit(done.err)
            diary = stack.enter_context(Diary(desk))
            yield Bench(host=host, wire=wire, desk=desk, diary=diary)
    finally:
        shutil.rmtree(root, ignore_errors=True)


Figures = dict[str, list[float]]
Fault = Callable[[Bench, Figures], None]


def note(figures: Figures, what: str, seconds: float) -> None:
    """Keep one figure."""
    figures.setdefault(what, []).append(seconds)


def cut(bench: Bench, figures: Figures) -> None:
    """The wire resets the connection."""
    began = time.monotonic()
    bench.wire.cut()
    note(figures, "clean cut: back", bench.back(began))


def killed(bench: Bench, figures: Figures) -> None:
    """The connection's sshd is killed."""
    began = time.monotonic()
    bench.host.kill_sessions()
    note(figures, "sshd of the connection killed: back", bench.back(began))


def silent(
    bench: Bench,
    figures: Figures,
    fault: contextlib.AbstractContextManager[None],
    name: str,
) -> None:
    """Nobody says that the link is dead."""
    began = time.monotonic()
    with fault:
        seen = bench.diary.seconds
        note(figures, f"{name}: warn", seen(warned, since=began, what="the warning"))
        note(figures, f"{name}: declared dead", seen(lost, since=began, what="the loss"))
        Event().wait(began + PAUSE - time.monotonic())
    note(figures, f"{name}: back after it ended", bench.back(time.monotonic()))


def frozen(bench: Bench, figures: Figures) -> None:
    """All of sshd is stopped."""
    silent(bench, figures, bench.host.freezing(), "frozen sshd")


def blackhole(bench: Bench, figures: Figures) -> None:
    """The wire takes nothing and answers nobody."""
    silent(bench, figures, bench.wire.vanishing(), "blackhole")


def asleep(bench: Bench, figures: Figures) -> None:
    """The agent does not run while its link dies without a word."""
    agent = bench.agent
    os.kill(agent, signal.SIGSTOP)
    bench.wire.forget()
    Event().wait(12.0)
    began = time.monotonic()
    os.kill(agent, signal.SIGCONT)
    back = bench.diary.seconds
    gone = back(lost, since=began, what="the loss")
    note(figures, "woke up, the link had died: back", gone + bench.back(began + gone))


FAULTS: tuple[Fault, ...] = (cut, asleep)
GOALS = {
    "clean cut: back": 1.0,
    "sshd of the connection killed: back": 1.0,
    "frozen sshd: warn": 10.0,
    "frozen sshd: declared dead": 20.0,
    "frozen sshd: back after it ended": 2.0,
    "blackhole: warn": 10.0,
    "blackhole: declared dead": 20.0,
    "blackhole: back after it ended": 2.0,
    "woke up, the link had died: back": 5.0,
}


def show(figures: Figures) -> None:
    """One line a figure."""
    print(f"{'s':42}{'goal':>7}{'min':>8}{'median':>8}{'max':>8}")
    for what, seconds in figures.items():
        spread = "".join(f"{one:8.2f}" for one in (min(seconds), median(seconds), max(seconds)))  # fmt: skip
        print(f"{what:42}{GOALS[what]:7.1f}{spread}{'' if max(seconds) <= GOALS[what] else '   missed'}")  # fmt: skip


def main(rounds: int) -> None:
    """Measure and print."""
    figures: Figures = {}
    with lab() as bench:
        for _ in range(rounds):
            for fault in FAULTS:
                fault(bench, figures)
                Event().wait(2.0)
    show(figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
