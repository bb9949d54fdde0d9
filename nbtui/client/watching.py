"""What goes on until somebody closes it: the rows as they change, the lines of a log."""

from collections.abc import Generator
from typing import Self

from nbtui.client.conversation import Said, interruptible, receive
from nbtui.client.engine import RemoteFailure, Rows
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import Channel
from nbtui.ipc.messages import Failed, Lines, Request, Snapshots


class SocketWatch:
    """See `nbtui.client.engine.Watch`; owns the channel from now on."""

    def __init__(self, channel: Channel, request: Request) -> None:
        self._channel = channel
        self._closed = False
        try:
            channel.send(request.to_json())
        except PeerGone:
            channel.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Rows:
        try:
            with interruptible():
                said = receive(self._channel)
        except PeerGone:
            if self._closed:
                raise StopIteration from None
            raise
        match said:
            case Snapshots(profiles=rows):
                return rows
            case Failed(failure=failure):
                raise RemoteFailure(failure)
            case _:
                message = "the agent answers a watch with something else than rows"
                raise ProtocolError(message)

    def close(self) -> None:
        """See `Watch.close`."""
        self._closed = True
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class LogStream:
    """The lines of a log, one by one; owns the channel from now on. `close` ends it from any thread."""

    def __init__(self, said: Generator[Said, None, None], channel: Channel) -> None:
        self._lines = (line for one in said if isinstance(one, Lines) for line in one.lines)
        self._channel = channel
        self._closed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except PeerGone:
            if self._closed:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Stop waiting for more; safe to call twice."""
        self._closed = True
        self._channel.close()
