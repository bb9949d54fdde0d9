"""One thread that does one thing after the other, and is not there when there is nothing to do.

Two hundred idle sessions must not hold two hundred threads.
"""

import logging
from collections import deque
from collections.abc import Callable
from threading import Lock, Thread

log = logging.getLogger(__name__)


class Worker:
    """Runs tasks in the order in which they came."""

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._tasks: deque[Callable[[], None]] = deque()
        self._lock = Lock()
        self._running = False

    def submit(self, task: Callable[[], None]) -> None:
        """Run `task` after those before it; returns at once."""
        with self._lock:
            self._tasks.append(task)
            if self._running:
                return
            self._running = True
        Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while task := self._next():
            try:
                task()
            except Exception:  # a thread ends here: the fault goes to the log
                log.exception("a task of %s failed", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if self._tasks:
                return self._tasks.popleft()
            self._running = False
            return None
