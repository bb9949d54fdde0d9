"""Questions become dialogs, once each, and no is what happens by itself."""

from collections.abc import Callable

import pytest

from fakes import FakeEngine
from nbtui.client.engine import RemoteFailure, Talk
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.tui.questions import Questions
from scenes import LAB, MYVM
from tui_desk import Desk, desk
from waiting import until

PASSWORD = Question(
    kind="password", id="q1", text="cades@172.22.3.50's password:", echo=False
)
HOST_KEY = Question(
    kind="host-key",
    id="q2",
    text="The host key of 172.22.3.50 is not known.",
    detail=("ED25519 SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDPzcQqh5Jr7QqJt1c",),
)
OLD, NEW = (f"SHA256:{letter * 43}" for letter in "on")
CHANGED = Question(
    kind="changed-key",
    id="q5",
    text="The host key of cades@172.22.3.50 changed. Replace it?",
    detail=(
        "on file: ED25519, /home/cades/.ssh/known_hosts:7",
        f"    {OLD}",
        "offered now: ED25519",
        f"    {NEW}",
        "The old key was last seen 3 h ago.",
        "It was set up anew, or somebody pretends to be it: ask its owner.",
        "A copy of known_hosts is kept beside it.",
    ),
)
CONFIRM = Question(
    kind="confirm",
    id="q3",
    text="Shut down Jupyter of myvm? 1 kernel would end.",
    detail=("analysis.ipynb (python3) busy",),
)
CHOICE = Question(
    kind="choice",
    id="q4",
    text="Which one?",
    choices=(("a", "~/workspace"), ("b", "~/other")),
)


async def asked(one: Desk, question: Question | None) -> None:
    """The agent shows the question in the snapshot of myvm."""
    one.engine.say(MYVM._replace(state="needs-input", question=question))
    if question:
        await one.shows(question.text)


async def answer(one: Desk) -> tuple[object, ...]:
    return (await one.did("answer"))[1:]


async def test_a_secret_is_typed_without_being_shown_and_answers_the_question() -> None:
    async with desk() as one:
        await asked(one, PASSWORD)
        await one.press("s", "e", "c", "r", "e", "t")
        assert "secret" not in await one.shows("••••••")
        await one.press("enter")
        assert await answer(one) == ("myvm", "q1", "secret")


async def test_a_host_key_is_shown_with_its_fingerprint_and_y_trusts_it() -> None:
    async with desk() as one:
        await asked(one, HOST_KEY)
        await one.shows("SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDPzcQqh5Jr7QqJt1c")
        await one.press("y")
        assert await answer(one) == ("myvm", "q2", "yes")


@pytest.mark.parametrize(("key", "value"), [("enter", "no"), ("n", "no"), ("escape", None)])
async def test_enter_and_escape_are_no(key: str, value: str | None) -> None:
    async with desk() as one:
        await asked(one, CONFIRM)
        await one.press(key)
        assert await answer(one) == ("myvm", "q3", value)


@pytest.mark.parametrize("size", [(80, 24), (100, 30)], ids=str)
async def test_old_and_new_key_stand_one_under_the_other(size: tuple[int, int]) -> None:
    async with desk(size=size) as one:
        await asked(one, CHANGED)
        lines = (await one.shows(NEW)).splitlines()
        [old] = [line.index(OLD) for line in lines if OLD in line]
        [new] = [line.index(NEW) for line in lines if NEW in line]
        assert old == new
        assert "Host key changed" in one.screen
        assert "/home/cades/.ssh/known_hosts:7" in one.screen
        await one.press("enter")
        assert await answer(one) == ("myvm", "q5", "no")


@pytest.mark.parametrize(
    ("typed", "value"), [("vm", "no"), ("", "no"), ("172.22.3.50", "172.22.3.50")]
)
async def test_a_key_that_was_seen_lately_is_replaced_only_by_the_hosts_name(
    typed: str, value: str
) -> None:
    async with desk(size=(80, 24)) as one:
        await asked(one, CHANGED._replace(typed="172.22.3.50"))
        screen = await one.shows("type 172.22.3.50 for yes")
        assert OLD in screen
        assert NEW in screen
        await one.press(*typed, "enter")
        assert await answer(one) == ("myvm", "q5", value)


def refused_once(one: list[int]) -> Callable[[str, Talk], Snapshot]:
    """A connect that meets a changed key, and none once that is replaced."""

    def act(_name: str, _talk: Talk) -> Snapshot:
        one.append(1)
        if len(one) == 1:
            failure = Failure(code=5, message="the host key of vm changed", offered=NEW)
            raise RemoteFailure(failure)
        return MYVM

    return act


async def test_a_connect_that_meets_a_changed_key_asks_and_begins_anew() -> None:
    engine = FakeEngine(snapshots_now=LAB, replies={"connect": refused_once([])})
    async with desk(engine) as one:
        await one.shows("▶1/3")
        await one.press("c")
        await one.shows("myvm is at")
        assert await one.did("replace_host_key") == ("replace_host_key", "myvm", NEW)
        assert one.engine.verbs().count("connect") == 2


async def test_a_changed_key_that_is_not_replaced_stays_refused() -> None:
    def no(_name: str, _talk: Talk) -> Snapshot:
        raise RemoteFailure(Failure(code=5, message="the host key of vm changed"))

    replies = {"connect": refused_once([]), "replace_host_key": no}
    async with desk(FakeEngine(snapshots_now=LAB, replies=replies)) as one:
        await one.shows("▶1/3")
        await one.press("c")
        await one.shows("the host key of vm changed")
        assert one.engine.verbs().count("connect") == 1


async def test_the_key_that_asked_does_not_confirm() -> None:
    def act(_name: str, talk: Talk) -> Snapshot:
        one.engine.calls.append(("said", talk.ask(CONFIRM)))
        return MYVM

    async with desk(FakeEngine(snapshots_now=LAB, replies={"stop": act})) as one:
        await one.shows("▶1/3")
        await one.press("x")
        await one.shows("analysis.ipynb (python3) busy")
        await one.press("x", "x")
        assert "said" not in one.engine.verbs()
        await one.press("y")
        assert await one.did("said") == ("said", "yes")
    assert "answer" not in one.engine.verbs()


async def test_one_of_several_is_chosen_by_arrow_and_enter() -> None:
    async with desk() as one:
        await asked(one, CHOICE)
        await one.press("down", "enter")
        assert await answer(one) == ("myvm", "q4", "b")


async def test_a_question_that_comes_by_both_ways_is_asked_once() -> None:
    def act(_name: str, talk: Talk) -> Snapshot:
        talk.progress(MYVM._replace(state="needs-input", question=PASSWORD))
        one.engine.calls.append(("said", talk.ask(PASSWORD)))
        return MYVM

    async with desk(FakeEngine(snapshots_now=LAB, replies={"connect": act})) as one:
        await one.shows("▶1/3")
        await one.press("c")
        await asked(one, PASSWORD)
        await one.press("p", "w", "enter")
        assert await one.did("said") == ("said", "pw")
        await one.hides("Password")
    assert "answer" not in one.engine.verbs()


async def test_a_question_that_somebody_else_answered_goes_away() -> None:
    async with desk() as one:
        await asked(one, CHOICE)
        await asked(one, None)
        await one.hides("Which one?")
    assert "answer" not in one.engine.verbs()


async def test_a_command_that_asks_is_refused_when_the_dashboard_ends() -> None:
    said: list[str | None] = []

    def act(_name: str, talk: Talk) -> Snapshot:
        said.append(talk.ask(PASSWORD))
        return MYVM

    async with desk(FakeEngine(snapshots_now=LAB, replies={"connect": act})) as one:
        await one.shows("▶1/3")
        await one.press("c")
        await one.shows("password")
    assert until(lambda: said, what="the refusal") == [None]


class Stage:
    """Shows one question at a time and notes what happened."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.hidden = 0
        self.replies: list[object] = []
        self.questions = Questions(show=self._show, hide=self._hide)

    def _show(self, _name: str, question: Question, reply: object) -> None:
        self.shown.append(question.id)
        self.reply = reply

    def _hide(self) -> None:
        self.hidden += 1


def test_questions_wait_for_their_turn() -> None:
    stage = Stage()
    stage.questions.ask("a", PASSWORD, stage.replies.append)
    stage.questions.ask("b", CHOICE, stage.replies.append)
    assert stage.shown == ["q1"]
    stage.reply("pw")  # type: ignore[operator]  # set by _show
    assert stage.shown == ["q1", "q4"]
    assert stage.replies == ["pw"]


def test_a_question_just_answered_is_not_asked_again_by_a_late_snapshot() -> None:
    stage = Stage()
    stage.questions.seen("a", PASSWORD, stage.replies.append)
    stage.reply("pw")  # type: ignore[operator]  # set by _show
    stage.questions.seen("a", PASSWORD, stage.replies.append)
    assert stage.shown == ["q1"]


def test_a_withdrawn_question_that_waited_in_the_queue_hides_nothing() -> None:
    stage = Stage()
    stage.questions.seen("a", PASSWORD, stage.replies.append)
    stage.questions.seen("b", CHOICE, stage.replies.append)
    stage.questions.seen("b", None, stage.replies.append)
    assert stage.hidden == 0
    stage.questions.seen("a", None, stage.replies.append)
    assert stage.hidden == 1
    assert stage.replies == []
