"""What goes on until somebody closes it: the rows as they change, the lines of a log."""

from collections.abc import Generator
from functools import partial
from typing import Self

from nbtui.client.conversation import Said, interruptible, receive
from nbtui.client.ending import Ending
from nbtui.client.engine import RemoteFailure, Rows
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import Channel
from nbtui.ipc.messages import Failed, Lines, Request, Snapshots


class SocketWatch(Ending[Rows]):
    """See `nbtui.client.engine.Watch`; owns the channel from now on."""

    def __init__(self, channel: Channel, request: Request) -> None:
        super().__init__(channel)
        self._said = partial(receive, channel)
        try:
            channel.send(request.to_json())
        except PeerGone:
            channel.close()
            raise

    def _take(self) -> Rows:
        with interruptible():
            said = self._said()
        match said:
            case Snapshots(profiles=rows):
                return rows
            case Failed(failure=failure):
                raise RemoteFailure(failure)
            case _:
                message = "the agent answers a watch with something else than rows"
                raise ProtocolError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class LogStream(Ending[str]):
    """The lines of a log, one by one; owns the channel from now on."""

    def __init__(self, said: Generator[Said, None, None], channel: Channel) -> None:
        super().__init__(channel)
        self._lines = (line for one in said if isinstance(one, Lines) for line in one.lines)

    def _take(self) -> str:
        return next(self._lines)
