"""One session: who waits, what is abandoned, and what must not be lost between two threads."""

from threading import Event

import pytest

from lab.sessions import Host, PlayedForward, Visitor
from nbtui.errors import (
    HostKeyError,
    HostLacks,
    HostUnreachable,
    Interrupted,
    LocalPortTaken,
    LoginError,
    NoAnswer,
    TimedOut,
)
from nbtui.model.question import Question
from nbtui.session.jobs import Work
from nbtui.session.machine import (
    Connected,
    Disconnected,
    Drop,
    Failed,
    Helped,
    Job,
    Level,
    Nudge,
    Parked,
    Waiting,
    Wish,
    Working,
)
from nbtui.session.rig import Rig
from waiting import until

LINK = Wish(goal=Level.LINK)
TUNNEL = Wish(goal=Level.TUNNEL, start=True)
CODE = Question(kind="code", text="Code of ada@myvm")


@pytest.fixture
def host() -> Host:
    return Host()


def connected(host: Host, wish: Wish = TUNNEL) -> Host:
    host.ends(*[True] * (3 if wish is TUNNEL else 1))
    assert Visitor(host, wish).end() is None
    while not host.begun.empty():
        host.begun.get()
    return host


def ask_for_a_code(_rig: Rig, work: Work) -> bool:
    if work.ask(CODE) is None:
        raise LoginError("no code")
    return True


def test_two_who_want_the_same_share_one_dial(host: Host) -> None:
    first, second = Visitor(host, TUNNEL), Visitor(host, LINK)
    until(lambda: len(host.session.callers) == 2, what="both waiting")
    host.ends(True, True, True)
    assert first.end() is None
    assert second.end() is None
    assert len(host.rigs) == 1
    assert host.session.callers == []


def test_ctrl_c_of_one_does_not_end_what_another_waits_for(host: Host) -> None:
    first, second = Visitor(host, TUNNEL), Visitor(host, TUNNEL)
    until(lambda: len(host.session.callers) == 2, what="both waiting")
    first.leave()
    assert isinstance(first.end(), Interrupted)
    assert isinstance(host.session.state, Working)
    host.ends(True, True, True)
    assert second.end() is None


def test_what_a_job_opens_after_it_was_dropped_is_closed(host: Host) -> None:
    forward, dropped = PlayedForward(), Event()

    def open_late(rig: Rig, _work: Work) -> bool:
        dropped.wait(20)
        rig.tunnel = forward  # type: ignore[assignment]  # as much of one as is needed
        return True

    host.ends(True, True, open_late)
    visitor = Visitor(host, TUNNEL)
    for job in (Job.DIAL, Job.FIND, Job.TUNNEL):
        host.began(job)
    host.session.drop()
    dropped.set()
    assert host.session.wait_closed(20)
    assert not forward.listens
    assert host.released == 1
    assert isinstance(visitor.end(), Interrupted)
    assert isinstance(host.session.state, Disconnected)


def test_a_dial_behind_an_abandoned_one_gets_a_rig_of_its_own(host: Host) -> None:
    visitor = Visitor(host, LINK)
    host.began(Job.DIAL)
    host.session.drop()
    assert isinstance(visitor.end(), Interrupted)
    again = Visitor(host, LINK)
    host.ends(True, True)
    assert again.end() is None
    assert len(host.rigs) == 2
    assert host.session.rig is host.rigs[1]
    assert host.released == 1


def test_a_link_lost_while_the_last_job_ends_is_dialled_again(host: Host) -> None:
    def lose(_rig: Rig, _work: Work) -> bool:
        host.link.lose()
        return True

    def dial(_rig: Rig, _work: Work) -> bool:
        host.link.up = True
        return True

    host.ends(True, True, lose, dial, True, True)
    assert Visitor(host, TUNNEL).end() is None
    until(lambda: host.begun.qsize() == 6, what="the second way up")
    host.becomes(Connected)


def test_another_hosts_key_after_a_cut_is_no_reason_to_let_go_of_the_local_port(
    host: Host,
) -> None:
    connected(host)
    host.ends(HostKeyError("the host key of myvm changed"))
    host.link.lose()
    host.becomes(Waiting)
    assert host.released == 0
    assert host.session.last_error is not None
    assert host.session.last_error.code == 5


def test_why_the_tunnel_failed_is_said_though_the_link_stays(host: Host) -> None:
    connected(host, LINK)
    host.ends(True, LocalPortTaken(8889))
    error = Visitor(host, TUNNEL).end()
    assert error is not None
    assert error.code == 8
    assert isinstance(host.session.state, Connected)


def test_a_hint_names_the_profile(host: Host) -> None:
    host.ends(HostUnreachable("nobody there"))
    error = Visitor(host, LINK).end()
    assert error is not None
    assert error.hint.endswith("profile show myvm")
    assert isinstance(host.session.state, Failed)


def test_the_deadline_of_who_waits_bounds_a_step_and_a_later_reconnect_is_free(
    host: Host,
) -> None:
    bounds: list[float | None] = []

    def note(_rig: Rig, work: Work) -> bool:
        bounds.append(work.until)
        host.link.up = True
        return True

    host.ends(note, note)
    assert Visitor(host, LINK, deadline=30.0).end() is None
    host.clock.now = 100.0
    host.link.lose()
    until(lambda: len(bounds) == 2, what="the second dial")
    assert bounds == [30.0, None]


def test_a_wait_that_is_over_ends_what_nobody_else_waits_for(host: Host) -> None:
    visitor = Visitor(host, LINK, deadline=5.0)
    host.began(Job.DIAL)
    host.clock.now = 6.0
    assert isinstance(visitor.end(), TimedOut)
    assert isinstance(host.session.state, Disconnected)
    host.ends(True)


def test_a_host_that_answers_again_is_dialled_before_its_time(host: Host) -> None:
    connected(host)
    host.ends(NoAnswer("no route"))
    host.link.lose()
    host.becomes(Waiting)
    [answers] = host.link.watchers
    host.ends(True, True, True)
    host.link.up = True
    answers()
    host.becomes(Connected)
    assert host.link.watchers == []
    answers()  # late: nobody waits any more
    assert isinstance(host.session.state, Connected)


def test_a_page_that_wants_the_link_shortens_the_pause(host: Host) -> None:
    connected(host)
    host.ends(HostUnreachable("turned away"))
    host.link.lose()
    host.becomes(Waiting)
    host.ends(True, True, True)
    host.link.up = True
    host.clock.now += 0.2
    host.link.missed.tell()
    host.becomes(Connected)


def test_nobody_watches_for_a_host_that_was_given_up(host: Host) -> None:
    connected(host)
    host.ends(NoAnswer("no route"))
    host.link.lose()
    host.becomes(Waiting)
    host.session.drop()
    assert host.link.watchers == []


def test_a_link_that_fell_silent_is_told_once(host: Host) -> None:
    connected(host)
    host.session.glance()
    changes = host.changes
    host.clock.now += 60.0
    host.session.glance()
    host.session.glance()
    assert host.changes == changes + 1
    assert not host.session.doubted
    host.link.last_heard = host.clock.now
    host.session.glance()
    assert host.changes == changes + 2
    assert host.session.doubted  # how the tunnel is, is to be seen at once


def test_a_connect_to_a_host_that_stays_away_says_so_and_the_attempts_go_on(
    host: Host,
) -> None:
    connected(host)
    host.ends(HostUnreachable("no route"))
    host.link.lose()
    host.becomes(Waiting)
    host.ends(HostUnreachable("still no route"))
    error = Visitor(host, TUNNEL).end()
    assert error is not None
    assert error.message == "still no route"
    assert isinstance(host.session.state, Waiting)
    assert host.released == 0


def test_ctrl_c_at_a_question_leaves_nothing_however_the_threads_run(host: Host) -> None:
    host.ends(ask_for_a_code)
    visitor = Visitor(host, LINK, can_ask=True)
    visitor.asked()
    visitor.leave()
    assert isinstance(visitor.end(), Interrupted)
    host.becomes(Disconnected)
    assert host.session.wait_closed(20)


def test_who_vanishes_in_front_of_a_question_leaves_it_for_the_next(host: Host) -> None:
    host.ends(ask_for_a_code)
    visitor = Visitor(host, LINK, can_ask=True)
    visitor.asked()
    visitor.leave(vanished=True)
    visitor.end()
    host.becomes(Parked)
    assert host.session.desk.left is not None
    host.ends(ask_for_a_code)
    again = Visitor(host, LINK, can_ask=True)
    host.session.desk.answer(again.asked().id, "123456")
    assert again.end() is None


def test_a_reconnect_that_needs_a_code_is_parked_with_its_port_and_an_answer_goes_on(
    host: Host,
) -> None:
    connected(host)
    host.ends(ask_for_a_code)
    host.link.lose()
    host.becomes(Parked)
    assert host.released == 0
    host.link.up = True
    host.ends(ask_for_a_code, True, True)
    host.session.desk.prepare(CODE.text, "123456")
    host.session.post(Helped())
    host.becomes(Connected)


def refused_to_another(helped: bool) -> LoginError:  # noqa: FBT001  # a fact of a test
    error = LoginError("the login node needs a code, and nobody was there to give it")
    error.helped = lambda: helped
    return error


def test_whose_jump_needs_a_code_is_parked_though_another_was_asked_and_goes_on_with_it(
    host: Host,
) -> None:
    connected(host)
    host.ends(refused_to_another(helped=False))
    host.link.lose()
    host.becomes(Parked)
    assert host.session.desk.left is None
    host.link.up = True
    host.ends(True, True, True)
    [way_up] = host.link.risen
    way_up()
    host.becomes(Connected)


def test_a_jump_that_came_up_a_moment_before_the_failure_was_told_is_not_missed(
    host: Host,
) -> None:
    connected(host)
    host.ends(refused_to_another(helped=True), True, True, True)
    host.link.lose()
    host.link.up = True
    until(lambda: host.begun.qsize() == 4, what="another way up")
    host.becomes(Connected)


def test_a_host_that_hangs_up_at_the_login_is_tried_again_and_one_that_says_no_is_not(
    host: Host,
) -> None:
    booting, no = LoginError("it hung up"), LoginError("no key was accepted")
    booting.passing = True
    connected(host)
    host.ends(booting)
    host.link.lose()
    host.becomes(Waiting)
    host.ends(no)
    host.session.post(Nudge())
    host.becomes(Failed)


def test_an_error_of_ours_is_a_failure_and_the_session_can_be_used_again(
    host: Host,
) -> None:
    def break_down(_rig: Rig, _work: Work) -> bool:
        raise ZeroDivisionError

    host.ends(break_down)
    error = Visitor(host, LINK).end()
    assert error is not None
    assert "ZeroDivisionError" in error.message
    connected(host, LINK)


def test_a_link_for_a_look_is_not_brought_up_by_the_next_agent(host: Host) -> None:
    connected(host, LINK)
    assert host.remembered == []
    host.ends(True, True)
    assert Visitor(host, TUNNEL).end() is None
    assert host.remembered == [Level.TUNNEL]
    host.session.post(Drop())
    assert host.remembered == [Level.TUNNEL, Level.NOTHING]


def test_the_agents_end_gives_everything_back_and_forgets_nothing(host: Host) -> None:
    connected(host)
    host.session.close()
    assert host.session.wait_closed(20)
    assert host.released == 1
    assert host.remembered == [Level.TUNNEL]


def test_since_is_when_the_word_of_the_state_changed(host: Host) -> None:
    connected(host)
    began = host.session.since
    host.clock.now = 50.0
    host.ends(HostUnreachable("away"))
    host.link.lose()
    host.becomes(Waiting)
    lost = host.session.since
    assert lost == began + 50.0
    host.clock.now = 60.0
    host.ends(HostUnreachable("away"))
    host.session.post(Nudge())
    until(lambda: host.begun.qsize() == 2, what="another attempt")
    host.becomes(Waiting)
    assert host.session.since == lost


def test_no_server_is_exit_7_and_the_link_stays(host: Host) -> None:
    host.ends(True, False)
    error = Visitor(host, Wish(goal=Level.TUNNEL)).end()
    assert isinstance(error, HostLacks)
    assert error.hint == "nbtui start myvm"
