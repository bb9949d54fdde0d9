"""A hundred times connect and stop, and connect and disconnect: what is left at either end, and what the agent grew to.

`python benchmarks/cycles.py [ROUNDS]`: a real sshd with a real Jupyter in tmux, by the command line. Compared is what
stands after round 2 (what is made once is made by then) with what stands after the last: processes, tmux sessions and
files of the host; files of the user, threads, descriptors, sockets and children of the agent. Goal: nothing, and the
agent's memory flat from round 20 on.
"""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from time import perf_counter

from ground import a_desk, a_host, scratch

from lab.cycles import Cycles, Sample, left
from lab.desk import Desk
from lab.sshd import SshHost, free_port

WAYS = (("stop", "myvm", "--yes"), ("disconnect", "myvm"))
SHOWN = (1, 2, 10, 20, 50, 100, 200, 500)


@contextlib.contextmanager
def lab() -> Iterator[tuple[SshHost, Desk]]:
    """A host with Jupyter, saved as myvm."""
    with scratch() as root, a_host(root) as host, a_desk(root) as desk:
        host.give_jupyter()
        desk.knows(host, port=free_port(), local_port=free_port())
        yield host, desk


def show(number: int, one: Sample) -> None:
    """A line of the table."""
    print(f"{number:6}{one.resident:10.1f}{one.threads:9}{one.descriptors:13}", flush=True)


def main(rounds: int) -> int:
    """0 when nothing was left."""
    leaks = 0
    for undo in WAYS:
        with lab() as (host, desk):
            print(f"\nconnect and {undo[0]}\n{'round':>6}{'RSS MB':>10}{'threads':>9}{'descriptors':>13}")  # fmt: skip
            start, samples = perf_counter(), list[Sample]()
            for one in Cycles(host=host, desk=desk, undo=undo).rounds(rounds):
                samples.append(one)
                if len(samples) in {*SHOWN, rounds}:
                    show(len(samples), one)
            seconds = (perf_counter() - start) / rounds
            found = left(samples[min(1, rounds - 1)], samples[-1])
            print(f"{seconds:.1f} s a round; left: {', '.join(found) or 'nothing'}")
            leaks += len(found)
    return bool(leaks)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=100)
    sys.exit(main(parser.parse_args().rounds))
