"""An agent that says what a test tells it to; the socket and the protocol are the real ones."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Self

from nbtui.ipc.address import Listener, listen
from nbtui.ipc.errors import PeerGone
from nbtui.ipc.framing import Channel, Data
from nbtui.ipc.messages import (
    PROTOCOL,
    AgentHello,
    Answer,
    Done,
    Failed,
    FromClient,
    Hello,
    Request,
    Taken,
    from_client,
)
from nbtui.model.failure import Failure
from nbtui.paths import Paths

Play = Callable[["Client", Request], None]
"""What the agent does with a request; the connection is closed when it returns."""


@dataclass(kw_only=True)
class Client:
    """One connection, seen from the agent."""

    channel: Channel

    def say(self, message: Any) -> None:
        self.channel.send(message.to_json())

    def hear(self) -> FromClient | Data | None:
        """The next message; None: the client has gone. Data is taken at once."""
        said = self.channel.recv()
        if isinstance(said, Data):
            with contextlib.suppress(PeerGone):
                self.say(Taken(size=len(said.data)))
        return from_client(said) if isinstance(said, dict) else said

    def answer(self) -> Answer:
        said = self.hear()
        assert isinstance(said, Answer)
        return said


@dataclass(kw_only=True)
class PretendAgent:
    """Serves until `close`; plays `plays[op]`."""

    paths: Paths
    plays: dict[str, Play] = field(default_factory=dict)
    version: str = "1"
    protocol: int = PROTOCOL
    links: int = 0
    pid: int = field(default_factory=os.getpid)
    hello: bool = True
    """False: says nothing at all."""

    requests: list[Request] = field(default_factory=list)
    listener: Listener | None = None
    threads: list[Thread] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.listener = listen(self.paths)
        self._start(self._serve)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        for thread in self.threads:
            thread.join(10)
            assert not thread.is_alive()

    def close(self) -> None:
        assert self.listener
        self.listener.close()
        for channel in self.channels:
            channel.close()

    def _start(self, job: Callable[..., None], *args: object) -> None:
        thread = Thread(target=job, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        assert self.listener
        while channel := self.listener.accept():
            self.channels.append(channel)
            self._start(self._welcome, channel)

    def _welcome(self, channel: Channel) -> None:
        client = Client(channel=channel)
        with channel:
            if not isinstance(client.hear(), Hello):
                return
            if not self.hello:
                client.hear()
                return
            client.say(
                AgentHello(
                    version=self.version,
                    pid=self.pid,
                    links=self.links,
                    protocol=self.protocol,
                )
            )
            request = client.hear()
            if isinstance(request, Request):
                self.requests.append(request)
                self.plays[request.op](client, request)


def done(**value: Any) -> Play:
    """A play that is done at once."""
    return lambda client, _request: client.say(Done(value=value))


def failed(failure: Failure) -> Play:
    """A play that fails at once."""
    return lambda client, _request: client.say(Failed(failure=failure))
