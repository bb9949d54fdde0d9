"""A wire as a program, so that it has an interpreter for itself: `python benchmarks/wire.py PORT DELAY RATE`.

DELAY in seconds each way, RATE in bytes a second each way (0: as fast as it can). Says on which port it listens;
ends with its standard input.
"""

import sys

import ground  # noqa: F401  # puts tests/ on the path

from lab.shaper import Shaper

ROOM = 16 << 20
"""Bytes under way each way: more than the path holds, as a good router."""
CHUNK = 128 << 10


def main(port: int, delay: float, rate: float) -> None:
    """Until the end of standard input."""
    with Shaper(port, delay=delay, room=ROOM, chunk=CHUNK) as wire:
        wire.rate = rate
        print(wire.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
