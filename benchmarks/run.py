"""Run every benchmark of this folder, the quick way, one after the other: `make bench`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NO_BENCHMARKS = {"run.py", "table.py"}
QUICK = {
    "connect.py": ["5", "--delay", "50"],
    "forward.py": ["--quick"],
    "idle.py": ["1", "10", "50", "--seconds", "30"],
    "faults.py": ["1"],
}


def main() -> int:
    """0 when all ran; what they measured is for the reader to judge."""
    failed = []
    for script in sorted(HERE.glob("*.py")):
        if script.name in NO_BENCHMARKS:
            continue
        print(f"\n== {script.name}", flush=True)
        command = [sys.executable, str(script), *QUICK.get(script.name, [])]
        if subprocess.run(command, check=False).returncode != 0:
            failed.append(script.name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
