"""Files that are read: to their end, if they are files and have one."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeClock
from nbtui.errors import ConfigError
from nbtui.files import create_file, pieces_of, read_file, replace_file
from nbtui.keys import known_hosts
from nbtui.keys.ondisk import Note, look_at
from nbtui.paths import Paths
from nbtui.profiles.here import SshConfigFiles
from nbtui.profiles.memory import Memory
from nbtui.profiles.openssh.files import read_config
from nbtui.profiles.openssh.hosts import hosts
from nbtui.profiles.store import Store

assert sys.platform != "win32"  # pipes with names are of POSIX


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """One that nobody writes to; whoever opens it as a file waits for ever."""
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    return path


ENDLESS = Path("/dev/zero")


def test_all_of_a_file_is_read_and_the_null_device_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\0\r\n\xff")
    assert read_file(file, limit=4) == b"\0\r\n\xff"
    assert read_file(os.devnull, limit=4) == b""


def test_a_file_over_the_limit_is_none_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_file(file, limit=1 << 20)


@pytest.mark.parametrize("what", ["pipe", "zero", "folder"])
def test_what_is_no_file_is_refused_at_once(what: str, pipe: Path, tmp_path: Path) -> None:
    path = {"pipe": pipe, "zero": ENDLESS, "folder": tmp_path}[what]
    with pytest.raises(OSError, match=r"no file|directory"):
        read_file(path, limit=100)


def test_a_file_is_made_only_where_there_is_none(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    create_file(file, b"one")
    link.symlink_to(tmp_path / "nowhere")
    for taken in (file, link, tmp_path):
        with pytest.raises(FileExistsError):
            create_file(taken, b"two")
    assert file.read_bytes() == b"one"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_a_file_is_made_where_no_file_has_two_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    test_a_file_is_made_only_where_there_is_none(tmp_path)


def test_a_file_that_is_replaced_keeps_its_mode_unless_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch(mode=0o644)
    for private, then in ((False, 0o644), (True, 0o600)):
        replace_file(file, b"x", clock=FakeClock(), private=private)
        assert stat.S_IMODE(file.stat().st_mode) == then


def of_profiles(path: Path) -> str:
    folder = path.parent / "config"
    folder.mkdir(exist_ok=True)
    (folder / "profiles.toml").symlink_to(path)
    store = Store(Paths(config_dir=folder, state_dir=folder, runtime_dir=folder))
    with pytest.raises(ConfigError) as caught:
        store.load()
    (folder / "profiles.toml").unlink()
    return caught.value.message


def of_ssh_config(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(path, checked=False)
    return caught.value.message


def of_a_key(path: Path) -> str:
    found = look_at(str(path))
    assert isinstance(found, Note)
    return found.text


@pytest.mark.parametrize("read", [of_profiles, of_ssh_config, of_a_key])
def test_whoever_reads_a_users_file_says_so(
    read: Callable[[Path], str], pipe: Path
) -> None:
    assert "it is no file" in read(pipe)


def test_whoever_can_do_without_goes_on(pipe: Path) -> None:
    assert known_hosts.read([str(pipe), str(ENDLESS)]) == ()
    assert Memory(pipe, clock=FakeClock()).should_be_up() == {}


def test_files_that_include_themselves_are_listed_once(tmp_path: Path) -> None:
    for name in "abcdefgh":
        file = tmp_path / name
        file.write_text(f"Include *\nHost {name}\nInclude *\nInclude *\n")
        file.chmod(0o600)
    files = SshConfigFiles(user=tmp_path / "a", system=tmp_path / "none")
    assert sorted(hosts(files)) == list("abcdefgh")


def test_a_file_is_read_in_pieces_and_what_is_none_is_not(
    pipe: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abcde")
    assert list(pieces_of(file, size=2)) == [b"ab", b"cd", b"e"]
    for path in (pipe, ENDLESS):
        with pytest.raises(OSError, match="it is no file"):
            list(pieces_of(path))
