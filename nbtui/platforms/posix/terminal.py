"""The terminal on POSIX: raw mode by termios, input by select, the size by SIGWINCH.

Surprise: Python runs signal handlers in the main thread only, and only that thread may set them. A
console that is used from another thread follows no resize and is not restored after SIGTERM.
"""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from types import FrameType

from nbtui.platforms.consoles import STDERR, STDIN, STDOUT, Sink

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

_CHUNK = 65536
_STOP, _RESIZED = b"q", b"w"
_STANDARD_SIZE = (80, 24)
"""For a terminal that says it has no columns, as a new pty does."""

Handler = Callable[[int, FrameType | None], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class PosixConsole:
    """See `nbtui.platforms.consoles.Console`."""

    stdin: int = STDIN
    """File descriptor, as the two below."""

    stdout: int = STDOUT
    stderr: int = STDERR

    def size(self) -> tuple[int, int] | None:
        """See `Console.size`."""
        if not (os.isatty(self.stdin) and os.isatty(self.stdout)):
            return None
        columns, rows = os.get_terminal_size(self.stdout)
        return (columns, rows) if columns and rows else _STANDARD_SIZE

    def write(self, stream: int, data: bytes) -> None:
        """See `Console.write`; another process may have made the stream non-blocking."""
        target = self.stderr if stream == STDERR else self.stdout
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(target, rest) :]
            except BlockingIOError:
                select.select([], [target], [])

    @contextmanager
    def raw(self) -> Iterator[None]:
        """See `Console.raw`; SIGTERM and SIGHUP end us by way of an exception meanwhile."""
        saved = termios.tcgetattr(self.stdin)
        with _handling(signal.SIGTERM, _leave), _handling(signal.SIGHUP, _leave):
            try:
                tty.setraw(self.stdin, termios.TCSADRAIN)
                yield
            finally:
                with contextlib.suppress(termios.error):  # the terminal has gone
                    termios.tcsetattr(self.stdin, termios.TCSADRAIN, saved)

    @contextmanager
    def feeding(self, sink: Sink) -> Iterator[None]:
        """See `Console.feeding`."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        pump = Thread(target=self._pump, args=(sink, wake_read), name="stdin", daemon=True)
        try:
            with _handling(signal.SIGWINCH, lambda *_: _wake(wake_write, _RESIZED)):
                pump.start()
                try:
                    yield
                finally:
                    _wake(wake_write, _STOP)
                    pump.join()
        finally:
            os.close(wake_read)
            os.close(wake_write)

    def _pump(self, sink: Sink, wake: int) -> None:
        sources = [self.stdin, wake]
        while True:
            ready = _readable(sources)
            if wake in ready and not self._woken(sink, wake):
                return
            if self.stdin in ready and not self._passed_on(sink):
                sources = [wake]

    def _woken(self, sink: Sink, wake: int) -> bool:
        """Pass on a new size; False: it is over."""
        reasons = os.read(wake, _CHUNK)
        size = self.size()
        if _RESIZED in reasons and size:
            sink.resized(*size)
        return _STOP not in reasons

    def _passed_on(self, sink: Sink) -> bool:
        """Pass on some input; False: there is no more."""
        try:
            data = os.read(self.stdin, _CHUNK)
        except OSError:  # the terminal has gone, or the stream was closed
            data = b""
        if data:
            sink.typed(data)
        else:
            sink.ended()
        return bool(data)


def _readable(sources: list[int]) -> list[int]:
    try:
        return select.select(sources, [], [])[0]
    except OSError:  # standard input is closed: reading it tells
        return sources[:1]


def _wake(pipe: int, reason: bytes) -> None:
    with contextlib.suppress(BlockingIOError):  # it is full, so they are awake
        os.write(pipe, reason)


@contextmanager
def _handling(number: signal.Signals, handler: Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL if before is None else before)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
