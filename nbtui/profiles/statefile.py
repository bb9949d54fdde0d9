"""state.json: what nbtui remembers by itself, and nothing that is worth failing for.

A file that cannot be read is put aside as `….broken` and forgotten, what cannot be written is said in the log,
and a connect goes on. Parts that a newer version put there are kept.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbtui.clock import Clock, SystemClock
from nbtui.errors import TimedOut
from nbtui.files import read_file, replace_file, target_of
from nbtui.profiles.locking import writing

_LOG = logging.getLogger(__name__)

Document = dict[str, Any]
"""`profiles` is an object; the other parts may be anything, or absent."""


LIMIT = 16 << 20
"""Bytes of the file."""

_FAR = 1e12
"""Seconds since 1970; no time that we wrote is later."""


def moment(value: object) -> float | None:
    """A time that was kept, seconds since 1970 UTC; None: it is none.

    >>> moment(1.5e9), moment("x"), moment(10**400)
    (1500000000.0, None, None)
    """
    known = isinstance(value, int | float) and 0 <= value < _FAR
    return float(value) if known else None  # type: ignore[arg-type]  # looked at above


@dataclass(frozen=True, slots=True)
class StateFile:
    """The file of one configuration folder; every call reads it, so no two processes disagree."""

    path: Path
    clock: Clock = field(default_factory=SystemClock, kw_only=True)

    def read(self) -> Document:
        """What it says."""
        try:
            return _document(read_file(self.path, limit=LIMIT))
        except (OSError, ValueError, RecursionError):
            return {"profiles": {}}

    def change(self, change: Callable[[Document], object]) -> None:
        """Let `change` change what it says; one writer at a time, and none when nothing changed."""
        with self._said_not_raised(), self._only_writer() as target:
            document = self.read()
            before = json.dumps(document)
            change(document)
            if json.dumps(document) != before:
                self._put_broken_aside(target)
                text = json.dumps(document, indent=1, sort_keys=True)
                replace_file(target, text.encode() + b"\n", clock=self.clock)

    def _put_broken_aside(self, target: Path) -> None:
        try:
            _document(read_file(target, limit=LIMIT))
        except (ValueError, RecursionError):
            target.replace(target.with_name(target.name + ".broken"))
        except FileNotFoundError:
            pass

    @contextmanager
    def _only_writer(self) -> Iterator[Path]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = target_of(self.path)
        with writing(target, clock=self.clock):
            yield target

    @contextmanager
    def _said_not_raised(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimedOut) as exc:
            _LOG.warning("%s could not be written: %s", self.path, exc)


def _document(content: bytes) -> Document:
    document: Document
    match document := json.loads(content):
        case {"profiles": dict()}:
            return document
        case _:
            raise ValueError("not a state file")
