"""`make fuzz`: every target, or those named, guided by the coverage of our own code; each in a process of its own.

What was learned is kept in .fuzz/ for the next run, and so is any input that broke something.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".fuzz"
MEMORY, ONE_INPUT, LARGEST = 1024, 10, 4096
"""MiB of a process, seconds and bytes of one input."""


def main() -> int:
    """Run; 1 when an input broke something."""
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], sys.argv[3:])
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=120, help="for all together")
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    from fuzz.targets import TARGETS  # noqa: PLC0415  # its process alone is instrumented

    names = asked.targets or list(TARGETS)
    each = max(1, asked.seconds // len(names))
    broken = [name for name in names if not survived(name, TARGETS[name].seeds, each)]
    return int(bool(broken))


def survived(name: str, seeds: tuple[bytes, ...], seconds: int) -> bool:
    """Fuzz one target for so long."""
    corpus, found = KEPT / "corpus" / name.replace(" ", "-"), KEPT / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    with tempfile.TemporaryDirectory(prefix="nb-fuzz-") as log:
        said = Path(log) / "said"
        options = [
            f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY}", f"-timeout={ONE_INPUT}", f"-max_len={LARGEST}",
            f"-artifact_prefix={found}/{corpus.name}-", str(corpus),
        ]  # fmt: skip
        command = [sys.executable, __file__, "--one", name, *options]
        with said.open("wb") as file:
            done = subprocess.run(command, check=False, stdout=file, stderr=file, cwd=ROOT)
        text = said.read_text(errors="replace")
    runs = re.findall(r"^Done (\d+) runs", text, re.MULTILINE)
    good = done.returncode == 0
    count = int(runs[-1]) if runs else 0
    line = f"{name:14} {'ok' if good else 'BROKE'} {count:>9,} inputs in {seconds} s\n"
    sys.stdout.write(line if good else line + text[-4000:])
    sys.stdout.flush()
    return good


def fuzz(name: str, options: list[str]) -> None:
    """This process becomes the fuzzer of one target."""
    import atheris  # noqa: PLC0415  # of the extra group

    sys.path.insert(0, str(ROOT / "tests"))
    with atheris.instrument_imports(include=["nbtui"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415  # see above
    atheris.Setup([name, *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
