"""One request and all that the agent says to it."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

from nbtui.client.engine import RemoteFailure, Talk
from nbtui.errors import AgentError, Interrupted
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import Channel, Data
from nbtui.ipc.messages import (
    AgentHello,
    Answer,
    Asked,
    Cancel,
    Checked,
    Done,
    Failed,
    FromAgent,
    Lines,
    Ready,
    Request,
    Snapshots,
    Taken,
    Withdrawn,
    from_agent,
)

Said = Data | Lines | Checked | Ready | Taken | Done
"""What `converse` leaves to its caller."""


def ask(channel: Channel, request: Request, talk: Talk) -> Generator[Said, None, None]:
    """Send a request and yield what comes, up to and including `Done`.

    Questions go to `talk` and their answers back; snapshots go to `talk` as progress. The channel is
    closed at the end, which is how the agent learns that nobody waits any more.

    Raises:
        RemoteFailure: the agent says that it failed.
        Interrupted: Ctrl-C.
        AgentError: the agent went away, or said what is not in the protocol.
    """
    with channel, interruptible(), saying_so(channel):
        channel.send(request.to_json())
        while True:
            said = _heard(channel, talk)
            if said is not None:
                yield said
            if isinstance(said, Done):
                return


def result(said: Generator[Said, None, None]) -> Mapping[str, Any]:
    """The value of `Done`; whatever comes before is dropped."""
    with closing(said):
        return next(one.value for one in said if isinstance(one, Done))


@contextmanager
def expected(op: str) -> Iterator[None]:
    """Read a value of the agent's inside. Raises: ProtocolError: it has not the shape it should."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        message = f"the agent's answer to {op!r} has not the shape it should"
        raise ProtocolError(message) from exc


@contextmanager
def saying_so(channel: Channel) -> Iterator[None]:
    """Ctrl-C is told to the agent: without it a question that is open waits for the next who comes."""
    try:
        yield
    except KeyboardInterrupt:
        with suppress(AgentError):
            channel.send(Cancel().to_json())
        raise


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C as an error for people."""
    try:
        yield
    except KeyboardInterrupt as exc:
        raise Interrupted("interrupted") from exc


def receive(channel: Channel) -> Data | FromAgent:
    """The next message. Raises: PeerGone: there is none."""
    frame = channel.recv()
    if frame is None:
        message = "the agent went away before it was done"
        raise PeerGone(message)
    return frame if isinstance(frame, Data) else from_agent(frame)


def _heard(channel: Channel, talk: Talk) -> Said | None:
    match receive(channel):
        case Data() | Lines() | Checked() | Ready() | Taken() | Done() as said:
            return said
        case Failed(failure=failure):
            raise RemoteFailure(failure)
        case Asked(question=question):
            value = talk.ask(question) if talk.can_ask else None
            channel.send(Answer(id=question.id, value=value).to_json())
        case Snapshots(profiles=rows):
            for row in rows:
                talk.progress(row)
        case Withdrawn():
            pass  # the question was answered elsewhere, and by now here as well
        case AgentHello():
            message = "the agent said hello twice"
            raise ProtocolError(message)
    return None
