"""What arrives for the program here, written to its socket.

The transport's thread writes as much as the socket takes at once. What it does not take, and the far end's permission to
send more, are for a thread of its own, which a connection gets when it first needs it: few do. Windows' sockets cannot
be asked for "at once", so there the thread does it all.
"""

import socket
from collections import deque
from collections.abc import Callable
from threading import Condition, Event, Lock, Thread

_NOW: int | None = getattr(socket, "MSG_DONTWAIT", None)
STEP = 512 << 10
"""Bytes delivered after which the far end may send as many more; an eighth of the window."""


class Delivery:
    """See the module; satisfies `nbtui.ssh.inlet.Sink`."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        grant: Callable[[int], None],
        ended: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        """Nothing is written before the first `feed`.

        Args:
            sock: the program's; blocking.
            grant: tell the far end that it may send so many bytes more; may block.
            ended: called when nothing more will be written, and at each `end` after; on any thread, may not block.
            broken: called once when the socket takes no more, on our own thread.
        """
        self._sock = sock
        self._grant, self._ended, self._broken = grant, ended, broken
        self._lock = Lock()
        self._changed = Condition(self._lock)
        self._chunks: deque[bytes | memoryview] = deque()
        self.writing = False
        """Our thread writes, and may be stuck in it."""
        self._over = False
        self._failed = False
        self._delivered = 0
        self._thread: Thread | None = None
        self.heard = True
        """Something came since the program here last said something."""
        self.whole = True
        """Nothing that arrived was thrown away."""
        self.finished = Event()
        """Nothing will be written any more."""

    def feed(self, data: bytes | memoryview) -> None:
        """See `Sink.feed`."""
        with self._lock:
            if self._failed or self.finished.is_set():
                return
            self.heard = True
            size = 0 if self._chunks or self.writing else self._write_now(data)
            self._delivered += size
            if size < len(data):
                self._chunks.append(data[size:])
            if self._has_work():
                self._wake()

    def end(self) -> None:
        """See `Sink.end`."""
        with self._lock:
            self._over = True
            if self._chunks or self.writing or self._failed:
                self._changed.notify()
            else:
                self._finish()

    def _write_now(self, data: bytes | memoryview) -> int:
        """How much the socket took."""
        if _NOW is None:
            return 0
        try:
            return self._sock.send(data, _NOW)
        except BlockingIOError:
            return 0
        except OSError:
            self._failed = True
            return 0

    def _has_work(self) -> bool:
        return bool(self._chunks) or self._failed or self._delivered >= STEP

    def _take_due(self) -> int:
        """What the far end is to be granted now."""
        due = self._delivered if self._delivered >= STEP else 0
        self._delivered -= due
        return due

    def _wake(self) -> None:
        if self._thread is not None:
            self._changed.notify()
            return
        try:
            self._thread = Thread(target=self._work, name="delivery", daemon=True)
            self._thread.start()
        except RuntimeError:
            # the system has no more threads, and the others need the transport's
            self.whole = False
            self._finish()

    def _finish(self) -> None:
        self._ended()
        self.finished.set()
        self._changed.notify()

    def _work(self) -> None:
        try:
            while self._step():
                pass
        except OSError:
            self._broken()
            self.finished.set()

    def _step(self) -> bool:
        """Wait for work and do some; False: there will be none."""
        with self._lock:
            self._changed.wait_for(lambda: self._has_work() or self.finished.is_set())
            if self.finished.is_set():
                return False
            if self._failed:
                raise OSError
            granted = self._take_due()
            chunks, self._chunks = self._chunks, deque()
            self.writing = bool(chunks)
        if granted:
            self._grant(granted)
        for chunk in chunks:
            self._sock.sendall(chunk)
        with self._lock:
            self.writing = False
            self._delivered += sum(map(len, chunks))
            if self._over and not self._chunks:
                self._finish()
        return True
