"""Bytes between this terminal and one on the host."""

import contextlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from threading import Condition

from nbtui.client.conversation import Said, interruptible, saying_so
from nbtui.client.terminal.modes import Modes
from nbtui.errors import NoTerminal
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import STDERR, STDIN, STDOUT, Channel, Data
from nbtui.ipc.messages import STDIN_WINDOW, Checked, Done, Eof, Lines, Ready, Resize, Taken
from nbtui.platforms.consoles import Console

_READER_GONE = 141
"""The status that a shell gives to a program ended by SIGPIPE."""


def relay(
    said: Generator[Said, None, None],
    channel: Channel,
    *,
    console: Console,
    interactive: bool,
) -> int:
    """Carry bytes both ways until the far end is done; returns its exit status.

    Args:
        said: what comes from the agent: `Ready`, then bytes, then `Done`.
        channel: where to send what is typed.
        console: ours.
        interactive: the far end is a terminal, so ours goes raw.

    Raises: NoTerminal: it is interactive, the far end is ready, and there is no terminal here.
    """
    modes, sink = Modes(), _ChannelSink(channel)
    # what is taken over closes the channel at its end, so Ctrl-C is told inside of it
    with closing(said), interruptible(), ExitStack() as taken, saying_so(channel):
        for one in said:
            match one:
                case Ready(note=note):
                    ours = _taken_over(console, sink, modes, note)
                    taken.enter_context(ours if interactive else _fed(console, sink))
                case Taken(size=size):
                    sink.taken(size)
                case Data(stream=stream, data=data):
                    modes.follow(data)
                    try:
                        console.write(stream, data)
                    except OSError:
                        return _READER_GONE
                case Done(value=value):
                    return _status(value)
                case Lines() | Checked():
                    break
    message = "the agent answers a terminal with something else"
    raise ProtocolError(message)


def _status(value: Mapping[str, object]) -> int:
    status = value.get("status")
    if isinstance(status, int):
        return status
    message = "the agent does not say how the command ended"
    raise ProtocolError(message)


@contextmanager
def _taken_over(
    console: Console, sink: "_ChannelSink", modes: Modes, note: str
) -> Iterator[None]:
    if console.size() is None:
        message = "attach and shell need a terminal, and this is none"
        raise NoTerminal(message)
    if note:
        console.write(STDERR, f"{note}\n".encode())
    with console.raw():
        try:
            with _fed(console, sink):
                yield
        finally:
            with contextlib.suppress(OSError):
                console.write(STDOUT, modes.undo())


@contextmanager
def _fed(console: Console, sink: "_ChannelSink") -> Iterator[None]:
    with console.feeding(sink):
        try:
            yield
        finally:
            sink.close()


class _ChannelSink:
    """See `Sink`; when the agent has gone, the other direction says so."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._room = STDIN_WINDOW
        self._closed = False
        self._changed = Condition()

    def typed(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest and (room := self._some_room()):
            part, rest = rest[:room], rest[room:]
            self._grow(-len(part))
            with contextlib.suppress(PeerGone):
                self._channel.send_data(STDIN, bytes(part))

    def _some_room(self) -> int:
        """Wait until more may be sent; 0: it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._room > 0)
            return 0 if self._closed else self._room

    def taken(self, size: int) -> None:
        """The host has taken so much."""
        self._grow(size)

    def _grow(self, size: int) -> None:
        with self._changed:
            self._room += size
            self._changed.notify_all()

    def close(self) -> None:
        """It is over; wakes who waits in `typed`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._channel.close()

    def resized(self, columns: int, rows: int) -> None:
        with contextlib.suppress(PeerGone):
            self._channel.send(Resize(columns=columns, rows=rows).to_json())

    def ended(self) -> None:
        with contextlib.suppress(PeerGone):
            self._channel.send(Eof().to_json())
