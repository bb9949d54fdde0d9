"""The rules of one session, as sentences and as properties of any story."""

from dataclasses import replace

from hypothesis import given, strategies as st

from nbtui.model.failure import Failure
from nbtui.session.machine import (
    HURRY,
    LONGEST_PAUSE,
    Abandon,
    Broke,
    Cancel,
    Connected,
    Disconnected,
    Do,
    Done,
    Drop,
    Effect,
    Event,
    Failed,
    HangUp,
    Helped,
    Hurry,
    Job,
    Level,
    Lost,
    Nudge,
    Parked,
    Remember,
    ServerGone,
    State,
    StopBegins,
    Stopping,
    StopRefused,
    Tick,
    Waiting,
    Want,
    Watch,
    Wish,
    Working,
    next_step,
    pause,
)

TUNNEL = Wish(goal=Level.TUNNEL, start=True)
LINK = Wish(goal=Level.LINK)
FAILURE = Failure(code=6, message="no route")


def play(*events: Event, state: State | None = None, now: float = 0.0) -> State:
    state = state or Disconnected()
    for event in events:
        state, _effects = next_step(state, event, now=now)
    return state


def effects_of(state: State, event: Event) -> tuple[Effect, ...]:
    return next_step(state, event, now=0.0)[1]


def jobs(*events: Event) -> list[Job]:
    state: State = Disconnected()
    done: list[Job] = []
    for event in events:
        state, effects = next_step(state, event, now=0.0)
        done += [effect.job for effect in effects if isinstance(effect, Do)]
    return done


CONNECTED = play(Want(wish=TUNNEL), Done(), Done(), Done())


def test_connect_dials_finds_and_opens_the_tunnel() -> None:
    assert jobs(Want(wish=TUNNEL), Done(), Done(), Done()) == [
        Job.DIAL,
        Job.FIND,
        Job.TUNNEL,
    ]
    assert isinstance(CONNECTED, Connected)
    assert CONNECTED.level is Level.TUNNEL


def test_a_server_that_is_not_there_is_launched_when_that_is_meant() -> None:
    story = (Want(wish=TUNNEL), Done(), Done(found=False), Done(), Done())
    assert jobs(*story) == [Job.DIAL, Job.FIND, Job.LAUNCH, Job.TUNNEL]


def test_without_leave_to_start_nothing_is_launched() -> None:
    state = play(Want(wish=replace(TUNNEL, start=False)), Done(), Done(found=False))
    assert state == Connected(wish=replace(TUNNEL, start=False), level=Level.LINK)


def test_a_second_connect_has_nothing_to_do() -> None:
    assert next_step(CONNECTED, Want(wish=TUNNEL), now=0.0) == (CONNECTED, ())


def test_a_first_connect_that_fails_does_not_retry() -> None:
    state, effects = next_step(play(Want(wish=TUNNEL)), Broke(failure=FAILURE), now=0.0)
    assert state == Failed(failure=FAILURE)
    assert HangUp() in effects
    assert play(Tick(), Tick(), state=state, now=1e9) == state


def test_a_lost_link_is_dialled_at_once() -> None:
    state, effects = next_step(CONNECTED, Lost(), now=0.0)
    assert isinstance(state, Working)
    assert state.was_up
    assert effects == (Do(job=Job.DIAL, start=True, again=True),)


def test_it_never_gives_up_once_it_was_up() -> None:
    state = play(Lost(), state=CONNECTED)
    for number in range(1, 200):
        state = play(Broke(failure=FAILURE), state=state, now=0.0)
        assert isinstance(state, Waiting)
        assert state.attempt == number
        state = play(Tick(), state=state, now=state.due)
        assert isinstance(state, Working)


def test_a_nudge_cuts_a_pause_short() -> None:
    waiting = play(Lost(), Broke(failure=FAILURE), state=CONNECTED)
    assert isinstance(play(Tick(), state=waiting), Waiting)
    assert isinstance(play(Nudge(), state=waiting), Working)


def test_a_page_that_asks_all_the_time_shortens_a_pause_once() -> None:
    lost = play(Lost(), state=CONNECTED)
    no = Broke(failure=FAILURE)
    waiting = play(*(no, Nudge()) * 9, no, state=lost)
    assert waiting == play(Tick(), state=waiting, now=29.9)
    hurried = play(Hurry(), Hurry(), Hurry(), state=waiting, now=1.0)
    assert isinstance(hurried, Waiting)
    assert hurried.due == LONGEST_PAUSE * HURRY
    assert isinstance(play(Tick(), state=hurried, now=hurried.due), Working)
    assert isinstance(play(Hurry(), state=waiting, now=10.0), Working)


def test_a_page_that_asks_while_a_person_is_needed_changes_nothing() -> None:
    state = play(Lost(), Broke(failure=FAILURE, human=True), state=CONNECTED)
    assert play(Hurry(), state=state, now=1e9) == state


def test_a_host_that_does_not_answer_is_watched_for_and_one_that_says_no_is_not() -> None:
    away, no = Broke(failure=FAILURE, silent=True), Broke(failure=FAILURE)
    lost = play(Lost(), state=CONNECTED)
    assert effects_of(lost, away) == (Watch(),)
    assert effects_of(lost, no) == ()
    assert Watch() not in effects_of(play(Want(wish=TUNNEL)), away)


def test_a_host_key_that_changed_meanwhile_is_not_tried_again() -> None:
    state = play(Lost(), Broke(failure=FAILURE, lasting=True), state=CONNECTED)
    assert isinstance(state, Failed)


def test_a_question_nobody_answers_parks_the_session() -> None:
    state = play(Lost(), Broke(failure=FAILURE, human=True), state=CONNECTED)
    assert isinstance(state, Parked)
    assert play(Tick(), Nudge(), state=state, now=1e9) == state
    assert isinstance(play(Helped(), state=state), Working)
    again = play(Want(wish=LINK), state=state)
    assert isinstance(again, Working)
    assert again.wish.goal is Level.TUNNEL


def test_ctrl_c_at_a_question_leaves_nothing_and_a_reconnect_keeps_its_port() -> None:
    state, effects = next_step(
        play(Want(wish=TUNNEL)), Broke(failure=FAILURE, human=True), now=0.0
    )
    assert effects == (HangUp(),)
    assert play(Cancel(), state=state) == Disconnected()
    again = play(Lost(), state=CONNECTED)
    parked, effects = next_step(again, Broke(failure=FAILURE, human=True), now=0.0)
    assert effects == ()
    assert play(Cancel(), state=parked) == parked


def test_a_link_for_a_look_is_not_remembered() -> None:
    assert effects_of(play(Want(wish=LINK)), Done()) == ()


def test_after_a_reconnect_no_server_is_started() -> None:
    state = play(Lost(), Done(), Done(found=False), state=CONNECTED)
    assert isinstance(state, Connected)
    assert state.server_lost
    assert state.level is Level.LINK


def test_start_brings_a_dead_server_back_over_the_same_link() -> None:
    gone = play(ServerGone(), state=CONNECTED)
    state, effects = next_step(gone, Want(wish=TUNNEL), now=0.0)
    assert isinstance(state, Working)
    assert effects == (Do(job=Job.FIND, start=True, again=False),)


def test_ctrl_c_ends_what_the_command_made_and_no_more() -> None:
    state, effects = next_step(play(Want(wish=TUNNEL)), Cancel(), now=0.0)
    assert state == Disconnected()
    assert effects == (Abandon(), HangUp(), Remember(goal=Level.NOTHING))
    linked = play(Want(wish=LINK), Done())
    assert play(Want(wish=TUNNEL), Cancel(), state=linked) == linked


def test_a_failure_on_the_way_up_keeps_what_was_up() -> None:
    linked = play(Want(wish=LINK), Done())
    assert play(Want(wish=TUNNEL), Broke(failure=FAILURE), state=linked) == linked


def test_a_refused_stop_leaves_things_as_they_were() -> None:
    stopping = play(StopBegins(), state=CONNECTED)
    assert isinstance(stopping, Stopping)
    assert play(StopRefused(), state=stopping) == CONNECTED


WISHES = st.builds(Wish, goal=st.sampled_from(list(Level)[1:]), start=st.booleans())
EVENTS = st.one_of(
    st.builds(Want, wish=WISHES, recover=st.booleans()),
    st.builds(Done, found=st.booleans()),
    st.builds(
        Broke, failure=st.just(FAILURE), lasting=st.booleans(), human=st.booleans(),
        jitter=st.floats(0.5, 1.0),
    ),
    *(st.just(kind()) for kind in (
        Lost, ServerGone, Tick, Nudge, Hurry, Helped, Cancel, Drop, StopBegins, StopRefused
    )),
)  # fmt: skip


@given(st.lists(st.tuples(EVENTS, st.floats(0, 100)), max_size=40))
def test_any_story_leaves_at_most_one_job_under_way_and_none_when_it_is_over(
    story: list[tuple[Event, float]],
) -> None:
    state: State = Disconnected()
    running = 0
    now = 0.0
    for event, seconds in story:
        if isinstance(event, Done | Broke) and not running:
            continue  # nobody reports who does nothing
        now += seconds
        running -= isinstance(event, Done | Broke)
        state, effects = next_step(state, event, now=now)
        for effect in effects:
            running -= isinstance(effect, Abandon)
            running += isinstance(effect, Do)
        assert running == isinstance(state, Working)
        if isinstance(event, Drop):
            assert state == Disconnected()


@given(st.integers(1, 10_000), st.floats(0.5, 1.0))
def test_a_pause_is_bounded(attempt: int, jitter: float) -> None:
    assert 0 < pause(attempt, jitter) <= LONGEST_PAUSE


def test_the_longest_pauses_are_spread_too_so_that_fifty_links_do_not_come_at_once() -> (
    None
):
    assert pause(99, 1.0) == LONGEST_PAUSE
    assert pause(99, 0.5) == LONGEST_PAUSE / 2
