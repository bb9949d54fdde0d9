"""What comes out of a channel, handed on the moment it arrives.

Stock keeps it in an array until another thread asks: two copies, a lock and a switch of threads for each packet. Here
it goes on the transport's own thread to whom is attached; while nobody is, it is stock's buffer.
"""

from threading import Lock

from paramiko.buffered_pipe import BufferedPipe

from nbtui.ssh.packets import Sink


class Inlet(BufferedPipe):  # type: ignore[type-arg]  # generic in the stubs alone
    """The `in_buffer` of a channel."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = Lock()
        self._sink: Sink | None = None
        self._over = False

    def attach(self, sink: Sink) -> None:
        """What is here, and all that comes, is the sink's; once only."""
        with self._turn:
            if kept := self.empty():
                sink.feed(kept)
            if self._over:
                sink.end()
            self._sink = sink

    def feed(self, data: bytes) -> None:
        """See `BufferedPipe.feed`."""
        with self._turn:
            if self._sink is None:
                super().feed(data)
            else:
                self._sink.feed(data)

    def close(self) -> None:
        """See `BufferedPipe.close`; called with the channel's lock held."""
        super().close()
        with self._turn:
            self._over = True
            if self._sink is not None:
                self._sink.end()
