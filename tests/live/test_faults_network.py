"""A laptop that leaves its network: old addresses are given up at once, and a new way is taken when there is one."""

import time
from collections.abc import Callable, Iterator

import pytest

from lab.desk import Desk
from lab.diary import Diary, lost
from lab.network import HOST, VPN, WIFI, Network, into
from lab.sshd import SshHost
from nbtui.model.snapshot import Snapshot
from waiting import until

pytestmark = [
    pytest.mark.live, pytest.mark.slow, pytest.mark.root, pytest.mark.timeout(120)
]  # fmt: skip
BUSY = 3.0
"""What a busy machine may cost: times the goal."""


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as made:
        made.join("wifi")
        yield made


@pytest.fixture
def seat(
    network: Network, make_host: Callable[..., SshHost], make_desk: Callable[..., Desk]
) -> Desk:
    """A user with a link to the host, over the Wi-Fi."""
    host = make_host("vm", address=HOST, namespace=network.host)
    desk = make_desk(*into(network.desk))
    desk.knows(host)
    ran = desk.nbtui("shell", "myvm", "--", "true")
    assert ran.status == 0, ran.err
    return desk


@pytest.fixture
def diary(seat: Desk) -> Iterator[Diary]:
    with Diary(seat) as made:
        yield made


def linked(row: Snapshot) -> bool:
    return row.state == "connected"


def gone(diary: Diary, since: float) -> float:
    return diary.seconds(lost, since=since, what="the loss")


def back(diary: Diary, since: float) -> float:
    return diary.seconds(linked, since=since, what="the link back")


def came_from(desk: Desk) -> str:
    """The address that the host sees."""
    ran = desk.nbtui("shell", "myvm", "--", "sh", "-c", "echo $SSH_CONNECTION")
    return ran.out.partition(" ")[0]


def test_an_address_that_went_is_given_up_at_once_and_the_next_network_is_taken(
    network: Network, seat: Desk, diary: Diary
) -> None:
    left = time.monotonic()
    network.leave("wifi")
    assert gone(diary, left) <= 2.0 * BUSY
    until(lambda: diary.now.retry_in and diary.now.retry_in > 1.0, what="a long pause")
    joined = time.monotonic()
    network.join("vpn")
    assert back(diary, joined) <= 2.0 * BUSY
    assert came_from(seat) == VPN


def test_a_link_that_dies_with_a_new_way_is_replaced_within_seconds(
    network: Network, seat: Desk, diary: Diary
) -> None:
    assert came_from(seat) == WIFI
    began = time.monotonic()
    with network.swallowing(WIFI):
        network.join("vpn")
        assert back(diary, began + gone(diary, began)) <= 2.0 * BUSY
        assert time.monotonic() - began <= 5.0 * BUSY
        assert came_from(seat) == VPN


def test_a_link_that_survives_a_new_way_stays(
    network: Network, seat: Desk, diary: Diary
) -> None:
    began = time.monotonic()
    network.join("vpn")
    until(lambda: time.monotonic() - began > 6.0, what="time to make up one's mind")
    assert came_from(seat) == WIFI
    assert all(linked(row) for when, row in diary.rows if when >= began)


@pytest.mark.parametrize("kind", ["no way", "swallowed"])
def test_a_network_that_is_away_for_a_moment_costs_no_link(
    network: Network, seat: Desk, diary: Diary, kind: str
) -> None:
    """A Wi-Fi that changes its station may take the way along for a moment, and keeps the address."""
    began = time.monotonic()
    away = network.without_way() if kind == "no way" else network.swallowing(HOST)
    with away:
        until(lambda: time.monotonic() - began > 4.0, what="time to make up one's mind")
    assert came_from(seat) == WIFI
    assert all(linked(row) for when, row in diary.rows if when >= began)


def test_a_network_that_swallows_everything_is_noticed_and_its_end_is_too(
    network: Network, diary: Diary
) -> None:
    began = time.monotonic()
    with network.swallowing(HOST):
        assert gone(diary, began) <= 20.0 + 5.0
        until(
            lambda: diary.now.retry_in and diary.now.retry_in > 0.4,
            what="a pause between two attempts",
            seconds=40,
        )
    assert back(diary, time.monotonic()) <= 2.0 * BUSY
