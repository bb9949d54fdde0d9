"""The tunnel against `ssh -L` and stock sshtunnel, in the same run.

`python benchmarks/forward.py [--quick]`: starts a real sshd on loopback, opens every forwarder in a process of its
own, lets them take turns, and prints for each measure min, median and max, and the ratio of ours to each peer taken
within each round (above 1 is better for ours, whatever the measure). A loaded machine spreads the rows, not the ratios.
"""

import argparse
import contextlib
import logging
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from lab.sshd import SshHost, free_port, keygen  # noqa: E402  # tests/ is no package
from lab.targets import call, serving  # noqa: E402
from waiting import until  # noqa: E402

MB = 1 << 20
BLOCK = bytes(MB)
OURS = "nbtui"
GCM = "aes128-gcm@openssh.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    megabytes: int
    connections: int
    echoes: int


QUICK = Effort(rounds=3, megabytes=96, connections=40, echoes=400)
THOROUGH = Effort(rounds=9, megabytes=400, connections=200, echoes=2000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One thing to measure."""

    name: str
    unit: str
    take: Callable[[int, Effort], float]
    """(local port, effort) -> value."""

    more_is_better: bool


def target(sock: socket.socket) -> None:
    """What the tunnels lead to: D sends, U counts, E echoes; the next eight bytes say how much."""
    kind, amount = sock.recv(1), int.from_bytes(_exactly(sock, 8))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if kind == b"D":
        for _ in range(amount // MB):
            sock.sendall(BLOCK)
    elif kind == b"U":
        _swallow(sock, amount)
        sock.sendall(b"!")
    else:
        while said := sock.recv(4096):
            sock.sendall(said)


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += sock.recv(size - len(data))
    return data


def _swallow(sock: socket.socket, amount: int) -> None:
    buffer = bytearray(MB)
    while amount > 0:
        got = sock.recv_into(buffer)
        if got == 0:
            raise ConnectionResetError
        amount -= got


def _ask(port: int, kind: bytes, amount: int = 0) -> socket.socket:
    sock = call(port)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(kind + amount.to_bytes(8))
    return sock


def download(port: int, effort: Effort) -> float:
    """MB a second."""
    start = perf_counter()
    with _ask(port, b"D", effort.megabytes * MB) as sock:
        _swallow(sock, effort.megabytes * MB)
    return effort.megabytes / (perf_counter() - start)


def upload(port: int, effort: Effort) -> float:
    """MB a second."""
    start = perf_counter()
    with _ask(port, b"U", effort.megabytes * MB) as sock:
        for _ in range(effort.megabytes):
            sock.sendall(BLOCK)
        _exactly(sock, 1)
    return effort.megabytes / (perf_counter() - start)


def new_connection(port: int, effort: Effort) -> float:
    """Milliseconds from connect to the first byte back, median."""
    times = []
    for _ in range(effort.connections):
        start = perf_counter()
        with _ask(port, b"E") as sock:
            sock.sendall(b"?")
            _exactly(sock, 1)
        times.append(perf_counter() - start)
    return statistics.median(times) * 1000


def echo(port: int, effort: Effort) -> float:
    """Milliseconds for 64 bytes there and back, median."""
    times = []
    with _ask(port, b"E") as sock:
        for _ in range(effort.echoes):
            start = perf_counter()
            sock.sendall(bytes(64))
            _exactly(sock, 64)
            times.append(perf_counter() - start)
    return statistics.median(times) * 1000


MEASURES = (
    Measure(name="download", unit="MB/s", take=download, more_is_better=True),
    Measure(name="upload", unit="MB/s", take=upload, more_is_better=True),
    Measure(name="new connection", unit="ms", take=new_connection, more_is_better=False),
    Measure(name="echo", unit="ms", take=echo, more_is_better=False),
)


def serve_ours(host_port: int, key: str, known_hosts: str, local: int, remote: int) -> None:
    """In a process of its own: the link and a forward of nbtui."""
    from nbtui.clock import SystemClock  # noqa: PLC0415  # each process imports its own forwarder
    from nbtui.model.question import nobody, silent  # noqa: PLC0415
    from nbtui.ssh.forward import LocalForward  # noqa: PLC0415
    from nbtui.ssh.link import LoginContext  # noqa: PLC0415
    from nbtui.ssh.links import Links  # noqa: PLC0415

    host = SshHost(
        name="bench", root=Path(known_hosts).parent, key=Path(key), port=host_port
    )
    link = Links(clock=SystemClock()).get(host.target())
    link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())
    link.shell.open()
    to = f"127.0.0.1:{remote}"
    forward = LocalForward(listen=f"127.0.0.1:{local}", to=to, transport=link.transport)
    forward.open()
    sys.stdin.read()


def serve_stock(host_port: int, key: str, _known: str, local: int, remote: int) -> None:
    """In a process of its own: sshtunnel as it comes."""
    import getpass  # noqa: PLC0415  # see serve_ours

    import sshtunnel  # noqa: PLC0415  # see serve_ours

    forward = sshtunnel.SSHTunnelForwarder(
        ("127.0.0.1", host_port),
        ssh_username=getpass.getuser(),
        ssh_pkey=key,
        ssh_config_file=None,
        allow_agent=False,
        host_pkey_directories=[],
        local_bind_address=("127.0.0.1", local),
        remote_bind_address=("127.0.0.1", remote),
        logger=logging.getLogger("stock"),
    )
    forward.start()
    sys.stdin.read()


SERVERS = {OURS: serve_ours, "sshtunnel, stock": serve_stock}


def commands(host: SshHost, remote: int) -> Iterator[tuple[str, int, list[str]]]:
    """(name, local port, command) of each forwarder."""
    facts = [str(host.port), str(host.key), str(host.known_hosts)]
    for name in SERVERS:
        local = free_port()
        serve = [sys.executable, __file__, "--serve", name, *facts, str(local), str(remote)]
        yield name, local, serve
    for name, cipher in (
        ("ssh -L, default cipher", []),
        ("ssh -L, aes128-gcm", ["-c", GCM]),
    ):
        local = free_port()
        options = ["-o", f"UserKnownHostsFile={host.known_hosts}", "-o", "BatchMode=yes"]
        forward = ["-N", "-L", f"127.0.0.1:{local}:127.0.0.1:{remote}", *cipher]
        to = ["-i", str(host.key), "-p", str(host.port), "127.0.0.1"]
        yield name, local, ["ssh", "-F", "/dev/null", *options, *forward, *to]


@contextlib.contextmanager
def forwarders(host: SshHost, remote: int) -> Iterator[dict[str, int]]:
    """All of them up; the local port of each."""
    with contextlib.ExitStack() as stack:
        ports = {}
        for name, local, command in commands(host, remote):
            process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE))
            stack.callback(process.kill)
            until(lambda port=local: _answers(port), what=f"{name} listening")  # type: ignore[misc]  # mypy knows no lambda default
            ports[name] = local
        yield ports


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), _ask(port, b"E") as sock:
        sock.sendall(b"?")
        return sock.recv(1) == b"?"
    return False


def measure(ports: dict[str, int], effort: Effort) -> None:
    """Take turns and print a table a measure."""
    for what in MEASURES:
        taken: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(effort.rounds):
            for name, port in ports.items():
                taken[name].append(what.take(port, effort))
        show(what, taken)


def show(what: Measure, taken: dict[str, list[float]]) -> None:
    """One table."""
    print(
        f"\n{what.name}, {what.unit:<10}{'min':>20}{'median':>9}{'max':>9}   nbtui's advantage"
    )
    for name, values in taken.items():
        spread = "".join(
            f"{value:9.2f}"
            for value in (min(values), statistics.median(values), max(values))
        )
        pairs = zip(taken[OURS], values, strict=True)
        ratios = [a / b if what.more_is_better else b / a for a, b in pairs]
        shown = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"  {name:<24}{spread}   {'' if name == OURS else shown}")


@contextlib.contextmanager
def a_host() -> Iterator[SshHost]:
    """A real sshd that goes away."""
    root = Path(tempfile.mkdtemp(prefix="nb.", dir="/var/tmp"))  # short, for sockets
    root.chmod(0o755)
    host = SshHost(name="bench", root=root / "h", key=keygen(root / "id"))
    host.root.mkdir()
    try:
        yield host.start()
    finally:
        host.stop()
        shutil.rmtree(root, ignore_errors=True)


def main() -> None:
    """Parse the arguments; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of ten")
    parser.add_argument("--serve", nargs=6, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        name, host_port, key, known_hosts, local, remote = options.serve
        SERVERS[name](int(host_port), key, known_hosts, int(local), int(remote))
        return
    with a_host() as host, serving(target) as remote, forwarders(host, remote) as ports:
        measure(ports, QUICK if options.quick else THOROUGH)


if __name__ == "__main__":
    main()
