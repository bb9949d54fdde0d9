"""Questions find whoever can answer them, and wait for nobody who has gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Thread

import pytest

from nbtui.model.question import Question
from nbtui.session.desk import Desk
from waiting import until

CODE = Question(kind="code", text="Code?")
YES = Question(kind="confirm", text="Really?")


class Sitter:
    """Notes what they are shown; says nothing by themselves."""

    def __init__(self) -> None:
        self.gone, self.vanished = Event(), True
        self.shown: SimpleQueue[Question] = SimpleQueue()
        self.withdrawn: list[str] = []

    def show(self, question: Question) -> None:
        self.shown.put(question)

    def withdraw(self, question_id: str) -> None:
        self.withdrawn.append(question_id)


@pytest.fixture
def desk() -> Desk:
    return Desk(changed=lambda: None)


@contextmanager
def asking(desk: Desk, question: Question) -> Iterator[list[str | None]]:
    """Ask in a thread; the list holds the answer afterwards."""
    answers: list[str | None] = []
    thread = Thread(target=lambda: answers.append(desk.ask(question)), daemon=True)
    thread.start()
    yield answers
    thread.join(20)
    assert not thread.is_alive(), "nobody answered"


def test_where_nobody_sits_the_answer_is_no_and_the_question_is_left(desk: Desk) -> None:
    assert desk.ask(CODE) is None
    assert desk.left is not None
    assert desk.unanswered
    desk.clear()
    assert not desk.unanswered


def test_the_first_answer_counts_and_the_others_hear_that_it_is_over(desk: Desk) -> None:
    one, two = Sitter(), Sitter()
    with desk.attached(one), desk.attached(two), asking(desk, CODE) as answers:
        shown = one.shown.get(timeout=20)
        assert two.shown.get(timeout=20) == shown
        assert desk.answer(shown.id, "123")
        assert not desk.answer(shown.id, "456")
    assert answers == ["123"]
    assert two.withdrawn == [shown.id]
    assert not desk.unanswered


def test_who_comes_later_is_shown_the_open_question(desk: Desk) -> None:
    one, two = Sitter(), Sitter()
    with desk.attached(one), asking(desk, CODE) as answers:
        shown = one.shown.get(timeout=20)
        with desk.attached(two):
            assert two.shown.get(timeout=20) == shown
            desk.answer(shown.id, "123")
    assert answers == ["123"]


def test_when_one_of_two_leaves_the_other_is_still_waited_for(desk: Desk) -> None:
    one, two = Sitter(), Sitter()
    with desk.attached(one), desk.attached(two), asking(desk, CODE) as answers:
        shown = two.shown.get(timeout=20)
        one.gone.set()
        desk.leave()
        assert desk.question == shown
        two.gone.set()
        desk.leave()
    assert answers == [None]
    assert desk.left == shown


def test_two_questions_at_once_are_put_one_after_the_other(desk: Desk) -> None:
    one = Sitter()
    with desk.attached(one), asking(desk, CODE) as codes:
        first = one.shown.get(timeout=20)
        with asking(desk, YES) as answers:
            desk.answer(first.id, "123")
            second = one.shown.get(timeout=20)
            assert second.text == YES.text
            desk.answer(second.id, "yes")
    assert (codes, answers) == (["123"], ["yes"])


def test_an_answer_that_was_prepared_is_for_one_attempt_only(desk: Desk) -> None:
    desk.prepare(CODE.text, "123")
    assert desk.ask(YES) is None
    assert desk.ask(CODE) == "123"
    desk.prepare(CODE.text, "456")
    desk.forget()
    assert desk.ask(CODE) is None


def test_a_question_is_seen_while_it_is_open(desk: Desk) -> None:
    one = Sitter()
    with desk.attached(one), asking(desk, CODE):
        shown = one.shown.get(timeout=20)
        until(lambda: desk.question == shown, what="the question in the row")
        desk.answer(shown.id, None)
    assert desk.question is None
