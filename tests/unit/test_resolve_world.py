"""What resolving asks of this machine: commands, variables, networks, name servers."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.resolving import LookUp
from lab.ssh_oracle import lab_world
from nbtui.errors import TimedOut
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.profiles.world import has_address, run_in_shell, this_world


@pytest.fixture
def look_up(tmp_path: Path) -> LookUp:
    return LookUp(tmp_path)


def test_match_exec_runs_for_the_host_and_its_hops_and_may_not_hang(
    look_up: LookUp,
) -> None:
    asked: list[str] = []

    def run(command: str) -> int:
        asked.append(command)
        raise TimedOut("no end", layer="config")

    look_up.config.write_text(
        "Host vm\n ProxyJump gw\nMatch originalhost gw exec 'ask %n'\n User ada"
    )
    with pytest.raises(TimedOut):
        resolve("vm", saved=Saved(), world=replace(look_up.world, run=run))
    assert asked == ["ask gw"]


def test_another_agent_is_named_by_a_variable_of_who_asks(look_up: LookUp) -> None:
    look_up.config.write_text(
        "Host a\n IdentityAgent $MINE\nHost b\n IdentityAgent $NOT_SET\nHost *\n IdentityAgent SSH_AUTH_SOCK"
    )
    world = lab_world(look_up.config, environ={"MINE": "/run/mine"})
    sockets = [
        resolve(name, saved=Saved(), world=world).target.identity_agent for name in "abc"
    ]
    assert sockets == ["/run/mine", "none", None]


def test_match_asks_for_networks_tags_and_kinds_of_session(look_up: LookUp) -> None:
    look_up.config.write_text(
        "Tag lab\nMatch localnetwork 10.1.0.0/16,fe80::/10\n Port 2222\nMatch tagged l*\n User ada\n"
        "Match sessiontype shell command ''\n HostKeyAlias x\nMatch version OpenSSH_*\n IdentityFile /k\n"
    )
    here = replace(look_up.world.here, addresses=lambda: ("127.0.0.1", "fe80::2%eth0"))
    target = resolve(
        "ada@vm", saved=Saved(), world=replace(look_up.world, here=here)
    ).target
    assert (target.port, target.user, target.host_key_alias) == (2222, "ada", "x")
    assert not target.identities_explicit


def test_this_machine_tells_who_sits_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    world = this_world({})
    assert world.here.home == tmp_path
    assert world.config.user == tmp_path / ".ssh" / "config"
    assert "127.0.0.1" in world.here.addresses()
    assert world.lookup("127.0.0.1")
    assert world.run("exit 3") == 3


def test_a_name_that_can_be_no_name_has_no_address() -> None:
    assert not has_address("a..b")
    assert not has_address("x" * 300)


def test_a_shell_that_is_not_there_is_a_command_that_failed(tmp_path: Path) -> None:
    assert run_in_shell("true", {"SHELL": str(tmp_path / "none")}) == 127


def test_match_exec_sees_the_environment_of_who_asks() -> None:
    assert run_in_shell('test "$COLOUR" = red', {"COLOUR": "red"}) == 0
