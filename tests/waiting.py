"""The only place of the tests that polls."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def until(
    ready: Callable[[], T], *, what: str, seconds: float = 15.0, every: float = 0.02
) -> T:
    """The first truthy result of `ready`; fails with `what` never happened."""
    deadline = time.monotonic() + seconds
    while True:
        if result := ready():
            return result
        if time.monotonic() >= deadline:
            message = f"{what} never happened in {seconds:g} s"
            raise AssertionError(message)
        Event().wait(every)
