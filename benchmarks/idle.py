"""What the agent costs while nobody does anything: memory and processor time with 1, 10, 50, 200 connected profiles.

`python benchmarks/idle.py [COUNTS…] [--seconds S] [--watched]`: one real sshd with one real Jupyter; each profile has a
host-key alias of its own, so that none shares a link with another: N connections with a heartbeat, N tunnels that
listen on both addresses of localhost, N sessions that are looked at. Measured is the agent's process alone, over
S seconds in which no client is there (or, with `--watched`, one that watches, as a dashboard does).
Goal at 50: at most 100 MB and 1 % of a core, on a straight line.
"""

import argparse
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from time import perf_counter

import psutil
from ground import a_desk, a_host, scratch
from table import Goal, judge

from lab.desk import Desk
from lab.jupyter import launch, runtime_file
from lab.sshd import SshHost, free_port
from nbtui.agent.pulse import WATCHED_SECONDS
from nbtui.client.engine import ConnectOptions, Unattended
from nbtui.client.socket_engine import SocketEngine, socket_engine
from nbtui.clock import SystemClock
from nbtui.paths import user_paths

JUDGED = 50
"""Profiles that the goals are for."""
AT_ONCE = 4
"""Connects under way at the same time."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of the agent's process."""

    profiles: int
    memory: float
    """MB that are its own (USS); what it shares with other Pythons is not counted."""

    resident: float
    """MB (RSS)."""

    percent: float
    """Of one core."""

    threads: int
    files: int


@contextlib.contextmanager
def lab(count: int) -> Iterator[tuple[Desk, list[str]]]:
    """A desk with `count` profiles whose server runs, and their names."""
    with scratch() as root, a_host(root) as host, a_desk(root) as desk:
        port = launch(host, "one", env={"JUPYTER_TOKEN": "t"})
        runtime_file(host, port)
        names = [f"p{number:03}" for number in range(count)]
        save(desk, host, port, names)
        yield desk, names


def save(desk: Desk, host: SshHost, port: int, names: list[str]) -> None:
    """Profiles that share a host and a server and no link."""
    key = (host.root / "hostkey.pub").read_text()
    local: set[int] = set()
    while len(local) < len(names):
        local.add(free_port())
    profiles = (
        f'[profiles.{name}]\nhost = "127.0.0.1"\nport = {host.port}\n'
        f'identity_file = "{host.key}"\nhost_key_alias = "{name}"\n'
        f"[profiles.{name}.jupyter]\nport = {port}\nlocal_port = {mine}\n"
        for name, mine in zip(names, local, strict=True)
    )
    (desk.config / "profiles.toml").write_text("".join(profiles))
    known = "".join(f"{name} {key}" for name in names)
    (desk.home / ".ssh" / "known_hosts").write_text(known)


def connect_all(engine: SocketEngine, names: list[str]) -> None:
    """All of them; raises what goes wrong with one."""
    options = ConnectOptions(start=False)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(engine.connect, name, options, Unattended()) for name in names]
        for job in jobs:
            job.result()


@contextlib.contextmanager
def watching(engine: SocketEngine) -> Iterator[None]:
    """Somebody looks at all rows meanwhile."""
    watch = engine.watch()
    reader = Thread(target=lambda: [None for _ in watch])
    reader.start()
    yield
    watch.close()
    reader.join()


def measure(count: int, seconds: float, *, watched: bool) -> Cost:
    """Connect `count` profiles, let them settle, and measure."""
    with lab(count) as (desk, names):
        engine = socket_engine(
            paths=user_paths(desk.env), environ=desk.env, clock=SystemClock()
        )
        connect_all(engine, names)
        info = engine.agent_status()
        assert info is not None  # noqa: S101  # it has just answered
        assert info.links == count  # noqa: S101  # else something else would be measured
        with watching(engine) if watched else contextlib.nullcontext():
            Event().wait(10 if watched else WATCHED_SECONDS + 10)
            return _cost(psutil.Process(info.pid), count, seconds)


def _cost(agent: psutil.Process, count: int, seconds: float) -> Cost:
    before, start = agent.cpu_times(), perf_counter()
    Event().wait(seconds)
    after, took = agent.cpu_times(), perf_counter() - start
    used = (after.user + after.system) - (before.user + before.system)
    memory = agent.memory_full_info()
    return Cost(
        profiles=count,
        memory=memory.uss / 1e6,
        resident=memory.rss / 1e6,
        percent=100 * used / took,
        threads=agent.num_threads(),
        files=agent.num_fds(),
    )


def show(costs: list[Cost]) -> None:
    """A table."""
    print(
        f"{'profiles':>8}{'USS MB':>9}{'RSS MB':>9}{'% core':>9}{'threads':>9}{'files':>7}"
    )
    for one in costs:
        numbers = f"{one.memory:9.1f}{one.resident:9.1f}{one.percent:9.2f}"
        verdict = _verdict(one) if one.profiles == JUDGED else ""
        print(f"{one.profiles:8}{numbers}{one.threads:9}{one.files:7}   {verdict}")


def _verdict(cost: Cost) -> str:
    where = f"{JUDGED} idle profiles"
    memory = Goal(what=f"{where}: memory of the agent", bound=100, unit="MB")
    percent = Goal(what=f"{where}: processor", bound=1, unit="% of a core")
    return f"{judge(memory, [cost.resident])}, {judge(percent, [cost.percent])}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[1, 10, 50, 200])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--watched", action="store_true", help="while somebody watches")
    options = parser.parse_args()
    show(
        [
            measure(count, options.seconds, watched=options.watched)
            for count in options.counts
        ]
    )
