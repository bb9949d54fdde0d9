"""The terminal on Windows: console modes, input records read by a thread, the size polled.

Surprise: reading a console blocks and cannot be interrupted, and a reader that is left behind eats the
next key; so the thread waits for input with a time-out and reads only what is there. Keys come as
UTF-16 code units, already as the sequences that a terminal sends. `Calls` are the few console functions
that are used, so that the rest is tested anywhere.
"""

import codecs
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final, Protocol

from nbtui.platforms.consoles import STDERR, STDIN, STDOUT, Sink

_LOOK_EVERY = 0.1
"""Seconds that one wait for input takes at most: also how late a new size is noticed."""

_CHUNK = 65536

# Source: SetConsoleMode, Windows Console documentation
_LINE_AT_A_TIME: Final = 0x0001 | 0x0002 | 0x0004
"""ENABLE_PROCESSED_INPUT, ENABLE_LINE_INPUT, ENABLE_ECHO_INPUT."""

_KEYS_AS_SEQUENCES: Final = 0x0200
"""ENABLE_VIRTUAL_TERMINAL_INPUT."""

_SEQUENCES_ACTED_ON: Final = 0x0001 | 0x0004 | 0x0008
"""ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING, DISABLE_NEWLINE_AUTO_RETURN."""


class Calls(Protocol):
    """Console functions; `stream` is STDIN or STDOUT."""

    def mode(self, stream: int) -> int:
        """GetConsoleMode."""

    def set_mode(self, stream: int, mode: int) -> None:
        """SetConsoleMode."""

    def wait_for_input(self, seconds: float) -> bool:
        """WaitForSingleObject on the console's input; False: nothing came."""

    def units(self) -> bytes:
        """ReadConsoleInputW: the keys that went down, in UTF-16-LE; other events are dropped."""


class WindowsConsole:
    """See `nbtui.platforms.consoles.Console`."""

    def __init__(self, *, calls: Calls) -> None:
        self._calls = calls
        make = codecs.getincrementaldecoder("utf-8")
        self._decoders: Mapping[int, codecs.IncrementalDecoder] = {
            STDOUT: make(errors="replace"),
            STDERR: make(errors="replace"),
        }

    def size(self) -> tuple[int, int] | None:
        """See `Console.size`."""
        if not (os.isatty(STDIN) and os.isatty(STDOUT)):
            return None
        columns, rows = os.get_terminal_size(STDOUT)
        return columns, rows

    def write(self, stream: int, data: bytes) -> None:
        """See `Console.write`; a console takes whole characters only."""
        target = sys.stderr if stream == STDERR else sys.stdout
        if os.isatty(stream):
            data = self._decoders[stream].decode(data).encode()
        target.buffer.write(data)
        target.buffer.flush()

    @contextmanager
    def raw(self) -> Iterator[None]:
        """See `Console.raw`."""
        typed, shown = self._calls.mode(STDIN), self._calls.mode(STDOUT)
        try:
            self._calls.set_mode(STDIN, typed & ~_LINE_AT_A_TIME | _KEYS_AS_SEQUENCES)
            self._calls.set_mode(STDOUT, shown | _SEQUENCES_ACTED_ON)
            yield
        finally:
            self._calls.set_mode(STDIN, typed)
            self._calls.set_mode(STDOUT, shown)

    @contextmanager
    def feeding(self, sink: Sink) -> Iterator[None]:
        """See `Console.feeding`; a reader of what is no console is left behind, it ends with us."""
        done = Event()
        if self.size() is None:
            Thread(target=_pump_file, args=(sink,), daemon=True).start()
            yield
            return
        pump = Thread(target=self._pump, args=(sink, done), name="console", daemon=True)
        pump.start()
        try:
            yield
        finally:
            done.set()
            pump.join()

    def _pump(self, sink: Sink, done: Event) -> None:
        decoder = codecs.getincrementaldecoder("utf-16-le")(errors="replace")
        size = self.size()
        while not done.is_set():
            if self._calls.wait_for_input(_LOOK_EVERY):
                keys = decoder.decode(self._calls.units())
                if keys:
                    sink.typed(keys.encode(errors="replace"))
            now = self.size()
            if now and now != size:
                size = now
                sink.resized(*now)


def _pump_file(sink: Sink) -> None:
    with contextlib.suppress(OSError):
        while data := os.read(STDIN, _CHUNK):
            sink.typed(data)
    sink.ended()
