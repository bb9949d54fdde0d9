"""First row of the dashboard with 1,000 profiles against an empty Textual app, in the same run.

`python benchmarks/first_frame.py [ROUNDS] [--checkout]`: from exec to the bytes of the first row on a terminal of
120 x 40. `dashboard` is handed its profiles, `nbtui` is the command itself, which reads them from profiles.toml; both and
the empty app take turns. The program is a wheel in a venv of its own, as in `start_up.py`. Goal: at most 1.3.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import tempfile
import termios
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from start_up import run_installed
from table import Goal, Row, show

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("host-0001")
Empty().run()
"""
DASHBOARD = """
import os
from nbtui.clock import SystemClock
from nbtui.model.profile import Profile
from nbtui.profiles.saved import Saved
from nbtui.tui import run
from nbtui.tui.outside import Outside
def saved():
    profiles = tuple(Profile(name=f"host-{n:04}", host="10.0.0.7", group=f"group {n // 50}") for n in range(1, 1001))
    return Saved(profiles=profiles)
run(engine=exit, outside=Outside(open_url=print, saved=saved), clock=SystemClock(), environ=os.environ)
"""
GOAL = Goal(what="first row of 1,000 profiles / empty app", bound=1.3)
PROFILE = """
[profiles.host-{n:04}]
host = "10.0.0.7"
user = "ada"
group = "group {group}"
[profiles.host-{n:04}.jupyter]
directory = "~/workspace"
port = 8889
"""


def first_row(command: Sequence[str], home: Path) -> tuple[float, float]:
    """Milliseconds from exec to the first row: of the clock, and of processor time."""
    start = perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        os.execve(command[0], command, _environ(home))  # noqa: S606  # no shell is wanted
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        read_until(terminal, b"host-0001")
        wall = perf_counter() - start
    finally:
        os.kill(child, signal.SIGKILL)
        usage = os.wait4(child, 0)[2]
        os.close(terminal)
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def _environ(home: Path) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "TZ") if key in os.environ}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return {**kept, **terminal, "HOME": str(home)}


def read_until(terminal: int, mark: bytes) -> None:
    """Return when the terminal was sent the mark. Raises: TimeoutError: nothing came for 20 s."""
    seen = b""
    while mark not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            raise TimeoutError(seen[-2000:].decode(errors="replace"))
        seen += os.read(terminal, 65536)


def measure(rounds: int, folder: Path) -> None:
    """Take turns and print, first by the clock, then by processor time, which a busy machine disturbs less."""
    python = str(folder / "python")
    commands = {
        "empty app": [python, "-c", EMPTY],
        "dashboard": [python, "-c", DASHBOARD],
        "nbtui": [str(folder / "nbtui")],
    }
    by_clock, by_cpu = ({name: Row(name) for name in commands} for _ in range(2))
    with tempfile.TemporaryDirectory() as home:
        write_profiles(Path(home))
        for turn in range(rounds + 1):
            for name, command in commands.items():
                wall, cpu = first_row(command, Path(home))
                if turn:  # the first one writes what Python caches
                    by_clock[name].times.append(wall)
                    by_cpu[name].times.append(cpu)
    for title, rows in (("by the clock", by_clock), ("processor time", by_cpu)):
        print(f"\n{title}")
        show([*rows.values()], peer=rows["empty app"], goals={"nbtui": GOAL.of(title)})


def write_profiles(home: Path) -> None:
    """A thousand of them, where `nbtui` looks by itself."""
    folder = home / ".config" / "nbtui"
    folder.mkdir(parents=True)
    text = "".join(PROFILE.format(n=n, group=n // 50) for n in range(1, 1001))
    (folder / "profiles.toml").write_text(text)


def main() -> None:
    """Parse the arguments; see the module."""
    run_installed(__doc__, measure, quick=2)


if __name__ == "__main__":
    main()
