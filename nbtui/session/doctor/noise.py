"""What the start files of a login shell print where no person reads it, measured as a command of ssh meets it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

from nbtui.clock import Clock
from nbtui.errors import TimedOut
from nbtui.model.shell import Terminal
from nbtui.model.text import clean
from nbtui.ssh.link import Link

SECONDS = 20.0
"""For the start files to come to their end."""

_NOTHING = "exec sh -c :"
"""A command that prints nothing, in the words of every login shell."""

_KEPT = 400
"""Bytes from which the first line is shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noise:
    """What came of a command that prints nothing."""

    size: int
    """Bytes."""

    line: str
    """The first that says something, clean."""

    seconds: float
    """From the request to its end."""


def measure_noise(link: Link, clock: Clock) -> Noise:
    """Run nothing and listen. Raises TimedOut, LinkLost, NbtuiError: see `Link.terminal`."""
    began = clock.monotonic()
    terminal = link.terminal(_NOTHING, term="dumb", columns=80, rows=24, pty=False)
    size, head = 0, b""
    with _bounded(terminal):
        while (said := b"".join(terminal.read())) != b"":
            size += len(said)
            head = (head + said)[:_KEPT]
    seconds = clock.monotonic() - began
    if seconds >= SECONDS:
        text = f"the login shell's start files take longer than {SECONDS:.0f} s"
        raise TimedOut(text, layer="shell", hint="see what ~/.bashrc and its like wait for")
    lines = (line.strip() for line in clean(head).splitlines())
    return Noise(size=size, line=next(filter(None, lines), ""), seconds=seconds)


@contextmanager
def _bounded(terminal: Terminal) -> Iterator[None]:
    """A shell that never ends is hung up on."""
    timer = Timer(SECONDS, terminal.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        terminal.close()
