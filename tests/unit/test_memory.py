"""What nbtui remembers by itself outlives processes, and is never worth failing for."""

import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from nbtui.profiles.memory import Memory

WRITER = """
import sys
from pathlib import Path
from nbtui.profiles.memory import Memory
memory = Memory(Path(sys.argv[1]))
for number in range(20):
    memory.remember_port(f"{sys.argv[2]}-{number}", 9000 + number)
    memory.mark_up(f"{sys.argv[2]}-{number}", "tunnel")
"""


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "state" / "state.json")


def test_nothing_is_remembered_at_first(memory: Memory) -> None:
    assert memory.local_port("myvm") is None
    assert memory.last_used("myvm") is None
    assert memory.should_be_up() == {}
    assert not memory.path.exists()


def test_another_process_remembers_the_same(memory: Memory) -> None:
    memory.remember_port("myvm", 8890)
    memory.used("myvm", 1.5e9)
    memory.mark_up("myvm", "tunnel")
    again = Memory(memory.path)
    assert again.local_port("myvm") == 8890
    assert again.last_used("myvm") == 1.5e9
    assert again.should_be_up() == {"myvm": "tunnel"}


def test_how_it_was_brought_up_is_remembered_until_it_is_taken_down(memory: Memory) -> None:
    memory.mark_up("myvm", "tunnel", port=9999, auth_sock="/run/agent", ssh_config="/c")
    assert memory.was_up_with("myvm") == (9999, "/run/agent", "/c")
    memory.mark_up("gpu1", "tunnel", port="auto")
    assert memory.was_up_with("gpu1") == ("auto", None, None)
    memory.mark_down("myvm")
    assert memory.was_up_with("myvm") == (None, None, None)
    memory.clear()
    assert memory.was_up_with("gpu1") == (None, None, None)


@pytest.mark.parametrize("port", [0, 65536, True, "8889", 1.5, None])
def test_a_port_that_is_none_is_not_believed(memory: Memory, port: object) -> None:
    facts = {"up": "tunnel", "up_port": port, "up_auth_sock": 7}
    memory.path.parent.mkdir()
    memory.path.write_text(json.dumps({"profiles": {"myvm": facts}}))
    assert memory.was_up_with("myvm") == (None, None, None)


def test_the_file_is_private(memory: Memory) -> None:
    memory.remember_port("myvm", 8890)
    assert stat.S_IMODE(memory.path.stat().st_mode) == 0o600


def test_what_was_taken_down_stays_down_and_keeps_its_port(memory: Memory) -> None:
    memory.remember_port("myvm", 8890)
    memory.mark_up("myvm", "link")
    memory.mark_down("myvm")
    memory.mark_down("never seen")
    assert memory.should_be_up() == {}
    assert memory.local_port("myvm") == 8890


def test_clear_takes_all_down_and_keeps_the_ports(memory: Memory) -> None:
    for name in ("a", "b"):
        memory.remember_port(name, 8890)
        memory.mark_up(name, "tunnel")
    memory.clear()
    assert memory.should_be_up() == {}
    assert memory.local_port("b") == 8890


def test_memories_follow_a_renamed_profile_and_leave_with_a_removed_one(
    memory: Memory,
) -> None:
    memory.remember_port("old", 8890)
    memory.rename("old", "new")
    memory.rename("never seen", "new")
    assert (memory.local_port("old"), memory.local_port("new")) == (None, 8890)
    memory.forget("new")
    memory.forget("new")
    assert memory.local_port("new") is None


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"\xff", b"[]", b'{"profiles": 3}', b"[" * 99999]
)
def test_a_broken_file_is_put_aside_and_forgotten(memory: Memory, broken: bytes) -> None:
    memory.path.parent.mkdir()
    memory.path.write_bytes(broken)
    assert memory.should_be_up() == {}
    memory.remember_port("myvm", 8890)
    assert memory.local_port("myvm") == 8890
    assert memory.path.with_name("state.json.broken").read_bytes() == broken


@pytest.mark.parametrize("port", [0, -1, 70000, True, 8890.0, "8890", None, [1]])
def test_a_port_that_is_none_is_not_remembered(memory: Memory, port: object) -> None:
    memory.path.parent.mkdir()
    memory.path.write_text(
        json.dumps({"profiles": {"a": {"local_port": port, "up": port}}})
    )
    assert memory.local_port("a") is None
    assert memory.should_be_up() == {}


def test_what_a_newer_version_remembers_is_kept(memory: Memory) -> None:
    memory.path.parent.mkdir()
    memory.path.write_text(json.dumps({"profiles": {"a": {"mood": "good"}}}))
    memory.remember_port("a", 8890)
    facts = json.loads(memory.path.read_text())["profiles"]["a"]
    assert facts == {"local_port": 8890, "mood": "good"}


def test_what_cannot_be_written_is_logged_and_not_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    memory = Memory(tmp_path / "state" / "state.json")
    with caplog.at_level(logging.WARNING):
        memory.remember_port("myvm", 8890)
    assert "could not be written" in caplog.text
    assert memory.local_port("myvm") is None


def test_four_processes_with_forty_writes_each_forget_nothing(memory: Memory) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(memory.path), str(who)])
        for who in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert len(memory.should_be_up()) == 80
    assert all(memory.local_port(f"{who}-19") == 9019 for who in range(4))


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["profiles", "a", "up", "used", "local_port"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(document=DOCUMENTS)
def test_any_state_file_is_survived(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    memory = Memory(tmp_path_factory.mktemp("state") / "state.json")
    for whole in (document, {"profiles": document}, {"profiles": {"a": document}}):
        memory.path.write_text(json.dumps(whole))
        memory.last_used("a")
        memory.clear()
        memory.remember_port("a", 8890)
        assert memory.local_port("a") == 8890
        assert memory.should_be_up() == {}
