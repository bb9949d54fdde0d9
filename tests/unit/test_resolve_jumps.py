"""Jump hosts: hosts of their own, hop by hop."""

from pathlib import Path

import pytest

from lab.resolving import LookUp
from lab.ssh_oracle import theirs
from nbtui.errors import ConfigError
from nbtui.model.profile import Profile
from nbtui.profiles.resolve import show


@pytest.fixture
def look_up(tmp_path: Path) -> LookUp:
    return LookUp(tmp_path)


JUMPS = """
Host a
  HostName 10.0.0.1
  User ann
Host b
  HostName 10.0.0.2
  Port 2202
  ProxyJump a
Host c
  HostName 10.0.0.3
  ProxyJump b
  IdentityFile /kc
"""


def test_each_hop_is_a_host_of_ssh_config_with_hops_of_its_own(look_up: LookUp) -> None:
    target = look_up("c", ssh=JUMPS).target
    me = look_up.me
    assert [hop.where for hop in target.jumps] == ["ann@10.0.0.1", f"{me}@10.0.0.2:2202"]
    assert target.jumps[1].jumps == target.jumps[:1]
    assert target.jumps[0].jumps == ()
    assert not target.jumps[1].identities_explicit


def test_the_hops_before_take_the_place_of_a_hops_own_jump(look_up: LookUp) -> None:
    ssh = JUMPS + "Host d\n ProxyJump x@d1,y@b:2299"
    target = look_up("d", ssh=ssh).target
    assert [hop.where for hop in target.jumps] == ["x@d1", "y@10.0.0.2:2299"]
    assert target.jumps[1].jumps == target.jumps[:1]


def test_a_hop_is_the_same_target_for_all_behind_it(look_up: LookUp) -> None:
    ssh = "Host n1 n2\n ProxyJump login\nHost login\n User ada"
    assert look_up("n1", ssh=ssh).target.jumps == look_up("n2", ssh=ssh).target.jumps
    assert look_up("n1", ssh=ssh).target.jumps[0] == look_up("login", ssh=ssh).target


def test_nothing_of_the_profile_is_handed_to_its_hops(look_up: LookUp) -> None:
    profile = Profile(
        name="vm",
        host="10.0.0.7",
        user="ada",
        port=2222,
        identity_file=("/k",),
        jump="gw",
        host_key_alias="x",
    )
    resolved = look_up("vm", profile)
    assert resolved.target.jumps == (look_up(f"{look_up.me}@gw").target,)
    assert resolved.jump == "gw"


def test_defaults_count_for_hops_but_not_their_jump(look_up: LookUp) -> None:
    defaults = Profile(
        name="", user="ada", jump="login", host_key_alias="x", identity_file=("/k",)
    )
    target = look_up("vm", Profile(name="vm"), defaults=defaults).target
    (hop,) = target.jumps
    assert (hop.where, hop.jumps, hop.identity_files) == ("ada@login", (), ("/k",))
    assert hop.host_key_alias is None


def test_the_default_jump_host_itself_is_reached_directly(look_up: LookUp) -> None:
    defaults = Profile(name="", jump="ada@login:2222")
    assert look_up("eve@login", defaults=defaults).target.jumps == ()


def test_a_hop_that_a_profile_names_may_be_a_profile(look_up: LookUp) -> None:
    gateway = Profile(
        name="gw", host="10.0.0.1", user="ann", identity_file=("/k",), jump="x@y"
    )
    vm = Profile(name="vm", host="10.0.0.7", jump="gw")
    target = look_up("vm", vm, gateway).target
    assert target.jumps[-1] == look_up("gw", gateway).target
    assert [hop.where for hop in target.jumps] == ["x@y", "ann@10.0.0.1"]


def test_a_hop_that_ssh_config_names_is_what_it_is_to_ssh(look_up: LookUp) -> None:
    gateway = Profile(name="gw", host="10.0.0.1", user="ann")
    target = look_up("vm", gateway, ssh="Host vm\n ProxyJump eve@first,gw").target
    assert [hop.host for hop in target.jumps] == ["first", "gw"]


def test_the_jump_of_a_profile_shuts_out_the_proxy_of_ssh_config(look_up: LookUp) -> None:
    target = look_up(
        "vm", Profile(name="vm", jump="ada@gw"), ssh="Host vm\n ProxyCommand nc %h %p"
    ).target
    assert ([hop.where for hop in target.jumps], target.proxy_command) == (["ada@gw"], None)


def test_a_profile_can_say_that_there_is_no_jump(look_up: LookUp) -> None:
    resolved = look_up("vm", Profile(name="vm", jump="none"), ssh="Host vm\n ProxyJump gw")
    assert (resolved.target.jumps, resolved.jump) == ((), None)


def test_a_jump_may_hold_tokens_of_the_host_behind_it(look_up: LookUp) -> None:
    ssh = "Host vm\n HostName vm.example.org\n User ada\n ProxyJump %r@gw-%h"
    assert [hop.where for hop in look_up("vm", ssh=ssh).target.jumps] == [
        "ada@gw-vm.example.org"
    ]


@pytest.mark.parametrize(
    "ssh",
    [
        "Host *\n ProxyJump gw",
        "Host vm\n ProxyJump gw\nHost gw\n ProxyJump vm",
        "Host vm\n ProxyJump a\nHost a\n ProxyJump b\nHost b\n ProxyJump a,c",
        "Host *\n ProxyJump x%h",
    ],
)
def test_a_way_that_goes_in_a_circle_is_refused(ssh: str, look_up: LookUp) -> None:
    with pytest.raises(ConfigError, match="goes in a circle: vm -> ") as caught:
        look_up("vm", ssh=ssh)
    assert caught.value.file == str(look_up.config)
    assert caught.value.line


def test_profiles_that_jump_over_each_other_are_refused(look_up: LookUp) -> None:
    with pytest.raises(ConfigError, match="goes in a circle: a -> b -> a"):
        look_up("a", Profile(name="a", jump="b"), Profile(name="b", jump="a"))


def test_the_shown_jump_is_the_one_ssh_prints(look_up: LookUp) -> None:
    ssh = "Host vm\n ProxyJump a,ssh://eve@gw:2200"
    shown = show(look_up("vm", ssh=ssh))
    assert shown["jump"] == theirs(look_up.config, "vm")["jump"]
