"""How a command that runs in a thread asks the person in front of the dashboard."""

from collections.abc import Callable
from concurrent.futures import Future

from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.tui.questions import Reply
from nbtui.tui.watch import Inbox


class DialogTalk:
    """See `nbtui.client.engine.Talk`: questions become dialogs, progress goes to the inbox.

    Args:
        name: the profile that the command is about.
        put: hands a question to the interface's thread; safe in any thread.
    """

    can_ask = True

    def __init__(
        self, *, name: str, inbox: Inbox, put: Callable[[str, Question, Reply], object]
    ) -> None:
        self._name = name
        self._inbox = inbox
        self._put = put

    def ask(self, question: Question) -> str | None:
        """Wait for the dialog's answer; None when it was refused or the dashboard ends."""
        answer: Future[str | None] = Future()
        self._put(self._name, question, answer.set_result)
        return answer.result()

    def progress(self, snapshot: Snapshot) -> None:
        """Show how far it is."""
        self._inbox.put(snapshot)


class TerminalTalk:
    """For while the terminal is given away: nobody can be asked by us."""

    can_ask = False

    def ask(self, _question: Question) -> None:
        """No."""

    def progress(self, snapshot: Snapshot) -> None:
        """The terminal belongs to somebody else now."""
