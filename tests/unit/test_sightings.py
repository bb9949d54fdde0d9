"""When a host last had a key: kept beside the rest of state.json, bounded, and never worth failing for."""

import json
from pathlib import Path

import pytest

from fakes import FakeClock
from nbtui.profiles.memory import Memory
from nbtui.profiles.sightings import EVERY, MOST, Sightings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sightings(tmp_path: Path, clock: FakeClock) -> Sightings:
    return Sightings(tmp_path / "state.json", clock=clock)


def test_a_key_is_remembered_by_host_and_fingerprint(
    sightings: Sightings, clock: FakeClock
) -> None:
    sightings.saw("[vm]:2222", "SHA256:a")
    assert sightings.last("[vm]:2222", "SHA256:a") == clock.wall()
    assert sightings.last("[vm]:2222", "SHA256:b") is None
    assert sightings.last("vm", "SHA256:a") is None


def test_a_key_that_was_just_seen_costs_no_write(
    sightings: Sightings, clock: FakeClock
) -> None:
    sightings.saw("vm", "SHA256:a")
    before = sightings.path.stat()
    clock.wait(EVERY - 1)
    sightings.saw("vm", "SHA256:a")
    assert sightings.path.stat() == before
    clock.wait(2)
    sightings.saw("vm", "SHA256:a")
    assert sightings.last("vm", "SHA256:a") == clock.wall()


def test_profiles_and_keys_stand_beside_each_other(sightings: Sightings) -> None:
    memory = Memory(sightings.path)
    memory.remember_port("myvm", 8890)
    sightings.saw("vm", "SHA256:a")
    memory.mark_up("myvm", "tunnel")
    assert memory.local_port("myvm") == 8890
    assert sightings.last("vm", "SHA256:a") is not None


def test_the_one_not_seen_for_the_longest_time_is_forgotten_first(
    sightings: Sightings, clock: FakeClock
) -> None:
    old = {f"host{number} SHA256:a": clock.wall() - number for number in range(MOST)}
    sightings.path.write_text(json.dumps({"profiles": {}, "host_keys": old}))
    sightings.saw("vm", "SHA256:a")
    assert sightings.last(f"host{MOST - 1}", "SHA256:a") is None
    assert sightings.last(f"host{MOST - 2}", "SHA256:a") is not None
    assert len(json.loads(sightings.path.read_text())["host_keys"]) == MOST


@pytest.mark.parametrize(
    "part", [None, [], "x", {"vm SHA256:a": "yesterday"}, {"vm SHA256:a": -1}]
)
def test_nonsense_is_nothing(sightings: Sightings, part: object) -> None:
    sightings.path.write_text(json.dumps({"profiles": {}, "host_keys": part}))
    assert sightings.last("vm", "SHA256:a") is None
    sightings.saw("vm", "SHA256:a")
    assert sightings.last("vm", "SHA256:a") is not None
