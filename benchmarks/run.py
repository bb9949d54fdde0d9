"""Run every benchmark of this folder, one after the other, and say at the end which goals hold: `make bench`.

`python benchmarks/run.py [--quick] [NAME…]`: about ten minutes on a quiet machine; with few rounds, and without what
takes a minute a round, two. Only those that are named, if any are. A benchmark is any script here that prints tables;
one that hands its goals to `table.judge` has them in the last table, too. Some measure more when called by themselves.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from table import REPORT, show_report

HERE = Path(__file__).resolve().parent
NO_BENCHMARKS = {"run", "table", "ground", "traffic", "wire", "forwarders"}
USUAL = ([], ["--quick"])
"""Arguments, and those for few rounds; None: not then."""
ARGUMENTS: dict[str, tuple[list[str], list[str] | None]] = {
    "cycles": (["4"], None),
    "faults": (["1"], None),
    "soak": (["--minutes", "1"], None),
    "idle": (["1", "10", "50", "--seconds", "30"], ["10", "--seconds", "10"]),
}
"""Of those that take others."""


def names() -> list[str]:
    """All that there are, by the name of the script."""
    return sorted({script.stem for script in HERE.glob("*.py")} - NO_BENCHMARKS)


def run(name: str, *, quick: bool) -> bool:
    """Run one; whether it came to its end. What it measured is for the reader to judge."""
    words = ARGUMENTS.get(name, USUAL)[quick]
    if words is None:
        return True
    print(f"\n== {name}", flush=True)
    began = perf_counter()
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *words], check=False)
    print(f"({perf_counter() - began:.0f} s)", flush=True)
    return done.returncode == 0


def main() -> int:
    """0 when all ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    parser.add_argument("--quick", action="store_true", help="few rounds")
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile() as report:
        os.environ[REPORT] = report.name
        chosen = options.names or names()
        failed = [name for name in chosen if not run(name, quick=options.quick)]
        show_report(Path(report.name))
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
