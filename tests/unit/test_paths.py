"""Where nbtui keeps its files, with platformdirs as the oracle."""

from pathlib import Path

import platformdirs
import pytest

from nbtui.paths import user_paths

ENVIRONMENTS = [
    {},
    {"XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "  "},
    {"XDG_CONFIG_HOME": "/srv/c", "XDG_STATE_HOME": "/srv/s"},
]


@pytest.mark.parametrize("environ", ENVIRONMENTS, ids=str)
def test_the_folders_are_those_of_platformdirs(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    folders = platformdirs.PlatformDirs("nbtui", appauthor=False)
    paths = user_paths(environ)
    assert str(paths.config_dir) == folders.user_config_dir
    assert str(paths.state_dir) == folders.user_state_dir


def test_our_own_variables_come_first() -> None:
    environ = {"NBTUI_CONFIG_DIR": "/a", "NBTUI_STATE_DIR": "~/b", "XDG_CONFIG_HOME": "/c"}
    paths = user_paths(environ)
    assert (paths.config_dir, paths.state_dir) == (Path("/a"), Path.home() / "b")


@pytest.mark.posix
def test_the_socket_is_in_the_runtime_folder_where_there_is_one() -> None:
    assert user_paths({"XDG_RUNTIME_DIR": "/run/x"}).runtime_dir == Path("/run/x/nbtui")
    assert user_paths({"NBTUI_STATE_DIR": "/s"}).runtime_dir == Path("/s/run")
