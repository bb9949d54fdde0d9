"""Everything the dashboard does in threads: listening, errands, answers, logs.

It speaks to the interface by posting messages, which is safe from any thread, and never calls a widget.
"""

from collections.abc import Callable
from functools import partial

from textual.message import Message

from nbtui.client.engine import Engine
from nbtui.model.check import Check
from nbtui.model.failure import Failure
from nbtui.model.hint import Hint
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.tui import messages as say
from nbtui.tui.crew import Crew
from nbtui.tui.errands import Kit, perform
from nbtui.tui.messages import Takeover
from nbtui.tui.outside import Outside
from nbtui.tui.questions import Reply
from nbtui.tui.tail import Tail
from nbtui.tui.talk import DialogTalk
from nbtui.tui.watch import Inbox, Watch

BEHIND = 500
"""Lines of a log that are shown at first."""


class Backroom:
    """See the module.

    Args:
        post: hands a message to the interface; False when there is none any more.
    """

    def __init__(
        self, *, engine: Engine, outside: Outside, post: Callable[[Message], bool]
    ) -> None:
        self._engine = engine
        self._outside = outside
        self._post = post
        self._crew = Crew(complain=self._complain)
        self._inbox = Inbox(knock=lambda: post(say.Arrived()))
        self._watch = Watch(
            engine=engine, inbox=self._inbox, heard=lambda why: post(say.AgentHeard(why))
        )
        self._tail: Tail[str] | None = None
        self._examination: Tail[Check] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._crew.start("", self._watch.run)

    def close(self) -> None:
        """Stop listening; errands that are under way end with the process."""
        self._watch.close()
        self.follow("")

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Those that came since the last call."""
        return self._inbox.take()

    def log(self) -> tuple[str, ...]:
        """The lines that came since the last call."""
        return self._tail.take() if self._tail else ()

    def checks(self) -> tuple[Check, ...]:
        """The doctor's findings that came since the last call."""
        return self._examination.take() if self._examination else ()

    def run(self, verb: str, one: Snapshot) -> None:
        """Do what a key stands for; returns at once."""
        self._crew.start(one.name, partial(self._errand, verb, one))

    def list_sessions(self) -> None:
        """Read anew what PuTTY has saved: files and a registry, which may be slow."""
        self._crew.start("PuTTY", self._tell_sessions)

    def bring(self, source: str, names: tuple[str, ...]) -> None:
        """Make profiles of what a source has; see `Outside.bring`."""
        self._crew.start("", partial(self._bring, source, names))

    def answer(self, name: str, question_id: str, value: str | None) -> None:
        """Answer a question that was seen in a snapshot."""
        self._crew.start(name, partial(self._engine.answer, name, question_id, value))

    def follow(self, name: str) -> None:
        """Follow the output of one server, in place of what filled the pane before; empty: of none."""
        self._empty_pane()
        if name:
            talk = self.talk(name)
            self._tail = Tail(
                lines=lambda: self._engine.logs(name, BEHIND, True, talk),
                knock=lambda: self._post(say.LogArrived()),
            )
            self._crew.start(name, self._tail.run)

    def examine(self, name: str) -> None:
        """Let the doctor look at a host, in place of what filled the pane before."""
        self._empty_pane()
        talk = self.talk(name)
        self._examination = Tail(
            lines=lambda: self._engine.doctor(name, False, talk),
            knock=lambda: self._post(say.ChecksArrived()),
        )
        self._crew.start(name, self._examination.run)

    def _empty_pane(self) -> None:
        """End what came for the pane."""
        for one in (self._tail, self._examination):
            if one is not None:
                one.close()
        self._tail = self._examination = None

    def _errand(self, verb: str, one: Snapshot) -> None:
        text = perform(verb, self._kit(one.name), one)
        if text:
            self._post(say.Said(text))

    def _tell_sessions(self) -> None:
        self._post(say.SessionsArrived(tuple(self._outside.putty())))

    def _bring(self, source: str, names: tuple[str, ...]) -> None:
        if self._outside.bring is not None:
            self._post(say.Imported(self._outside.bring(source, names, self.talk(""))))

    def _kit(self, name: str) -> Kit:
        return Kit(
            engine=self._engine,
            talk=self.talk(name),
            open_url=self._outside.open_url,
            take_over=self._take_over,
            show_hints=self._show_hints,
            copy=lambda text: self._post(say.CopyWanted(text)),
        )

    def talk(self, name: str) -> DialogTalk:
        """For a command about a profile that somebody else runs in a thread."""
        return DialogTalk(name=name, inbox=self._inbox, put=self._put)

    def _put(self, name: str, question: Question, reply: Reply) -> None:
        if not self._post(say.Asked(name, question, reply)):
            reply(None)

    def _take_over(self, name: str, kind: Takeover) -> None:
        self._post(say.TerminalWanted(name, kind))

    def _show_hints(self, name: str, hints: tuple[Hint, ...]) -> None:
        self._post(say.HintsArrived(name, hints))

    def _complain(self, name: str, failure: Failure) -> None:
        self._post(say.Complained(name, failure))
