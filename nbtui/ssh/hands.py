"""Threads for jobs that come and go quickly: who has done one waits a while for the next.

A page opens a dozen connections at once; a thread that is there takes one up in half the time of a new one.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread

KEPT = 32
"""Threads that wait at most."""
PATIENCE = 10.0
"""Seconds that a thread waits for its next job."""
_Job = Callable[[], object]
_Desk = SimpleQueue[_Job | None]


class Hands:
    """See the module."""

    def __init__(self, name: str) -> None:
        """Args: name: of the threads."""
        self._name = name
        self._lock = Lock()
        self._waiting: list[_Desk] = []
        self._resting = False

    @property
    def waiting(self) -> int:
        """Threads that wait for a job."""
        return len(self._waiting)

    def do(self, job: _Job) -> None:
        """Begin with a job on a thread; it may not raise."""
        with self._lock:
            self._resting = False
            desk = self._waiting.pop() if self._waiting else None
        if desk is None:
            desk = SimpleQueue()
            Thread(target=self._work, args=(desk,), name=self._name, daemon=True).start()
        desk.put(job)

    def rest(self) -> None:
        """End who waits, and who is at work as soon as it is done; until the next job."""
        with self._lock:
            self._resting = True
            waiting, self._waiting = self._waiting, []
        for desk in waiting:
            desk.put(None)

    def _work(self, desk: _Desk) -> None:
        while (job := self._next(desk)) is not None:
            job()
            with self._lock:
                if self._resting or len(self._waiting) >= KEPT:
                    return
                self._waiting.append(desk)

    def _next(self, desk: _Desk) -> _Job | None:
        """None: there is none."""
        try:
            return desk.get(timeout=PATIENCE)
        except Empty:
            with self._lock:
                if desk in self._waiting:
                    self._waiting.remove(desk)
                    return None
            return desk.get()  # it is just being put
