"""Many who write profiles.toml at once: nothing is lost, nobody waits for ever."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbtui.clock import SystemClock
from nbtui.errors import TimedOut
from nbtui.model.profile import Profile
from nbtui.paths import Paths
from nbtui.profiles.locking import PATIENCE, writing
from nbtui.profiles.store import Store
from waiting import until

STORY = "# mine\n[profiles.big]   # rented\n"

WRITER = """
import sys
from pathlib import Path
from nbtui.model.profile import Profile
from nbtui.paths import Paths
from nbtui.profiles.store import Store
folder, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = Store(Paths(config_dir=folder, state_dir=folder, runtime_dir=folder))
for number in range(count):
    store.add(Profile(name=f"{who}-{number}", host="10.0.0.1"))
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Paths(config_dir=tmp_path, state_dir=tmp_path, runtime_dir=tmp_path))


@pytest.fixture
def file(store: Store) -> Path:
    store.paths.profiles_toml.write_text(STORY)
    return store.paths.profiles_toml


def start_writer(file: Path, who: str, *, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file.parent), who, str(count)]
    )


MANY = pytest.param(8, 50, marks=[pytest.mark.slow, pytest.mark.timeout(180)])


@pytest.mark.parametrize(("processes", "writes"), [(4, 20), MANY])
def test_processes_that_write_at_once_lose_nothing(
    store: Store, file: Path, processes: int, writes: int
) -> None:
    writers = [start_writer(file, str(who), count=writes) for who in range(processes)]
    while any(writer.poll() is None for writer in writers):
        assert store.load().get("big")  # a reader never meets half a file
    assert [writer.returncode for writer in writers] == [0] * processes
    names = {f"{who}-{number}" for who in range(processes) for number in range(writes)}
    expected = {"big"} | names
    assert {one.name for one in store.load().profiles} == expected
    assert file.read_text().startswith(STORY)
    assert not list(file.parent.glob(".*.tmp"))


def test_a_writer_that_is_killed_leaves_a_file_that_loads_and_no_lock(
    store: Store, file: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file.parent), "w", "1000"]
    ) as writer:
        until(lambda: len(store.load().profiles) > 5, what="five writes")
        writer.kill()
    before = store.load().profiles
    store.add(Profile(name="next"))
    assert len(store.load().profiles) == len(before) + 1


@pytest.fixture
def busy(file: Path) -> Iterator[threading.Event]:
    """Somebody else writes until this is set."""
    done, begun = threading.Event(), threading.Event()

    def write() -> None:
        with writing(file, clock=SystemClock()):
            begun.set()
            done.wait()

    other = threading.Thread(target=write)
    other.start()
    begun.wait()
    yield done
    done.set()
    other.join()


class Hours:
    """A clock whose hours pass by waiting."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Telling(SystemClock):
    """A clock that tells when somebody begins to wait."""

    def __init__(self, waiting: threading.Event) -> None:
        self.waiting = waiting

    def wait(self, seconds: float) -> None:
        self.waiting.set()
        super().wait(seconds)


def test_a_writer_waits_fifteen_seconds_for_another_and_says_so(
    store: Store, file: Path, busy: threading.Event
) -> None:
    clock = Hours()
    with pytest.raises(TimedOut, match="another program has been writing for 15 s"):
        Store(store.paths, clock=clock).add(Profile(name="x"))
    assert clock.now == pytest.approx(PATIENCE, abs=0.1)
    assert not busy.is_set()
    assert file.read_text() == STORY


def test_a_writer_goes_on_when_the_other_is_done(
    store: Store, file: Path, busy: threading.Event
) -> None:
    Store(store.paths, clock=Telling(busy)).add(Profile(name="x"))
    assert [one.name for one in store.load().profiles] == ["big", "x"]
    assert file.read_text().startswith(STORY)


def test_readers_do_not_wait_for_writers(
    store: Store, file: Path, busy: threading.Event
) -> None:
    assert store.load().get("big")
    assert not busy.is_set()
    assert file.exists()
