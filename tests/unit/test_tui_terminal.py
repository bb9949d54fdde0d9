"""The dashboard on a real terminal: it is given away and comes back, and NO_COLOR means none."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from waiting import until

TESTS = Path(__file__).resolve().parent.parent
PROGRAM = """
import os, sys
sys.path.insert(0, sys.argv[1])
import scenes
from fakes import FakeClock, FakeEngine
from nbtui.errors import NbtuiError
from nbtui.profiles.saved import Saved
from nbtui.tui import run
from nbtui.tui.outside import Outside

class Engine(FakeEngine):
    def attach(self, name, talk):
        os.write(1, b"THE SERVER'S TERMINAL\\n")
        if input() == "fail":
            raise RuntimeError("torn apart")
        return 0

def edit(name):
    os.write(1, f"EDITING {name}\\n".encode())

engine = Engine(snapshots_now=scenes.LAB)
saved = Saved(profiles=tuple(map(scenes.profile_of, scenes.LAB)))
outside = Outside(open_url=print, edit=edit, saved=lambda: saved)
print(run(engine=lambda: engine, outside=outside, clock=FakeClock(scenes.NOW), environ=os.environ))
"""


class Terminal:
    """The master side of a terminal of 100 x 30, and all that came out of it."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def shows(self, text: str) -> bytes:
        """The output since the last call, up to the text."""
        until(lambda: text.encode() in self._read(), what=f"{text!r} on the terminal")
        seen, _, self.seen = self.seen.partition(text.encode())
        return seen

    def _read(self) -> bytes:
        with suppress(OSError):  # the far end has closed: what came before counts
            while select.select([self.fd], [], [], 0)[0] and (
                more := os.read(self.fd, 65536)
            ):
                self.seen += more
        return self.seen


@contextmanager
def dashboard(**environ: str) -> Iterator[Terminal]:
    child, fd = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORTERM")}
        base = {
            **plain,
            "TERM": "xterm-256color",
            "PYTHONPATH": str(TESTS.parent),
            **environ,
        }
        os.execve(sys.executable, [sys.executable, "-c", PROGRAM, str(TESTS)], base)  # noqa: S606  # no shell is wanted
    try:
        yield Terminal(fd)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(fd)


def test_attach_gives_the_terminal_away_and_takes_it_back() -> None:
    with dashboard() as terminal:
        terminal.shows("2 h 14 m")
        terminal.type("a")
        assert b"\x1b[?1049l" in terminal.shows("THE SERVER'S TERMINAL")
        terminal.type("bye\n")
        assert b"\x1b[?1049h" in terminal.shows("2 h 14 m")


@pytest.mark.parametrize(
    ("keys", "said"), [("fail\n", "torn apart"), ("\x03", "KeyboardInterrupt")]
)
def test_whatever_happens_while_it_is_away_the_dashboard_comes_back(
    keys: str, said: str
) -> None:
    with dashboard() as terminal:
        terminal.shows("2 h 14 m")
        terminal.type("a")
        terminal.shows("THE SERVER'S TERMINAL")
        terminal.type(keys)
        terminal.shows(said)
        terminal.type("q")
        terminal.shows("Tunnels stay up")


def test_the_editor_gets_the_terminal_and_the_selected_profile() -> None:
    with dashboard() as terminal:
        terminal.shows("2 h 14 m")
        terminal.type("e")
        terminal.shows("EDITING myvm")
        terminal.shows("2 h 14 m")


def test_with_no_color_nothing_is_coloured() -> None:
    colour = re.compile(
        rb"\x1b\[[0-9;]*?(?<![0-9])(3[0-7]|38;|4[0-7]|48;|9[0-7]|10[0-7])[0-9;]*m"
    )
    with dashboard(NO_COLOR="1") as terminal:
        plain = terminal.shows("2 h 14 m")
    with dashboard() as terminal:
        coloured = terminal.shows("2 h 14 m")
    assert colour.search(coloured)
    assert not colour.search(plain), colour.search(plain)
