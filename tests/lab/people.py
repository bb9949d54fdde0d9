"""Who sits at the terminal, for tests that are asked questions."""

from collections.abc import Iterable

from nbtui.model.question import Question


class Person:
    """Gives the answers in turn, then none; keeps the questions."""

    def __init__(self, answers: Iterable[str | None] = ()) -> None:
        self.answers = list(answers)
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> str | None:
        """See `nbtui.model.question.Ask`."""
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else None

    @property
    def kinds(self) -> list[str]:
        """Kinds of the questions, in order."""
        return [question.kind for question in self.asked]
