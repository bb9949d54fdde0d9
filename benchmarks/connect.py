"""`nbtui connect` with the server running against `ssh HOST true`, in the same run.

`python benchmarks/connect.py [ROUNDS] [--delay MS]`: a real sshd with a real Jupyter in tmux, reached through a proxy
that adds MS milliseconds each way; the contestants take turns. Cold: the agent runs, the link is down. Warm:
a second connect. Goals: cold at most 1.3 x ssh plus two round trips; warm at most 0.1 s.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from table import Row, show  # noqa: E402

from lab.desk import Desk  # noqa: E402  # tests/ is no package
from lab.shaper import Shaper  # noqa: E402
from lab.sshd import SshHost, free_port, keygen  # noqa: E402

CONNECT = ("connect", "vm", "--no-browser", "--no-start")


@contextlib.contextmanager
def lab(delay: float) -> Iterator[tuple[Desk, list[str]]]:
    """A desk whose profile `vm` has its server running, and the ssh command that reaches the same host.

    Args: delay: seconds each way.
    """
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
            host.port = wire.port
            host.prepare()  # known_hosts and the profile name the wire's end
            desk.knows(host, "vm", port=free_port(), local_port=free_port())
            stack.callback(desk.nbtui, "agent", "stop")
            run(desk, "connect", "vm", "--no-browser")
            wire.delay = delay
            yield desk, ssh_command(desk, host)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def ssh_command(desk: Desk, host: SshHost) -> list[str]:
    """What a person types who has all in ssh_config."""
    known = f"UserKnownHostsFile={desk.home}/.ssh/known_hosts"
    key = ["-i", str(host.key), "-o", "IdentitiesOnly=yes"]
    return ["ssh", "-F", "none", "-o", known, "-o", "BatchMode=yes", *key, "-p", str(host.port), "127.0.0.1", "true"]  # fmt: skip


def run(desk: Desk, *words: str) -> None:
    """One command that has to work."""
    done = desk.nbtui(*words)
    if done.status != 0:
        raise SystemExit(done.err)


def timed(desk: Desk, command: list[str]) -> float:
    """Milliseconds from exec to the end."""
    start = perf_counter()
    subprocess.run(
        command,
        env=desk.env,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return (perf_counter() - start) * 1000


def main(rounds: int, delay: float) -> None:
    """Measure and print."""
    connect = [sys.executable, "-m", "nbtui", *CONNECT]
    with lab(delay) as (desk, ssh):
        rows = [Row("ssh HOST true"), Row("connect, cold link"), Row("connect, warm")]
        for _ in range(rounds):
            run(desk, "disconnect", "vm")
            for row, command in zip(rows, (ssh, connect, connect), strict=True):
                row.times.append(timed(desk, command))
    print(f"{delay * 2000:.0f} ms a round trip")
    show(rows, peer=rows[0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=9)
    parser.add_argument("--delay", type=float, default=0.0, metavar="MS", help="each way")
    options = parser.parse_args()
    main(options.rounds, options.delay / 1000)
