"""One client: what it sends is read by a thread, what goes to it is sent from wherever it arises."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag, Lock, Thread
from typing import Any, Protocol

from nbtui.agent.feed import Feed
from nbtui.errors import AgentError, NbtuiError
from nbtui.ipc import messages
from nbtui.ipc.errors import ProtocolError
from nbtui.ipc.framing import Channel, Data
from nbtui.model.question import Question
from nbtui.model.shell import Terminal
from nbtui.model.snapshot import Snapshot
from nbtui.session.worker import Worker

log = logging.getLogger(__name__)

Answered = Callable[[str, str | None], object]
"""(question id, answer) of what the client was asked."""


class _Message(Protocol):
    def to_json(self) -> dict[str, Any]: ...


class Peer:
    """See the module. An `Asker`."""

    def __init__(self, channel: Channel, request: messages.Request) -> None:
        self._channel = channel
        self.request = request
        self.gone = Flag()
        """The client closed its connection: what only it waits for is to be cancelled."""

        self.vanished = True
        """Should they go now, it is without a word."""

        self._questions = Worker(name="questions")
        self._input = Worker(name="input")
        self._untaken = 0
        """Bytes of standard input that wait to be handed on; changed under `_counting`."""

        self._counting = Lock()
        self._answered: Answered | None = None
        self._left: Callable[[], object] = lambda: None
        self._terminal: Terminal | None = None

    def send(self, message: _Message) -> None:
        """Send it; a client that has gone hears nothing and that is all."""
        with suppress(AgentError):
            self._channel.send(message.to_json())

    def show(self, question: Question) -> None:
        """See `Asker.show`; a client that reads nothing keeps nobody else waiting."""
        self._questions.submit(lambda: self.send(messages.Asked(question=question)))

    def withdraw(self, question_id: str) -> None:
        """See `Asker.withdraw`."""
        self._questions.submit(lambda: self.send(messages.Withdrawn(id=question_id)))

    def listen(self, answered: Answered | None = None) -> None:
        """Read what the client sends from now on, in a thread of its own."""
        self._answered = answered
        Thread(target=self._read, name="client", daemon=True).start()

    def when_gone(self, call: Callable[[], object]) -> None:
        """Call it once the client has gone, which may be now."""
        self._left = call
        if self.gone.is_set():
            call()

    def _read(self) -> None:
        try:
            with suppress(AgentError):  # a client that says nonsense has gone
                while (said := self._channel.recv()) is not None:
                    self._heard(said)
        finally:
            self.gone.set()
            self._left()
            if (terminal := self._terminal) is not None:
                terminal.close()

    def _heard(self, said: dict[str, Any] | Data) -> None:
        if isinstance(said, Data):
            self._typed(said.data)
            return
        match messages.from_client(said):
            case messages.Answer(id=question, value=value) if self._answered:
                self._answered(question, value)
            case messages.Resize(columns=columns, rows=rows) if self._terminal:
                self._terminal.resize(columns, rows)
            case messages.Eof():
                self._input.submit(self._end_input)
            case messages.Cancel():
                self.vanished = False
            case _:
                pass

    def _typed(self, data: bytes) -> None:
        """Hand it on elsewhere: a command that reads nothing must not keep us from hearing Ctrl-C."""
        if self._count(len(data)) > 2 * messages.STDIN_WINDOW:
            message = "the client sends more than it was told to"
            raise ProtocolError(message)
        self._input.submit(lambda: self._hand_on(data))

    def _hand_on(self, data: bytes) -> None:
        if (terminal := self._terminal) is not None:
            with suppress(NbtuiError):  # its end is read by who carries the output
                terminal.write(data)
        self._count(-len(data))
        self.send(messages.Taken(size=len(data)))

    def _count(self, change: int) -> int:
        with self._counting:
            self._untaken += change
            return self._untaken

    def _end_input(self) -> None:
        if (terminal := self._terminal) is not None:
            terminal.end_of_input()

    @contextmanager
    def at(self, terminal: Terminal) -> Iterator[None]:
        """While inside, what the client types goes to the terminal."""
        self._terminal = terminal
        try:
            yield
        finally:
            self._terminal = None
            terminal.close()

    def out(self, stream: int, data: bytes) -> None:
        """Output of a terminal."""
        if data:
            self._channel.send_data(stream, data)

    @contextmanager
    def following(
        self, watch: Callable[[Callable[[Snapshot], None]], Callable[[], None]]
    ) -> Iterator[Feed]:
        """While inside, the client is sent every change that `watch` tells of."""
        feed = Feed(send=lambda rows: self.send(messages.Snapshots(profiles=rows)))
        thread = Thread(target=feed.serve, name="feed", daemon=True)
        thread.start()
        unwatch = watch(feed.put)
        try:
            yield feed
        finally:
            unwatch()
            feed.close()
            thread.join(5.0)
