"""One thread that waits for connections on any number of listeners, and never polls.

Stock sshtunnel has a thread a listener that wakes up ten times a second.
"""

import selectors
import socket
from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

from nbtui.ssh.hands import Hands

_Job = tuple[Callable[[], object], Event]


class Listening(Protocol):
    """A listening socket and what is to be done when somebody knocks."""

    def fileno(self) -> int:
        """The socket's."""

    def handle_request(self) -> None:
        """Take one connection and return at once."""


class Acceptor:
    """The thread runs while there is a listener; with none, nothing is held open."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: _Loop | None = None
        self.hands = Hands("forwarded connection")
        """For what is accepted."""

    def add(self, listener: Listening) -> None:
        """Begin to wait for it."""
        with self._lock:
            if self._loop is None:
                self._loop = _Loop()
            self._loop.add(listener)

    def remove(self, listener: Listening) -> None:
        """Stop waiting for it; once this returns it may be closed."""
        with self._lock:
            if self._loop is not None and self._loop.remove(listener) == 0:
                self._loop.close()
                self._loop = None
                self.hands.rest()


class _Loop:
    def __init__(self) -> None:
        self._listeners: set[Listening] = set()
        self._jobs: deque[_Job] = deque()
        self._running = True
        self._selector = selectors.DefaultSelector()
        self._bell, self._ring = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ, self._work)
        self._thread = Thread(target=self._run, name="forwards", daemon=True)
        self._thread.start()

    def add(self, listener: Listening) -> None:
        self._listeners.add(listener)
        event = selectors.EVENT_READ
        self._do(lambda: self._selector.register(listener, event, listener.handle_request))

    def remove(self, listener: Listening) -> int:
        """How many are left."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._do(lambda: self._selector.unregister(listener))
        return len(self._listeners)

    def close(self) -> None:
        self._do(self._stop)
        self._thread.join()
        self._selector.close()
        self._bell.close()
        self._ring.close()

    def _stop(self) -> None:
        self._running = False

    def _do(self, job: Callable[[], object]) -> None:
        done = Event()
        self._jobs.append((job, done))
        self._ring.send(b"!")
        done.wait()

    def _work(self) -> None:
        self._bell.recv(1)
        job, done = self._jobs.popleft()
        try:
            job()
        finally:
            done.set()

    def _run(self) -> None:
        while self._running:
            for key, _events in self._selector.select():
                key.data()
