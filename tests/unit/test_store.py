"""profiles.toml on the disk: read by everybody, written whole, and by one at a time."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtui.errors import ConfigError, NoSuchProfile, Refused, UsageError
from nbtui.model.profile import ForwardSpec, JupyterSettings, Profile
from nbtui.paths import Paths
from nbtui.profiles.store import Store

STORY = """\
# mine
[profiles.big]   # rented
host = "10.0.0.1"
colour = "blue"
"""

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


def paths_in(folder: Path) -> Paths:
    return Paths(config_dir=folder, state_dir=folder, runtime_dir=folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(paths_in(tmp_path / "config"))


@pytest.fixture
def file(store: Store) -> Path:
    path = store.paths.profiles_toml
    path.parent.mkdir()
    path.write_text(STORY)
    return path


def leftovers(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.suffix == ".tmp"]


def test_no_file_means_no_profiles(store: Store) -> None:
    assert store.load().profiles == ()
    assert store.read() == b""


@pytest.mark.posix
def test_the_first_profile_makes_the_folder_and_a_private_file(store: Store) -> None:
    store.add(Profile(name="my vm", host="10.0.0.7", tags=("gpu", "x")))
    file = store.paths.profiles_toml
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert (
        file.read_text() == '[profiles."my vm"]\nhost = "10.0.0.7"\ntags = ["gpu", "x"]\n'
    )


def test_an_added_profile_is_loaded_as_it_was_added(store: Store) -> None:
    profile = Profile(
        name="all/of it",
        host="::1",
        port=2222,
        identity_file=("~/.ssh/a", r"C:\keys\b.ppk"),
        jupyter=JupyterSettings(port=1, activate="module load x\nconda activate 'y'"),
        forwards=(ForwardSpec(kind="local", listen="localhost:1", to="[::1]:2"),),
    )
    store.add(profile)
    assert store.load().get("all/of it") == profile


@pytest.mark.posix
def test_an_old_file_keeps_its_mode(store: Store, file: Path) -> None:
    file.chmod(0o640)
    store.remove("big")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.posix
def test_a_write_goes_through_a_symbolic_link(store: Store, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "hosts.toml"
    real.parent.mkdir()
    real.write_text(STORY)
    store.paths.config_dir.mkdir()
    store.paths.profiles_toml.symlink_to(real)
    store.set("big", "port", 2222)
    assert store.paths.profiles_toml.is_symlink()
    assert "port = 2222" in real.read_text()


def test_unknown_keys_comments_and_order_survive_every_write(
    store: Store, file: Path
) -> None:
    store.add(Profile(name="small"))
    store.set("big", "jupyter.port", 8889)
    store.set("big", "jupyter.port", None)
    store.rename("small", "tiny")
    store.remove("tiny")
    assert file.read_text() == STORY + "\n[profiles.big.jupyter]\n"


def test_a_byte_order_mark_survives(store: Store, file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + STORY.encode())
    store.rename("big", "large")
    assert file.read_bytes() == b"\xef\xbb\xbf" + STORY.replace("big", "large").encode()


def test_dos_line_ends_survive(store: Store, file: Path) -> None:
    file.write_bytes(STORY.replace("\n", "\r\n").encode())
    store.add(Profile(name="small", host="h"))
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") == 7


@pytest.mark.parametrize(
    "broken", [b"[profiles.big\n", b"\xff\xfe[\x00", b"[profiles.big]\nport = 0\n"]
)
def test_a_file_that_does_not_load_is_never_written_over(
    store: Store, file: Path, broken: bytes
) -> None:
    file.write_bytes(broken)
    writes: list[Callable[[], None]] = [
        lambda: store.add(Profile(name="x")),
        lambda: store.remove("big"),
        lambda: store.rename("big", "x"),
        lambda: store.set("big", "port", 22),
    ]
    for write in writes:
        with pytest.raises(ConfigError, match=r"profiles\.toml:\d"):
            write()
    assert file.read_bytes() == broken


def test_a_name_that_is_taken_is_refused(store: Store, file: Path) -> None:
    with pytest.raises(UsageError, match="there is a profile called big already"):
        store.add(Profile(name="big"))
    store.add(Profile(name="small"))
    with pytest.raises(UsageError, match="big already"):
        store.rename("small", "big")
    assert STORY in file.read_text()


def test_a_name_that_is_not_saved_gets_the_nearest_ones(store: Store, file: Path) -> None:
    assert file.exists()
    changes: list[Callable[[], None]] = [
        lambda: store.remove("bgi"),
        lambda: store.rename("bgi", "x"),
        lambda: store.set("bgi", "port", 1),
    ]
    for change in changes:
        with pytest.raises(NoSuchProfile) as caught:
            change()
        assert caught.value.nearest == ("big",)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("port", 99999, "port: must be a port"),
        ("host", "-oX", "host: .* cannot be a host"),
        ("hots", "x", "hots: unknown key; did you mean host"),
        ("hots", None, "hots: unknown key; did you mean host"),
        ("jupyter.prot", 1, r"jupyter\.prot: unknown key; did you mean port"),
        ("jupyter.runner", "x", "there is no runner"),
        ("jupyter", 1, "jupyter: must be a table"),
        ("port.x", 1, "port: must be a port"),
    ],
)
def test_a_value_that_cannot_be_is_refused_before_the_file_is_touched(
    store: Store, file: Path, key: str, value: object, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        store.set("big", key, value)
    assert file.read_text() == STORY


@pytest.mark.parametrize("name", ["", " ", "-v", "a\nb", "a\x1b[31m", "a\u202eb", "\udcff"])
def test_a_name_that_cannot_be_is_refused(store: Store, file: Path, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        store.add(Profile(name=name))
    with pytest.raises(UsageError, match="name"):
        store.rename("big", name)
    assert file.read_text() == STORY


def test_what_only_a_person_can_change_is_left_alone(store: Store, file: Path) -> None:
    alone = 'profiles.big.host = "10.0.0.1"\n'
    file.write_text(alone)
    with pytest.raises(ConfigError, match="only a person can change") as caught:
        store.set("big", "host", None)  # without this line there would be no big
    assert caught.value.hint == "nbtui profile edit"
    assert file.read_text() == alone


def test_an_edited_file_is_published_when_it_loads(store: Store, file: Path) -> None:
    old = store.read()
    edited = old + b"[profiles.new]\n"
    assert store.publish(edited, instead_of=old).get("new")
    assert file.read_bytes() == edited


def test_an_edited_file_that_does_not_load_is_refused(store: Store, file: Path) -> None:
    with pytest.raises(ConfigError, match=r"profiles\.toml:1:3"):
        store.publish(b"[x", instead_of=store.read())
    assert file.read_text() == STORY


def test_a_broken_file_can_be_mended_by_an_edit(store: Store, file: Path) -> None:
    file.write_bytes(b"\xff[")
    store.publish(STORY.encode(), instead_of=store.read())
    assert store.load().get("big")


def test_an_edit_does_not_undo_what_was_written_meanwhile(store: Store, file: Path) -> None:
    seen = store.read()
    store.add(Profile(name="meanwhile"))
    with pytest.raises(Refused, match="changed by somebody else"):
        store.publish(seen, instead_of=seen)
    assert store.load().get("meanwhile")
    assert STORY in file.read_text()


@pytest.mark.posix
def test_a_folder_in_place_of_the_file_is_said(store: Store) -> None:
    store.paths.profiles_toml.mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"profiles\.toml: Is a directory"):
        store.load()


@pytest.mark.posix
def test_a_file_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    store.paths.config_dir.mkdir()
    store.paths.profiles_toml.symlink_to(tmp_path / "nowhere" / "hosts.toml")
    with pytest.raises(ConfigError, match="No such file") as caught:
        store.add(Profile(name="x"))
    assert caught.value.hint.startswith("look at it: ls")


@pytest.mark.posix
def test_a_full_disk_leaves_the_old_file_and_nothing_else(store: Store, file: Path) -> None:
    limit = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({len(STORY)},) * 2)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", limit + WRITER, str(file.parent), "w", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ConfigError" in done.stderr
    assert "File too large" in done.stderr
    assert file.read_text() == STORY
    assert leftovers(file.parent) == []
    assert store.load().get("big")


def test_no_room_for_the_file_is_told_how_to_look(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object, **_how: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("nbtui.profiles.store.replace_file", full)
    with pytest.raises(ConfigError, match="No space left") as caught:
        store.add(Profile(name="x"))
    assert caught.value.hint.startswith("make room: df -h")


def test_reading_does_not_cost_the_import_of_tomlkit(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from nbtui.paths import Paths\n"
        "from nbtui.profiles.store import Store; from nbtui.profiles.memory import Memory\n"
        "folder = Path(sys.argv[1])\n"
        "Store(Paths(config_dir=folder, state_dir=folder, runtime_dir=folder)).load()\n"
        "assert not {'tomlkit', 'difflib', 'paramiko'} & set(sys.modules)\n"
    )
    file.write_text("[profiles.plain]\n")
    subprocess.run(
        [sys.executable, "-c", code, str(file.parent)], check=True, env=os.environ
    )
