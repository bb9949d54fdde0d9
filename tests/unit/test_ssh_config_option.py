"""--ssh-config FILE and NBTUI_SSH_CONFIG: a file in place of ssh_config's own, as `ssh -F` takes it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.ssh_oracle import lab_world
from nbtui.agent.wiring import remember, wanted
from nbtui.errors import ConfigError
from nbtui.profiles.here import SshConfigFiles, config_files
from nbtui.profiles.memory import Memory
from nbtui.profiles.openssh import hosts
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.session.machine import Level
from nbtui.session.wanted import Wanted


@pytest.fixture
def files(tmp_path: Path) -> SshConfigFiles:
    """All three, each with a host of its own and a say about gpu1."""
    for name in ("user", "system", "named"):
        (tmp_path / name).write_text(
            f"Host only-{name}\nHost gpu1\n  User {name}\n  Include more\n"
        )
    (tmp_path / "more").write_text("Port 2222\n")
    (tmp_path / "named").chmod(0o666)  # which `ssh -F` does not mind
    return SshConfigFiles(
        user=tmp_path / "user", system=tmp_path / "system", named=tmp_path / "named"
    )


def test_the_named_file_alone_is_read_whoever_may_write_it(files: SshConfigFiles) -> None:
    world = replace(lab_world(files.user), config=files)
    target = resolve("gpu1", saved=Saved(), world=world).target
    assert target.user == "named"
    assert hosts(files) == ("only-named", "gpu1")


def test_its_relative_includes_are_of_the_folder_of_the_users_file(
    files: SshConfigFiles, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    named = (tmp_path / "named").rename(elsewhere / "named")
    config = replace(files, named=named)
    world = replace(lab_world(files.user), config=config)
    assert resolve("gpu1", saved=Saved(), world=world).target.port == 2222


def test_a_named_file_that_is_not_there_is_an_error_and_no_empty_one(
    files: SshConfigFiles, tmp_path: Path
) -> None:
    config = replace(files, named=tmp_path / "gone")
    world = replace(lab_world(files.user), config=config)
    with pytest.raises(ConfigError, match="there is no such file"):
        resolve("gpu1", saved=Saved(), world=world)


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("/lab/config", Path("/lab/config")),
        ("~/config", Path.home() / "config"),
        ("config", Path("config").absolute()),
        ("None", Path(os.devnull)),
        ("", None),
    ],
)
def test_the_environment_names_a_file(word: str, named: Path | None) -> None:
    assert config_files({"NBTUI_SSH_CONFIG": word}).named == named


def test_what_should_be_up_comes_back_with_its_file(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    remember(memory)("vm", Wanted(goal=Level.LINK, ssh_config="/lab/config"))
    assert wanted(memory, None)["vm"].ssh_config == "/lab/config"


def test_every_command_takes_the_option(desk: Desk) -> None:
    (desk.home / ".ssh" / "config").write_text("Host ours\n")
    (desk.home / "lab").write_text("Host theirs\n  HostName 10.0.0.7\n")
    listed = desk.nbtui("--ssh-config", "lab", "profile", "list", "--all", "--json").json
    assert [one["name"] for one in listed["profiles"]] == ["theirs"]
    shown = desk.nbtui("--ssh-config", "lab", "profile", "show", "theirs", "--json").json
    assert (shown["host"], shown["source"]) == ("10.0.0.7", "ssh_config")
    by_name = desk.nbtui("profile", "list", "--all", NBTUI_SSH_CONFIG="~/lab")
    assert by_name.out.startswith("theirs\t")
    assert desk.nbtui("--ssh-config", "none", "profile", "list", "--all").out == ""


def test_a_file_that_is_not_there_is_exit_2(desk: Desk) -> None:
    ran = desk.nbtui("--ssh-config", "gone", "profile", "list")
    assert (ran.status, ran.out) == (2, "")
    assert "there is no file gone" in ran.err
