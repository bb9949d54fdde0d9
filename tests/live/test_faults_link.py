"""A link that is cut, freezes or vanishes: noticed in time, back by itself, the port bound all the while."""

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.desk import Desk
from lab.diary import Bound, Diary, connected, lost, warned
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]
BUSY = 3.0
"""What a busy machine may cost: times the goal. `benchmarks/faults.py` prints what it is."""


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host with Jupyter."""
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


@pytest.fixture(scope="module")
def wire(vm: SshHost) -> Iterator[Shaper]:
    with Shaper(vm.port) as made:
        yield made


@pytest.fixture(scope="module")
def seat(vm: SshHost, wire: Shaper, shared_desk: Desk) -> Desk:
    """A user who is connected through the wire."""
    shared_desk.knows(vm.behind(wire), port=free_port(), local_port=free_port())
    ran = shared_desk.nbtui("connect", "myvm", "--no-browser")
    assert ran.status == 0, ran.err
    return shared_desk


@pytest.fixture
def diary(seat: Desk) -> Iterator[Diary]:
    with Diary(seat) as made:
        until(lambda: connected(made.now), what="the tunnel", seconds=30)
        yield made


def answers(diary: Diary) -> Any:
    with urllib.request.urlopen(f"{diary.now.url}api", timeout=10) as reply:
        return json.load(reply)


def server(diary: Diary) -> int:
    assert diary.now.server is not None
    return diary.now.server.pid


@contextlib.contextmanager
def the_port_stays_bound(diary: Diary) -> Iterator[None]:
    assert diary.now.local_port is not None
    with Bound(diary.now.local_port) as bound:
        yield
    assert bound.looks > 10
    assert bound.gaps == 0


def back_after_a_loss(diary: Diary, began: float) -> float:
    """Seconds from the fault; a row that a look brought before the loss was noticed does not count."""
    gone = diary.seconds(lost, since=began, what="the loss")
    again = diary.seconds(connected, since=began + gone, what="the tunnel back")
    return gone + again


def test_after_a_clean_cut_all_is_back_within_a_second(wire: Shaper, diary: Diary) -> None:
    pid, times = server(diary), list[float]()
    with the_port_stays_bound(diary):
        for _ in range(3):
            began = time.monotonic()
            wire.cut()
            times.append(back_after_a_loss(diary, began))
            assert "version" in answers(diary)
    assert min(times) <= 1.0 * BUSY, times
    assert server(diary) == pid


def test_after_the_connections_sshd_was_killed_all_is_back_within_a_second(
    vm: SshHost, diary: Diary
) -> None:
    pid, began = server(diary), time.monotonic()
    with the_port_stays_bound(diary):
        vm.kill_sessions()
        back = back_after_a_loss(diary, began)
    assert back <= 1.0 * BUSY
    assert server(diary) == pid
    assert "version" in answers(diary)


@pytest.mark.parametrize("kind", ["frozen sshd", "blackhole"])
def test_a_silent_link_is_noticed_and_comes_back_as_soon_as_the_fault_ends(
    vm: SshHost, wire: Shaper, diary: Diary, kind: str
) -> None:
    pid = server(diary)
    fault = vm.freezing() if kind == "frozen sshd" else wire.vanishing()
    with the_port_stays_bound(diary):
        began = time.monotonic()
        with fault:
            warn = diary.seconds(warned, since=began, what="the warning")
            dead = diary.seconds(lost, since=began, what="the loss")
            until(
                lambda: diary.now.retry_in and diary.now.retry_in > 0.4,
                what="a pause between two attempts",
                seconds=40,
            )
        ended = time.monotonic()
        back = diary.seconds(connected, since=ended, what="the tunnel back")
    assert warn <= 10.0 + 5.0
    assert dead <= 20.0 + 5.0
    assert back <= 2.0 * BUSY
    assert server(diary) == pid
    assert "version" in answers(diary)


def test_a_host_behind_a_jump_that_vanished_is_back_as_soon_as_the_jump_is(
    vm: SshHost, wire: Shaper, make_host: Callable[..., SshHost], desk: Desk
) -> None:
    behind, jump = make_host("behind"), vm.behind(wire)
    desk.knows(jump, "gate")
    desk.knows(behind, "inner")
    file = desk.config / "profiles.toml"
    head = "[profiles.inner]\n"
    file.write_text(file.read_text().replace(head, f'{head}jump = "gate"\n'))
    ran = desk.nbtui("shell", "inner", "--", "true")
    assert ran.status == 0, ran.err
    with Diary(desk, "inner") as diary:
        began = time.monotonic()
        with wire.vanishing():
            dead = diary.seconds(lost, since=began, what="the loss")
            until(lambda: diary.now.retry_in, what="a pause", seconds=40)
        ended = time.monotonic()
        until(lambda: diary.now.state == "connected", what="the link back", seconds=30)
        assert time.monotonic() - ended <= 2.0 * BUSY
    assert dead <= 20.0 + 5.0
