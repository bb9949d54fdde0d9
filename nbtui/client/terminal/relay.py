"""Bytes between this terminal and one on the host."""

import contextlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from nbtui.client.conversation import Said, interruptible, saying_so
from nbtui.client.terminal.console import Console
from nbtui.client.terminal.modes import Modes
from nbtui.errors import NoTerminal
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import STDERR, STDIN, STDOUT, Channel, Data
from nbtui.ipc.messages import Checked, Done, Eof, Lines, Ready, Resize

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
    modes = Modes()
    # what is taken over closes the channel at its end, so Ctrl-C is told inside of it
    with closing(said), interruptible(), ExitStack() as taken, saying_so(channel):
        for one in said:
            match one:
                case Ready(note=note) if interactive:
                    taken.enter_context(_taken_over(console, channel, modes, note))
                case Ready():
                    taken.enter_context(_fed(console, channel))
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
    console: Console, channel: Channel, modes: Modes, note: str
) -> Iterator[None]:
    if console.size() is None:
        message = "attach and shell need a terminal, and this is none"
        raise NoTerminal(message)
    if note:
        console.write(STDERR, f"{note}\n".encode())
    with console.raw():
        try:
            with _fed(console, channel):
                yield
        finally:
            with contextlib.suppress(OSError):
                console.write(STDOUT, modes.undo())


@contextmanager
def _fed(console: Console, channel: Channel) -> Iterator[None]:
    with console.feeding(_ChannelSink(channel)):
        try:
            yield
        finally:
            channel.close()  # wakes a sender whom the agent keeps waiting


@dataclass(frozen=True, slots=True)
class _ChannelSink:
    """See `Sink`; when the agent has gone, the other direction says so."""

    channel: Channel

    def typed(self, data: bytes) -> None:
        with contextlib.suppress(PeerGone):
            self.channel.send_data(STDIN, data)

    def resized(self, columns: int, rows: int) -> None:
        with contextlib.suppress(PeerGone):
            self.channel.send(Resize(columns=columns, rows=rows).to_json())

    def ended(self) -> None:
        with contextlib.suppress(PeerGone):
            self.channel.send(Eof().to_json())
