"""The same work again and again, and what it leaves at either end: for a test with few rounds and a benchmark with many."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from lab.desk import Desk
from lab.sshd import SshHost
from waiting import until

Look = tuple[str, ...]
LOOKERS = 2
"""Threads of the agent's pool that looks at sessions: made when the first look is due, and then kept."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The agent's process after a round, and all that stands at either end."""

    resident: float
    """MB (RSS)."""

    threads: int
    descriptors: int
    here: frozenset[str]
    """Files of the user's, children of the agent, ports that it listens on."""

    there: frozenset[str]
    """Files of the host, its processes without their pids, its tmux sessions."""


@dataclass(frozen=True, kw_only=True)
class Cycles:
    """Rounds of `connect` and of what undoes it, by the command line."""

    host: SshHost
    desk: Desk
    undo: tuple[str, ...]
    """Words of a command line, such as stop myvm."""

    def rounds(self, count: int) -> Iterator[Sample]:
        """Do it `count` times; a sample after each."""
        for _ in range(count):
            for words in (("connect", "myvm", "--no-browser"), self.undo):
                ran = self.desk.nbtui(*words, timeout=120)
                assert ran.status == 0, f"{words}: {ran.err}\n{self.desk.log()}"
            yield self.sample()

    def sample(self) -> Sample:
        """What is there once the last connection's sshd has gone."""
        until(
            lambda: not any("sshd" in one for one in self.host.processes()),
            what="the end of the connection on the host",
        )
        agent = psutil.Process(self.desk.nbtui("agent", "status", "--json").json["agent"]["pid"])  # fmt: skip
        until(lambda: len(_sockets(agent)) == 0, what="the agent's sockets closed")
        return Sample(
            resident=agent.memory_info().rss / 1e6,
            threads=agent.num_threads(),
            descriptors=agent.num_fds(),
            here=frozenset((*_files(self.desk.root), *_children(agent))),
            there=frozenset((*_files(self.host.root), *_processes(self.host))),
        )


def _files(folder: Path) -> Iterator[str]:
    """All but the logs of npm, which JupyterLab calls at each start."""
    names = (str(one.relative_to(folder)) for one in folder.rglob("*"))
    return (name for name in names if "/.npm/_logs/" not in name)


def _children(agent: psutil.Process) -> Iterator[str]:
    return (" ".join(one.cmdline()) for one in agent.children(recursive=True))


def _sockets(agent: psutil.Process) -> list[str]:
    return [str(one.laddr) for one in agent.net_connections("inet")]


def _processes(host: SshHost) -> Iterator[str]:
    return (line.partition(" ")[2] for line in host.processes())


def left(first: Sample, last: Sample) -> list[str]:
    """What the rounds between two samples left behind, in words."""
    more: list[tuple[str, int, Callable[[Sample], int]]] = [
        ("threads", LOOKERS, lambda one: one.threads),
        ("descriptors", 0, lambda one: one.descriptors),
    ]
    grown = [
        f"{name}: {count(first)} -> {count(last)}"
        for name, may, count in more
        if count(last) > count(first) + may
    ]
    things = (*(last.here - first.here), *(last.there - first.there))
    return [*grown, *sorted(things)]
