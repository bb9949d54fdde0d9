"""Where questions lie until somebody answers them.

A job that needs a person puts its question here and waits. Everybody who is attached (a command in a
terminal, a dashboard) is offered it; the first answer counts. When nobody is attached who can answer,
or the last one leaves, the answer is None and `left` keeps the question for the next who comes.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event as Flag
from typing import Protocol

from nbtui.model.question import Question


class Asker(Protocol):
    """One who can be asked; neither call may block."""

    gone: Flag
    """Set once they have left, before `Desk.leave`."""

    vanished: bool
    """They left without a word: no Ctrl-C, their terminal was closed."""

    def show(self, question: Question) -> None:
        """Put the question before them; the answer comes to `Desk.answer`."""

    def withdraw(self, question_id: str) -> None:
        """Somebody else answered it, or it does not matter any more."""


_ids = itertools.count(1)


@dataclass(kw_only=True, slots=True)
class _Pending:
    question: Question
    answer: str | None = None
    answered: bool = False


@dataclass(kw_only=True, slots=True)
class Desk:
    """The questions of one session; at most one is open, the next waits for its turn."""

    changed: Callable[[], None]
    """Called, without the desk's lock, whenever `question` changed."""

    left: Question | None = None
    """The last question that had nobody to answer it."""

    _askers: list[Asker] = field(default_factory=list)
    _pending: _Pending | None = None
    _prepared: tuple[str, str | None] | None = None
    _condition: Condition = field(default_factory=Condition)

    @property
    def question(self) -> Question | None:
        """The one that waits for an answer now."""
        pending = self._pending
        return pending.question if pending else None

    @property
    def unanswered(self) -> bool:
        """A question is open, or nobody was there for the last one."""
        with self._condition:
            pending = self._pending
            return self.left is not None or (pending is not None and not pending.answered)

    @property
    def alone(self) -> bool:
        """Nobody is there to answer, and no answer was prepared."""
        with self._condition:
            return not self._askers and self._prepared is None

    def ask(self, question: Question) -> str | None:
        """Put a question and wait; an `nbtui.model.question.Ask`."""
        with self._condition:
            self._condition.wait_for(lambda: self._pending is None)
            if self._prepared and self._prepared[0] == question.text:
                answer, self._prepared = self._prepared[1], None
                return answer
            question = question._replace(id=f"q{next(_ids)}")
            if not self._askers:
                self.left = question
                return None
            pending = self._pending = _Pending(question=question)
            askers = tuple(self._askers)
        self.changed()
        for asker in askers:
            asker.show(pending.question)
        return self._wait(pending)

    def _wait(self, pending: _Pending) -> str | None:
        with self._condition:
            self._condition.wait_for(lambda: pending.answered or self._deserted())
            self._pending = None
            if not pending.answered:
                self.left = pending.question
            self._condition.notify_all()
            askers = tuple(self._askers)
        for asker in askers:
            asker.withdraw(pending.question.id)
        self.changed()
        return pending.answer

    def answer(self, question_id: str, value: str | None) -> bool:
        """Answer the open question; False when it is not open any more."""
        with self._condition:
            pending = self._pending
            if pending is None or pending.question.id != question_id or pending.answered:
                return False
            pending.answer, pending.answered = value, True
            self._condition.notify_all()
            return True

    def prepare(self, text: str, value: str | None) -> None:
        """Answer a question that was left, for when it is put again."""
        with self._condition:
            self._prepared = (text, value)

    def clear(self) -> None:
        """Forget what was left: another attempt begins."""
        with self._condition:
            self.left = None

    def forget(self) -> None:
        """Forget what was prepared: the attempt that it was for is over."""
        with self._condition:
            self._prepared = None

    @contextmanager
    def attached(self, asker: Asker | None) -> Iterator[None]:
        """While inside, they are asked; a question that is already open is shown at once."""
        if asker is None:
            yield
            return
        with self._condition:
            self._askers.append(asker)
            pending = self._pending
        if pending:
            asker.show(pending.question)
        try:
            yield
        finally:
            with self._condition:
                self._askers.remove(asker)
                self._condition.notify_all()

    def leave(self) -> None:
        """Somebody has gone; what only they could answer stays without an answer."""
        with self._condition:
            self._condition.notify_all()

    def _deserted(self) -> bool:
        return all(asker.gone.is_set() for asker in self._askers)
