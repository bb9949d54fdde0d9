"""Run every benchmark of this folder, one after the other, and say at the end which goals hold: `make bench`.

`python benchmarks/run.py [--quick] [NAME...]`: about ten minutes, or two with few rounds; only those named, if any are.
A benchmark is a script that takes `--quick`, prints its tables, and passes its goals to `table.judge`.
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
BRIEF = {"faults"}
"""Those that take minutes a round, and are quick always."""


def names() -> list[str]:
    """All that there are, by the name of the script."""
    return sorted({script.stem for script in HERE.glob("*.py")} - NO_BENCHMARKS)


def run(name: str, *, quick: bool) -> bool:
    """Run one; whether it came to its end. What it measured is for the reader to judge."""
    print(f"\n== {name}", flush=True)
    words = ["--quick"] if quick or name in BRIEF else []
    began = perf_counter()
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *words], check=False)
    print(f"\n{perf_counter() - began:.0f} s")
    return done.returncode == 0


def main() -> int:
    """0 when all ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *names()])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        report.touch()
        os.environ[REPORT] = str(report)
        failed = [
            name for name in options.names or names() if not run(name, quick=options.quick)
        ]
        show_report(report)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
