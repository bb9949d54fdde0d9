"""First frame of the dashboard with 1,000 profiles against an empty Textual app, in the same run.

`python benchmarks/first_frame.py [ROUNDS]`: from exec to the bytes of the first row on a terminal of
120 x 40; the two take turns, medians and their ratio are printed. Goal: at most 1.3.
"""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("host-0001")
Empty().run()
"""
DASHBOARD = f"""
import os, sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from nbtui.clock import SystemClock
from nbtui.model.profile import Profile
from nbtui.tui import run
from nbtui.tui.outside import Outside
from fakes import FakeEngine
def profiles():
    return tuple(Profile(name=f"host-{{n:04}}", host="10.0.0.7", group=f"group {{n // 50}}") for n in range(1, 1001))
run(engine=FakeEngine(), outside=Outside(open_url=print, profiles=profiles), clock=SystemClock(), environ=os.environ)
"""


def first_row(program: str) -> tuple[float, float]:
    """Milliseconds from exec to the first row: of the clock, and of processor time."""
    start = perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execve(sys.executable, [sys.executable, "-c", program], environ)  # noqa: S606  # no shell is wanted
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        read_until(terminal, b"host-0001")
        wall = perf_counter() - start
    finally:
        os.kill(child, signal.SIGKILL)
        usage = os.wait4(child, 0)[2]
        os.close(terminal)
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def read_until(terminal: int, mark: bytes) -> None:
    """Return when the terminal was sent the mark. Raises: TimeoutError: nothing came for 20 s."""
    seen = b""
    while mark not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            raise TimeoutError(seen[-2000:].decode(errors="replace"))
        seen += os.read(terminal, 65536)


def main(rounds: int) -> None:
    """Measure and print."""
    pairs = [(first_row(EMPTY), first_row(DASHBOARD)) for _ in range(rounds)]
    for place, unit in enumerate(("wall", "cpu ")):
        empty = statistics.median(pair[0][place] for pair in pairs)
        dashboard = statistics.median(pair[1][place] for pair in pairs)
        ratio = dashboard / empty
        print(
            f"{unit}  empty {empty:5.0f} ms   1,000 profiles {dashboard:5.0f} ms   ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
