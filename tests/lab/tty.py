"""A terminal of one's own for a program under test."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from typing import Any, Self

assert sys.platform != "win32"  # ptys are of POSIX

CONTROLLING = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
"""Makes the terminal the program's own, so that it hears of a new size."""


@dataclass(kw_only=True)
class Terminal:
    """Runs a Python script on a pty; read what it shows with `wait_for`."""

    script: str
    arguments: list[str] = field(default_factory=list)
    columns: int = 100
    rows: int = 30
    shown: bytes = b""
    env: dict[str, str] | None = None
    """None: ours."""

    def __enter__(self) -> Self:
        self.master, self.slave = pty.openpty()
        self.resize(self.columns, self.rows)
        self.before = self.settings()
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLING + self.script, *self.arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            env=self.env,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)
        os.close(self.master)
        os.close(self.slave)

    def settings(self) -> list[Any]:
        """Of the line discipline, as `tcgetattr` tells them."""
        return termios.tcgetattr(self.slave)

    def resize(self, columns: int, rows: int) -> None:
        size = struct.pack("4H", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_for(self, text: bytes, *, times: int = 1, seconds: float = 20.0) -> None:
        """Read on until the text was shown, so often."""
        deadline = time.monotonic() + seconds
        while self.shown.count(text) < times:
            if not self._read(0.1) and time.monotonic() > deadline:
                message = f"{text!r} was never shown, but {self.shown!r}"
                raise AssertionError(message)

    def end(self) -> int:
        """Wait for the program to end; its exit status."""
        while self.process.poll() is None:
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.returncode

    def interrupt(self) -> int:
        """Press Ctrl-C until the program ends, as a person does; its exit status.

        One that comes after a prompt and just before the read under it is heard with the next key: CPython looks
        for signals after the read (`my_fgets` of Parser/myreadline.c).
        """
        pressed = float("-inf")
        while self.process.poll() is None:
            if time.monotonic() > pressed + 2.0:
                pressed = time.monotonic()
                self.type(b"\x03")
            self._read(0.05)
        return self.end()

    def _read(self, seconds: float) -> bool:
        """Whether anything was shown meanwhile."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            self.shown += os.read(self.master, 65536)
        return bool(ready)
