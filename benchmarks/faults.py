"""How long each fault of a link is felt: one row a fault, with its goal and what was measured.

`python benchmarks/faults.py [ROUNDS]`: a real sshd with a real Jupyter in tmux behind a proxy of ours, `nbtui` as a
program. Seconds, as a watching client sees them; Jupyter has answered through the tunnel before it counts as back.
The rows of a changed network need root, and are left out without. A round takes two minutes.
"""

import contextlib
import itertools
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
from lab.network import HOST, Network, into  # noqa: E402
from lab.shaper import Shaper  # noqa: E402
from lab.sshd import SshHost, free_port, keygen  # noqa: E402
from lab.targets import call  # noqa: E402
from nbtui.model.snapshot import Snapshot  # noqa: E402
from waiting import until  # noqa: E402

LASTS = (37.0, 45.0, 31.0)
"""Seconds that a silent fault lasts, in turn, so that it ends in attempts as well as in pauses between them."""
LONG = 8.0
"""Seconds to the next attempt that are a long pause."""
NAP = 8.0
"""Seconds of sleep."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a fault is played on."""

    host: SshHost
    wire: Shaper
    desk: Desk
    diary: Diary
    lasts: Iterator[float]
    """See `LASTS`."""

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
            lasts = itertools.cycle(LASTS)
            yield Bench(host=host, wire=wire, desk=desk, diary=diary, lasts=lasts)
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
        Event().wait(began + next(bench.lasts) - time.monotonic())
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
    Event().wait(NAP)
    began = time.monotonic()
    os.kill(agent, signal.SIGCONT)
    back = bench.diary.seconds
    gone = back(lost, since=began, what="the loss")
    note(figures, "woke up, the link had died: back", gone + bench.back(began + gone))


def asked(bench: Bench, figures: Figures) -> None:
    """A page asks through the tunnel in the middle of a long pause."""
    bench.wire.refusing = True
    bench.wire.cut()
    until(lambda: (bench.diary.now.retry_in or 0.0) > LONG, what="a long pause", seconds=60)
    bench.wire.refusing = False
    began = time.monotonic()
    with call(bench.diary.now.local_port or 0) as sock:
        sock.sendall(b"GET /api HTTP/1.0\r\n\r\n")
        sock.recv(100)
    note(figures, "a page asks in a pause: answered", time.monotonic() - began)


@contextlib.contextmanager
def roaming() -> Iterator[tuple[Network, Diary]]:
    """A link over a network that can be left."""
    root = Path(tempfile.mkdtemp(prefix="nb.", dir="/var/tmp"))
    root.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            network = stack.enter_context(Network())
            network.join("wifi")
            key, space = keygen(root / "id"), network.host
            host = SshHost(name="vm", root=root / "h", key=key, address=HOST, namespace=space)  # fmt: skip
            host.root.mkdir()
            stack.callback(host.stop)
            host.start()
            desk = Desk(root=root / "desk", inside=into(network.desk))
            stack.callback(desk.leave)
            desk.knows(host)
            desk.nbtui("shell", "myvm", "--", "true")
            yield network, stack.enter_context(Diary(desk))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def another_network(figures: Figures) -> None:
    """The Wi-Fi's address goes; after a while there is another network."""
    with roaming() as (network, diary):
        began = time.monotonic()
        network.leave("wifi")
        gone = diary.seconds(lost, since=began, what="the loss")
        note(figures, "our address went: given up", gone)
        Event().wait(10.0)
        began = time.monotonic()
        network.join("vpn")
        back = diary.seconds(linked, since=began, what="the link back")
        note(figures, "another network: link back", back)


def linked(row: Snapshot) -> bool:
    """The link stands."""
    return row.state == "connected"


FAULTS: tuple[Fault, ...] = (cut, killed, frozen, blackhole, asleep, asked)
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
    "a page asks in a pause: answered": 2.0,
    "our address went: given up": 2.0,
    "another network: link back": 2.0,
}


def show(figures: Figures) -> None:
    """One line a figure."""
    print(f"{'seconds':42}{'goal':>7}{'min':>8}{'median':>8}{'max':>8}")
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
    if os.getuid() == 0:
        for _ in range(rounds):
            another_network(figures)
    show(figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
