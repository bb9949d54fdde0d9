"""Much at once over one link: requests beside a bulk transfer, a hundred downloads, twenty forwards.

`python benchmarks/many.py [ROUNDS] [--quick]`: on loopback, nbtui and `ssh -L` in turns. Goals: a request beside bulk
takes at most 20 ms (99th percentile); a hundred downloads at once are at least half as fast as by `ssh -L`, and none
of them gets nothing for a second; twenty forwards to a host are one TCP connection.
"""

import contextlib

import psutil
from forwarders import OURS, SSH, forwarding
from ground import a_desk, a_host, arguments, must, on_a_port, scratch
from table import Goal, Row, compare
from traffic import busy_echo, crowd

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from lab.targets import call

WAYS = ("download", "upload")
BULK = 384
"""Megabytes of the transfer that a request runs beside."""
NUMBER, EACH = 100, 2
"""Downloads at once, megabytes of each."""
FORWARDS = 20
FORWARD = """
[[profiles.vm.forwards]]
kind = "local"
listen = "127.0.0.1:{port}"
to = "127.0.0.1:{to}"
"""


def beside_bulk(ports: dict[str, int], rounds: int) -> None:
    """A request while a transfer runs."""
    for way in WAYS:
        rows = [Row(name) for name in ports]
        for _ in range(rounds):
            for row in rows:
                row.times.append(busy_echo(ports[row.name], way, BULK))
        goal = Goal(what=f"request beside {way}, p99", bound=20, unit="ms")
        compare(f"request beside {way}, p99, ms", rows[0], rows[1:], goals={OURS: goal})


def a_hundred(ports: dict[str, int], rounds: int) -> None:
    """Downloads at once."""
    rates, shares, stalls = ([Row(name) for name in ports] for _ in range(3))
    for _ in range(rounds):
        for rate, share, stall in zip(rates, shares, stalls, strict=True):
            found = crowd(ports[rate.name], NUMBER, EACH)
            rate.times.append(found.rate)
            share.times.append(found.fairness)
            stall.times.append(found.stall)
    faster = Goal(what=f"{NUMBER} downloads at once / ssh -L", bound=0.5, at_least=True)
    never = Goal(what=f"{NUMBER} downloads at once, longest stall", bound=1, unit="s")
    compare(f"{NUMBER} downloads, MB/s", rates[0], rates[1:], goals={SSH: faster})
    compare(f"{NUMBER} downloads, fairness", shares[0], shares[1:], goals={})
    compare(f"{NUMBER} downloads, stall, s", stalls[0], stalls[1:], goals={OURS: never})


def connected(desk: Desk, host: SshHost, to: int) -> list[int]:
    """Bring up a profile with its forwards; their ports."""
    ports = [free_port() for _ in range(FORWARDS)]
    desk.knows(host, "vm", port=free_port(), local_port=free_port())
    with (desk.config / "profiles.toml").open("a") as file:
        file.writelines(FORWARD.format(port=port, to=to) for port in ports)
    must(desk, "connect", "vm", "--no-browser")
    return ports


def twenty_forwards(desk: Desk, host: SshHost, to: int) -> None:
    """Count the connections to the host while all are in use."""
    with contextlib.ExitStack() as stack:
        for port in connected(desk, host, to):
            stack.enter_context(call(port)).sendall(b"E" + bytes(8))
        row = Row(OURS, [float(len(connections_to(host.port)))])
    goal = Goal(what=f"{FORWARDS} forwards to a host", bound=1, unit="TCP connections")
    compare(f"TCP connections of {FORWARDS} forwards", row, [], goals={OURS: goal})


def connections_to(port: int) -> list[object]:
    """TCP connections of this machine that stand to one of its ports."""
    found = psutil.net_connections("tcp")
    return [one for one in found if one.raddr and one.raddr.port == port and one.status == psutil.CONN_ESTABLISHED]  # fmt: skip


def main(rounds: int) -> None:
    """Measure and print."""
    with scratch() as root, a_host(root) as host, on_a_port("traffic.py") as remote:
        with forwarding((OURS, SSH), host, remote) as ports:
            beside_bulk(ports, rounds)
            a_hundred(ports, rounds)
        host.give_jupyter()
        with a_desk(root) as desk:
            twenty_forwards(desk, host, remote)


if __name__ == "__main__":
    main(arguments(__doc__, rounds=5, quick=2).parse_args().rounds)
