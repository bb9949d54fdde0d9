"""Questions that wait for an answer: one dialog at a time, and never two for one question.

The same question comes on two ways: from the command that this dashboard started (`ask`), and in the
snapshot of the profile (`seen`), which also carries what others started. It is withdrawn when the snapshot
that showed it no longer does.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from nbtui.model.question import Question

Reply = Callable[[str | None], object]
"""Takes the answer; None is a refusal."""


@dataclass(kw_only=True, slots=True, eq=False)
class _Open:
    name: str
    question: Question
    reply: Reply
    asked: bool = False
    """A command of ours waits for the reply."""

    seen: bool = False
    """A snapshot showed it."""


class Questions:
    """Belongs to the interface's thread.

    Args:
        show: opens the dialog; what it is given back is the answer.
        hide: closes the dialog that is open, its question was withdrawn.
    """

    def __init__(
        self, *, show: Callable[[str, Question, Reply], object], hide: Callable[[], object]
    ) -> None:
        self._show = show
        self._hide = hide
        self._waiting: list[_Open] = []
        self._answered: deque[str] = deque(maxlen=50)

    def ask(self, name: str, question: Question, reply: Reply) -> None:
        """Put a question of a command that waits for `reply`."""
        known = self._find(question.id)
        if known:
            known.reply, known.asked = reply, True
        elif question.id and question.id in self._answered:
            reply(None)
        else:
            self._add(_Open(name=name, question=question, reply=reply, asked=True))

    def seen(self, name: str, question: Question | None, reply: Reply) -> None:
        """Take the question that the snapshot of a profile shows now, or its absence."""
        for one in [one for one in self._waiting if one.name == name and one.seen]:
            if question is None or one.question.id != question.id:
                self._withdraw(one)
        if question is None or not question.id or question.id in self._answered:
            return
        known = self._find(question.id)
        if known:
            known.seen = True
        else:
            self._add(_Open(name=name, question=question, reply=reply, seen=True))

    def close(self) -> None:
        """Refuse all that wait, without a word to the dialogs: the app ends."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.reply(None)

    def _find(self, key: str) -> _Open | None:
        return next((one for one in self._waiting if key and one.question.id == key), None)

    def _add(self, one: _Open) -> None:
        self._waiting.append(one)
        if len(self._waiting) == 1:
            self._next()

    def _next(self) -> None:
        if self._waiting:
            first = self._waiting[0]
            self._show(
                first.name, first.question, lambda answer: self._close(first, answer)
            )

    def _close(self, one: _Open, answer: str | None) -> None:
        if one not in self._waiting:
            return
        self._waiting.remove(one)
        self._answered.append(one.question.id)
        one.reply(answer)
        self._next()

    def _withdraw(self, one: _Open) -> None:
        shown = self._waiting[0] is one
        self._waiting.remove(one)
        if one.asked:
            one.reply(None)
        if shown:
            self._hide()
            self._next()
