"""How long a command takes before and besides its work, against `python -c pass` in the same run.

`python benchmarks/start_up.py [ROUNDS] [--checkout]`: from exec to the end of the process, in turns. The program is a wheel
in a venv of its own, which is what users have; `--checkout` takes the one around this interpreter, whose start the editable
install slows down. The agent runs, with five profiles. Goals: --version at most 5.5 x; status at most 0.1 s.
"""

import contextlib
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

from ground import ROOT, arguments, scratch, timed
from table import Goal, Row, show

from lab.desk import Desk

PROFILES = "".join(f'[profiles.vm{n}]\nhost = "10.0.0.{n}"\n' for n in range(1, 6))


GOALS = {
    "nbtui --version": Goal(what="nbtui --version / python -c pass", bound=5.5),
    "nbtui status --json": Goal(what="nbtui status --json", bound=100, unit="ms"),
}


def installed(folder: Path) -> Path:
    """The bin folder of a fresh venv with nbtui as a wheel; its dependencies are borrowed from this one."""
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    python = ["--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, *python, "install", "--no-deps", str(ROOT)], check=True)
    for one in Path(sys.prefix).glob("lib/python*/site-packages/*"):
        if not (one.suffix == ".pth" or one.name.startswith(("nbtui", "_nbtui"))):
            (site / one.name).symlink_to(one)
    return folder / "bin"


@contextlib.contextmanager
def desk_with_agent(program: Path) -> Iterator[Desk]:
    """A user with five profiles and a running agent."""
    with scratch() as root:
        desk = Desk(root=root)
        (desk.config / "profiles.toml").write_text(PROFILES)
        try:
            subprocess.run([program, "agent", "start"], env=desk.env, check=True)
            yield desk
        finally:
            subprocess.run([program, "agent", "stop"], env=desk.env, check=False)


def measure(rounds: int, folder: Path) -> None:
    """Take turns and print."""
    python, program = str(folder / "python"), str(folder / "nbtui")
    commands = {
        "python -c pass": [python, "-c", "pass"],
        "python -c 'import click'": [python, "-c", "import click"],
        "nbtui --version": [program, "--version"],
        "nbtui --help": [program, "--help"],
        "nbtui status": [program, "status"],
        "nbtui status --json": [program, "status", "--json"],
    }
    rows = {name: Row(name) for name in commands}
    with desk_with_agent(Path(program)) as desk:
        for command in commands.values():
            timed(command, desk.env)  # writes what Python caches
        for _ in range(rounds):
            for name, command in commands.items():
                rows[name].times.append(timed(command, desk.env))
    show([*rows.values()], peer=rows["python -c pass"], goals=GOALS)


def run_installed(
    doc: str | None, measure: Callable[[int, Path], object], *, quick: int
) -> None:
    """Parse the arguments, and measure the program of a wheel, or of this checkout.

    Args:
        doc: of the benchmark.
        measure: is handed the rounds and the bin folder.
        quick: rounds of `--quick`.
    """
    parser = arguments(doc, rounds=15, quick=quick)
    parser.add_argument("--checkout", action="store_true")
    options = parser.parse_args()
    if options.checkout:
        measure(options.rounds, Path(sys.executable).parent)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(options.rounds, installed(Path(folder)))


def main() -> None:
    """See the module."""
    run_installed(__doc__, measure, quick=3)


if __name__ == "__main__":
    main()
