"""What comes from the agent one by one until somebody closes it."""

from abc import ABC, abstractmethod
from typing import Generic, Self, TypeVar

from nbtui.ipc.errors import PeerGone
from nbtui.ipc.framing import Channel

T = TypeVar("T")


class Ending(ABC, Generic[T]):
    """An iterator; `close` ends it from any thread, and a connection that goes because of that is no error."""

    def __init__(self, channel: Channel | None = None) -> None:
        self._channel = channel
        """Owned from now on; None: there is none yet."""
        self._closed = False

    @abstractmethod
    def _take(self) -> T:
        """The next one. Raises StopIteration, PeerGone."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        try:
            return self._take()
        except PeerGone:
            if self._closed:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Stop; safe to call twice."""
        self._closed = True
        if self._channel is not None:
            self._channel.close()
