"""Both output streams of a channel, waited for together.

Surprise: a paramiko channel wakes its readers by a pipe of its own when asked for a file number, which costs
descriptors and does not work with Windows' select. Its buffers take an event instead, but clear it when *one* of
the two is empty, so the event here lets only the reader clear it.
"""

from threading import Event

import paramiko

_CHUNK = 1 << 18


class _News(Event):
    def clear(self) -> None:
        """Not when paramiko says so: the other stream may still hold something."""

    def seen(self) -> None:
        super().clear()


class Streams:
    """The reading end of a session channel; for one reading thread."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._news = _News()
        channel.in_buffer.set_event(self._news)
        channel.in_stderr_buffer.set_event(self._news)

    def read(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for output: (stdout, stderr); both empty: nothing will ever come.

        Args:
            timeout: seconds; None: for ever.

        Raises:
            TimeoutError: nothing came.
        """
        while True:
            self._news.seen()
            ended = self._channel.closed or self._channel.eof_received
            out, err = self._ready()
            if out or err or ended:
                return out, err
            if not self._news.wait(timeout):
                raise TimeoutError

    def _ready(self) -> tuple[bytes, bytes]:
        channel = self._channel
        out = channel.recv(_CHUNK) if channel.recv_ready() else b""
        err = channel.recv_stderr(_CHUNK) if channel.recv_stderr_ready() else b""
        return out, err
