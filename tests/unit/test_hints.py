"""Resize hints rest on evidence and do not cry wolf."""

import dataclasses
from typing import Any

import pytest

from nbtui.model.hint import Hint
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.model.profile import Flavor
from nbtui.model.snapshot import Kernel
from nbtui.remote.hints import hints_for

GIB, DAY = 1 << 30, 86400.0
SMALL = Flavor(name="m1.small", cores=1, memory_gb=2, hourly=0.02)
LARGE = Flavor(name="m1.large", cores=4, memory_gb=16, hourly=0.10)
HUGE = Flavor(name="m1.huge", cores=16, memory_gb=64, hourly=0.40)
FLAVORS = (SMALL, LARGE, HUGE)
QUIET = HostReport(
    hostname="h", user="u", uid=1, home="/", login_shell="/bin/sh",
    now=100 * DAY, uptime=10 * DAY, cores=16, load=(0.1, 0.1, 0.1), idle=0.99,
    memory_total=int(62.8 * GIB), memory_available=61 * GIB,
)  # fmt: skip


def look(**facts: Any) -> HostReport:
    return dataclasses.replace(QUIET, **facts)


def hints(report: HostReport, **facts: Any) -> tuple[Hint, ...]:
    return hints_for("myvm", report, **{"flavors": FLAVORS, "kernels": None, **facts})


def kernel(**facts: Any) -> Kernel:
    return Kernel(
        **{"id": "k", "name": "python3", "path": "fit.ipynb", "busy": False,
           "last_activity": QUIET.now - DAY, **facts}
    )  # fmt: skip


def test_a_machine_that_does_little_could_be_the_cheapest_that_holds_what_it_does() -> None:
    [hint] = hints(look())
    assert (hint.kind, hint.to, hint.confidence) == ("down", "m1.large", 0.8)
    assert hint.saves_per_month == pytest.approx(0.30 * 730)
    assert "saves 219 a month" in hint.text
    assert hint.evidence["memory_used"] == QUIET.memory_total - QUIET.memory_available


def test_soon_after_the_boot_nobody_is_sure() -> None:
    [hint] = hints(look(uptime=600.0))
    assert hint.confidence < 0.05


def test_what_was_busy_before_counts_although_it_is_quiet_now() -> None:
    [hint] = hints(look(idle=0.4))
    assert (hint.kind, hint.to) == ("keep", "m1.huge")


def test_without_flavors_half_the_machine_is_proposed_without_a_price() -> None:
    [hint] = hints(look(), flavors=())
    assert (hint.kind, hint.to, hint.saves_per_month) == ("down", "", None)
    assert "half of this machine" in hint.text


def test_a_smaller_machine_that_costs_more_is_not_proposed() -> None:
    dear = LARGE._replace(hourly=9.0)
    assert hints(look(), flavors=(dear, HUGE))[0].kind == "keep"


def test_processes_that_wait_for_cores_want_more_of_them() -> None:
    busy = look(cores=4, memory_total=int(15.6 * GIB), memory_available=8 * GIB)
    [hint] = hints(dataclasses.replace(busy, load=(7.0, 7.5, 6.0)))
    assert (hint.kind, hint.to) == ("up", "m1.huge")
    assert hint.saves_per_month == pytest.approx(-0.30 * 730)
    [short] = hints(dataclasses.replace(busy, load=(9.0, 2.0, 1.0), idle=0.6))
    assert short.kind == "keep", "a minute of load is no reason"


def test_a_machine_short_of_memory_wants_more_of_it() -> None:
    [hint] = hints(look(cores=1, memory_total=2 * GIB, memory_available=GIB // 8))
    assert (hint.kind, hint.to) == ("up", "m1.large")
    assert "128 MB of 2.0 GB memory is left" in hint.text


def test_on_the_biggest_machine_more_is_proposed_without_a_name() -> None:
    [hint] = hints(look(load=(40.0, 40.0, 40.0)))
    assert (hint.kind, hint.to, hint.saves_per_month) == ("up", "", None)


def test_a_host_that_tells_nothing_gets_no_proposal() -> None:
    blank = HostReport(hostname="h", user="u", uid=1, home="/", login_shell="")
    assert [one.kind for one in hints(blank, kernels=())] == ["keep"]


def test_an_idle_kernel_that_holds_much_memory_is_named() -> None:
    stop = hints(look(load=(3, 3, 3)), kernels=(kernel(memory=40 * GIB),))[-1]
    assert (stop.kind, stop.to) == ("stop", "fit.ipynb")
    assert "idle for 24 h and holds 40.0 GB" in stop.text


@pytest.mark.parametrize(
    "facts",
    [{"busy": True, "memory": 40 * GIB}, {"memory": 1 << 20}, {"memory": None},
     {"memory": 40 * GIB, "last_activity": QUIET.now - 60},
     {"memory": 40 * GIB, "last_activity": None}],
)  # fmt: skip
def test_a_kernel_that_works_or_is_small_or_was_used_just_now_is_left_alone(
    facts: dict[str, Any],
) -> None:
    found = hints(look(load=(3, 3, 3)), kernels=(kernel(**facts),))
    assert "stop" not in [one.kind for one in found]


def test_a_kernel_s_memory_may_come_from_the_probe() -> None:
    report = look(load=(3, 3, 3), kernel_memory=(("k", 40 * GIB),))
    assert hints(report, kernels=(kernel(),))[-1].evidence["memory"] == 40 * GIB


def test_a_machine_on_which_nothing_happened_for_long_could_be_off() -> None:
    stop = hints(look(), kernels=(kernel(last_activity=QUIET.now - 3 * DAY),))[1]
    assert stop.kind == "stop"
    assert stop.saves_per_month == pytest.approx(0.40 * 730)
    assert "3 days" in stop.text


@pytest.mark.parametrize(
    "facts", [{"other_users": 1}, {"load": (9.0, 1.0, 1.0)}, {"uptime": 3600.0}]
)
def test_a_machine_that_others_use_or_that_works_or_just_booted_is_not_to_be_off(
    facts: dict[str, Any],
) -> None:
    assert "stop" not in [one.kind for one in hints(look(**facts), kernels=())]


def test_kernels_that_cannot_be_seen_are_not_taken_for_idle() -> None:
    assert "stop" not in [one.kind for one in hints(look(), kernels=None)]


def window(**facts: Any) -> HostReport:
    session = TmuxSession(id="$0", name="nb", profile="myvm", width=80, height=24)
    return look(sessions=(dataclasses.replace(session, **facts),))


def test_another_client_that_keeps_the_window_small_is_told() -> None:
    hint = hints(window(attached=1), terminal=(200, 50))[-1]
    assert (hint.kind, hint.to) == ("terminal", "80x24")
    assert "200x50" in hint.text


def test_a_window_of_fixed_size_is_told_with_the_cure() -> None:
    hint = hints(window(fixed_size=True), terminal=(200, 50))[-1]
    assert "window-size latest" in hint.hint


@pytest.mark.parametrize(
    ("facts", "terminal"),
    [({}, (200, 50)), ({"attached": 1}, (80, 24)), ({"attached": 1}, None),
     ({"attached": 1, "profile": "x"}, (200, 50))],
)  # fmt: skip
def test_a_window_that_fits_or_will_follow_or_is_another_s_is_not_told(
    facts: dict[str, Any], terminal: tuple[int, int] | None
) -> None:
    assert "terminal" not in [one.kind for one in hints(window(**facts), terminal=terminal)]


def test_the_window_of_a_server_started_by_hand_is_told_too() -> None:
    server = JupyterServer(pid=7, port=1, address="127.0.0.1", token="", session="nb")
    report = dataclasses.replace(window(attached=1, profile=""), servers=(server,))
    assert hints(report, terminal=(200, 50))[-1].kind == "terminal"


def test_every_hint_survives_json() -> None:
    report = dataclasses.replace(window(fixed_size=True), load=(40.0, 40.0, 40.0))
    for hint in hints(report, kernels=(kernel(memory=40 * GIB),), terminal=(9, 9)):
        assert Hint.from_json(hint.to_json()) == hint
