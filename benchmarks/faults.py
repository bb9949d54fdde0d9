"""How long each fault of a link is felt: one row a fault, with its goal and what was measured.

`python benchmarks/faults.py [ROUNDS]`: a real sshd with a real Jupyter in tmux behind a proxy of ours, `nbtui` as a
program. Seconds, as a watching client sees them; Jupyter has answered through the tunnel before it counts as back.
The rows of a changed network need root, and are left out without. A round takes two minutes.
"""

import contextlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

from ground import a_desk, a_host, must, scratch
from table import WIDTH, Goal, judge, spread

from lab.desk import Desk
from lab.diary import Diary, connected, lost, warned
from lab.network import HOST, Network, into
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port, keygen
from lab.targets import call
from nbtui.model.snapshot import Snapshot
from waiting import until

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
    with (
        scratch() as root,
        a_host(root) as host,
        Shaper(host.port) as wire,
        a_desk(root) as desk,
    ):
        host.give_jupyter()
        desk.knows(host.behind(wire), port=free_port(), local_port=free_port())
        must(desk, "connect", "myvm", "--no-browser")
        lasts = itertools.cycle(LASTS)
        with Diary(desk) as diary:
            yield Bench(host=host, wire=wire, desk=desk, diary=diary, lasts=lasts)


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
    with scratch() as root, contextlib.ExitStack() as stack:
        network = stack.enter_context(Network())
        network.join("wifi")
        key, space = keygen(root / "id"), network.host
        host = SshHost(name="vm", root=root / "h", key=key, address=HOST, namespace=space)
        host.root.mkdir()
        stack.callback(host.stop)
        host.start()
        desk = Desk(root=root / "desk", inside=into(network.desk))
        stack.callback(desk.leave)
        desk.knows(host)
        desk.nbtui("shell", "myvm", "--", "true")
        yield network, stack.enter_context(Diary(desk))


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
    print(f"{'seconds':{WIDTH}}{'min':>9}{'median':>9}{'max':>9}")
    for what, seconds in figures.items():
        goal = Goal(what=what, bound=GOALS[what], unit="s", always=True)
        print(f"{what:{WIDTH}}{spread(seconds, 2)}   {judge(goal, seconds)}")


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
