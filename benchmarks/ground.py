"""What the benchmarks stand on: folders, a host, a desk, processes that last as long as a with-block, the clock.

Imported first, it puts the project and its tests on the path.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from lab.desk import Desk  # noqa: E402  # tests/ is no package
from lab.sshd import SshHost, keygen  # noqa: E402


def arguments(doc: str | None, *, rounds: int, quick: int) -> argparse.ArgumentParser:
    """What every benchmark takes: how many rounds, and `--quick` for few. Args: quick: rounds of those."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("rounds", nargs="?", type=int, default=rounds)
    parser.add_argument(
        "--quick",
        action="store_const",
        const=quick,
        dest="rounds",
        default=argparse.SUPPRESS,
    )
    return parser


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder whose name is short, for sockets, and which goes away."""
    root = Path(tempfile.mkdtemp(prefix="nb.", dir="/var/tmp"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def a_host(root: Path, *, name: str = "vm") -> Iterator[SshHost]:
    """A real sshd; what runs on it ends with it."""
    host = SshHost(name=name, root=root / "h", key=keygen(root / "id"))
    host.root.mkdir()
    try:
        yield host.start()
    finally:
        host.stop()


@contextlib.contextmanager
def a_desk(root: Path) -> Iterator[Desk]:
    """A user; the agent that they started ends with the with-block."""
    desk = Desk(root=root / "desk")
    try:
        yield desk
    finally:
        desk.leave()


def must(desk: Desk, *words: str) -> None:
    """Run one command of nbtui, which has to work."""
    done = desk.nbtui(*words)
    if done.status != 0:
        raise SystemExit(done.err)


@contextlib.contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is killed at the end; many end by themselves with their standard input."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def on_a_port(script: str, *words: str) -> Iterator[int]:
    """One of our own programs, which says first on which port it listens."""
    with running([sys.executable, str(HERE / script), *words]) as process:
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        yield int(process.stdout.readline())


def timed(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Milliseconds from exec to the end of a command that has to work."""
    quiet = subprocess.DEVNULL
    start = perf_counter()
    done = subprocess.run(
        command, env=env, check=False, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE
    )
    taken = perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode(errors="replace"))
    return taken * 1000
