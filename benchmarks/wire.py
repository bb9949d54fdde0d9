"""A wire as a program, so that it has an interpreter for itself: `python benchmarks/wire.py PORT DELAY RATE ROOM`.

DELAY in seconds each way, RATE in bytes a second each way (0: as fast as it can), ROOM in bytes under way each way.
Says on which port it listens; ends with its standard input.
"""

import sys

import ground  # noqa: F401  # puts tests/ on the path

from lab.shaper import Shaper

CHUNK = 128 << 10


def main(port: int, delay: float, rate: float, room: int) -> None:
    """Until the end of standard input."""
    with Shaper(port, delay=delay, room=room, chunk=CHUNK) as wire:
        wire.rate = rate
        print(wire.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
