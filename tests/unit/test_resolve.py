"""Who wins where profile, ssh_config and defaults all say something; and what a name can be."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.resolving import LookUp
from nbtui.errors import ConfigError, NoSuchProfile, UsageError
from nbtui.model.profile import Flavor, ForwardSpec, JupyterSettings, Profile
from nbtui.profiles.resolve import show


@pytest.fixture
def look_up(tmp_path: Path) -> LookUp:
    return LookUp(tmp_path)


def test_each_value_comes_from_the_first_who_says_it(look_up: LookUp) -> None:
    everybody = [
        Profile(name="", user="u1"),
        Profile(name="vm", user="u2", port=2),
        Profile(name="", user="u4", port=4, identity_file=("/k4",), host_key_alias="a4"),
    ]
    target = look_up(
        "vm",
        everybody[1],
        overrides=everybody[0],
        ssh="Host vm\n User u3\n Port 3\n IdentityFile /k3\n",
        defaults=everybody[2],
    ).target
    assert (target.user, target.port, target.identity_files) == ("u1", 2, ("/k3",))
    assert target.host_key_alias == "a4"


def test_what_nobody_says_is_built_in(look_up: LookUp) -> None:
    resolved = look_up("vm", Profile(name="vm", host="10.0.0.7"))
    target = resolved.target
    assert (target.host, target.port, target.user) == ("10.0.0.7", 22, look_up.me)
    assert target.identity_files[0] == str(look_up.world.here.home / ".ssh" / "id_rsa")
    assert not target.identities_explicit
    assert resolved.jupyter == JupyterSettings(runner="tmux")
    assert resolved.source == "profiles.toml"


def test_a_profile_without_host_is_looked_up_under_its_own_name(look_up: LookUp) -> None:
    ssh = "Host vm\n HostName 10.0.0.7\n User ada"
    assert (
        look_up("vm", Profile(name="vm", port=2222), ssh=ssh).target.where
        == "ada@10.0.0.7:2222"
    )


def test_the_host_of_a_profile_is_what_one_would_type_after_ssh(look_up: LookUp) -> None:
    ssh = "Host gpu\n HostName 10.0.0.7\nHost vm\n User eve\nHost *\n User ada"
    assert (
        look_up("vm", Profile(name="vm", host="gpu"), ssh=ssh).target.where
        == "ada@10.0.0.7"
    )


def test_match_user_sees_the_user_of_the_profile(look_up: LookUp) -> None:
    ssh = "Match user ada\n Port 2222"
    assert look_up("vm", Profile(name="vm", user="ada"), ssh=ssh).target.port == 2222


def test_the_keys_of_a_profile_take_the_place_of_those_of_ssh_config(
    look_up: LookUp,
) -> None:
    profile = Profile(name="vm", identity_file=("~/.ssh/lab", "/k2"))
    target = look_up("vm", profile, ssh="IdentityFile /k3\nCertificateFile /c").target
    assert target.identity_files == (str(look_up.world.here.home / ".ssh" / "lab"), "/k2")
    assert target.identities_explicit
    assert target.certificate_files == ("/c",)


def test_certificates_agent_proxy_and_address_family_of_a_profile_win_over_ssh_config(
    look_up: LookUp,
) -> None:
    profile = Profile(
        name="vm",
        certificate_file=("~/lab-cert.pub",),
        identity_agent="none",
        proxy_command="connect %h %p",
        address_family="inet6",
    )
    ssh = "CertificateFile /c\nIdentityAgent /a\nProxyJump gw\nAddressFamily inet"
    target = look_up("vm", profile, ssh=ssh).target
    assert target.certificate_files == (str(look_up.world.here.home / "lab-cert.pub"),)
    assert (target.identity_agent, target.address_family) == ("none", "inet6")
    assert (target.jumps, target.proxy_command) == ((), "connect vm 22")


def test_certificates_of_the_defaults_fill_a_gap(look_up: LookUp) -> None:
    defaults = Profile(name="", certificate_file=("/d",), proxy_command="nc %h %p")
    target = look_up("vm", Profile(name="vm"), defaults=defaults).target
    assert (target.certificate_files, target.proxy_command) == (("/d",), "nc vm 22")


def test_a_forward_of_ssh_config_to_a_usual_port_is_the_tunnel(look_up: LookUp) -> None:
    ssh = "LocalForward 8888 localhost:8888\nLocalForward 6006 localhost:6006\n"
    one = look_up("known.example.org", ssh=ssh)
    assert (one.jupyter.port, one.jupyter.local_port) == (8888, None)
    assert [forward.listen for forward in one.forwards] == ["localhost:6006"]
    one = look_up("known.example.org", ssh="LocalForward 9000 localhost:8888")
    assert (one.jupyter.port, one.jupyter.local_port) == (8888, 9000)


def test_a_profile_that_names_its_ports_has_no_forward_of_ssh_config_in_their_way(
    look_up: LookUp,
) -> None:
    ssh = "LocalForward 9000 localhost:9000\nLocalForward 8888 localhost:8888\n"
    profile = Profile(name="vm", jupyter=JupyterSettings(port=9000, local_port=9000))
    one = look_up("vm", profile, ssh=ssh)
    assert one.jupyter.port == 9000
    assert [forward.listen for forward in one.forwards] == ["localhost:8888"]


def test_defaults_fill_what_the_profile_leaves_open_key_by_key(look_up: LookUp) -> None:
    defaults = Profile(
        name="",
        user="ada",
        group="lab",
        tags=("cpu",),
        jupyter=JupyterSettings(directory="~/work", port=9000),
        flavors=(Flavor(name="s", cores=1, memory_gb=2),),
    )
    profile = Profile(name="vm", tags=("gpu",), jupyter=JupyterSettings(port=8890))
    resolved = look_up("vm", profile, defaults=defaults)
    assert (resolved.target.user, resolved.group, resolved.tags) == ("ada", "lab", ("gpu",))
    assert resolved.jupyter == JupyterSettings(runner="tmux", directory="~/work", port=8890)
    assert resolved.flavors == defaults.flavors


def test_defaults_count_for_aliases_and_for_what_is_typed_too(look_up: LookUp) -> None:
    defaults = Profile(
        name="", user="ada", jupyter=JupyterSettings(activate="module load py")
    )
    for name in ("gpu1", "10.0.0.7:2222"):
        resolved = look_up(name, ssh="Host gpu1\n Port 22", defaults=defaults)
        assert resolved.target.user == "ada"
        assert resolved.jupyter.activate == "module load py"


def test_a_name_is_a_profile_before_it_is_an_alias(look_up: LookUp) -> None:
    profile = Profile(name="vm", host="10.0.0.7")
    assert (
        look_up("vm", profile, ssh="Host vm\n HostName 10.0.0.8").target.host == "10.0.0.7"
    )


@pytest.mark.parametrize(
    "ssh",
    [
        "Host vm",
        "Host v*",
        "Match host vm",
        "Match originalhost v?",
        "Match exec true",
        "Host * !gpu",
    ],
)
def test_any_block_of_its_own_makes_a_name_a_host_of_ssh_config(
    ssh: str, look_up: LookUp
) -> None:
    assert look_up("vm", ssh=ssh).source == "ssh_config"


@pytest.mark.parametrize(
    "ssh",
    [
        "",
        "User ada",
        "Host *\n User ada",
        "Match all\n User ada",
        "Match final all",
        "Host gpu",
    ],
)
def test_a_bare_word_that_nothing_knows_is_no_profile(ssh: str, look_up: LookUp) -> None:
    with pytest.raises(NoSuchProfile):
        look_up("vm", ssh=ssh)


def test_the_nearest_names_are_told(look_up: LookUp) -> None:
    with pytest.raises(NoSuchProfile) as caught:
        look_up("myvn", Profile(name="MyVM"), Profile(name="other"), ssh="Host myvm2")
    assert caught.value.nearest == ("MyVM", "myvm2")
    assert caught.value.hint == "the same with MyVM"


def test_a_word_with_blanks_can_only_be_meant_as_a_profile(look_up: LookUp) -> None:
    with pytest.raises(NoSuchProfile, match="lab box"):
        look_up("lab bx", Profile(name="lab box", host="10.0.0.7"))


@pytest.mark.parametrize("typed", ["lab/gpu2", "/lab/gpu1", "lab/😀"])
def test_a_word_with_slashes_can_only_be_meant_as_a_profile(
    look_up: LookUp, typed: str
) -> None:
    with pytest.raises(NoSuchProfile, match="called"):
        look_up(typed, Profile(name="lab/gpu1", host="10.0.0.7"))


def test_a_bare_word_that_has_an_address_is_a_host(look_up: LookUp) -> None:
    resolved = look_up("Known.Example.org")
    assert (resolved.target.host, resolved.source) == ("known.example.org", "command line")


def test_a_bare_word_behind_a_proxy_is_not_looked_up_here(look_up: LookUp) -> None:
    assert (
        look_up("vm", ssh="Host *\n ProxyCommand nc gw %h").target.proxy_command
        == "nc gw vm"
    )


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("ada@vm", "ada@vm"),
        ("ada@vm:2222", "ada@vm:2222"),
        ("ada@[::1]:2222", "ada@[::1]:2222"),
        ("ada@fe80::1", "ada@[fe80::1]"),
        ("ssh://ada@vm:2222", "ada@vm:2222"),
        ("ada@lab@vm", "ada@lab@vm"),
    ],
)
def test_what_is_typed_in_full_needs_no_address(
    name: str, where: str, look_up: LookUp
) -> None:
    resolved = look_up(name)
    assert (resolved.target.where, resolved.source) == (where, "command line")


def test_a_user_before_an_alias_wins(look_up: LookUp) -> None:
    resolved = look_up("eve@gpu", ssh="Host gpu\n HostName 10.0.0.7\n User ada\n Port 2222")
    assert (resolved.target.where, resolved.source) == ("eve@10.0.0.7:2222", "ssh_config")


@pytest.mark.parametrize(
    "name", ["-oProxyCommand=x", "a;b", "a$(b)", "ada;x@vm", "vm:99999", "@vm", "a@-b", ""]
)
def test_what_can_be_no_host_is_a_mistake_of_usage(name: str, look_up: LookUp) -> None:
    with pytest.raises(UsageError):
        look_up(name)


def test_a_profile_whose_name_can_be_no_host_must_say_one(look_up: LookUp) -> None:
    with pytest.raises(ConfigError, match="lab box says no host"):
        look_up("lab box", Profile(name="lab box"))


def test_the_forwards_of_ssh_config_come_after_those_of_the_profile(
    look_up: LookUp,
) -> None:
    own = ForwardSpec(kind="local", listen="localhost:27017", to="localhost:27017")
    resolved = look_up(
        "vm",
        Profile(name="vm", forwards=(own,)),
        ssh="LocalForward 27017 db:1\nRemoteForward 9000 localhost:9\nDynamicForward 1080\nLocalForward 80 db:80",
    )
    assert resolved.forwards == (
        own,
        ForwardSpec(kind="local", listen="localhost:80", to="db:80"),
        ForwardSpec(kind="socks", listen="localhost:1080"),
        ForwardSpec(kind="remote", listen="localhost:9000", to="localhost:9"),
    )
    assert resolved.warnings == ()


def test_clear_all_forwardings_clears_those_of_ssh_config_only(look_up: LookUp) -> None:
    own = ForwardSpec(kind="socks", listen="localhost:1080")
    ssh = "LocalForward 80 db:80\nClearAllForwardings yes"
    assert look_up("vm", Profile(name="vm", forwards=(own,)), ssh=ssh).forwards == (own,)


def test_a_listener_that_others_can_reach_is_warned_of(look_up: LookUp) -> None:
    ssh = "GatewayPorts yes\nLocalForward 80 db:80\nLocalForward [::1]:81 db:80\nRemoteForward 10.1.1.1:82 x:1"
    own = ForwardSpec(kind="socks", listen="0.0.0.0:1080")
    assert look_up("vm", Profile(name="vm", forwards=(own,)), ssh=ssh).warnings == (
        "the socks forward on 0.0.0.0:1080 is open to whoever reaches this machine",
        "the local forward on *:80 is open to whoever reaches this machine",
        "the remote forward on 10.1.1.1:82 is open to whoever reaches the host",
    )


def test_the_shown_profile_has_every_key_filled(look_up: LookUp) -> None:
    profile = Profile(
        name="vm",
        identity_file=("/k",),
        tags=("gpu",),
        flavors=(Flavor(name="s", cores=1, memory_gb=2.0, hourly=0.02),),
        forwards=(ForwardSpec(kind="socks", listen="localhost:1080"),),
    )
    ssh = "Host vm\n HostName 10.0.0.7\n User ada\n ProxyJump eve@gw:2200,10.0.0.1\n HostKeyAlias Vault"
    assert show(look_up("vm", profile, ssh=ssh)) == {
        "name": "vm",
        "source": "profiles.toml",
        "host": "10.0.0.7",
        "user": "ada",
        "port": 22,
        "identity_file": ["/k"],
        "certificate_file": [],
        "identity_agent": None,
        "jump": "eve@gw:2200,[10.0.0.1]",
        "proxy_command": None,
        "address_family": "any",
        "host_key_alias": "vault",
        "keyring": False,
        "favourite": False,
        "group": "",
        "tags": ["gpu"],
        "jupyter": {
            "runner": "tmux",
            "directory": "~",
            "port": 8889,
            "local_port": 8889,
            "activate": None,
            "command": None,
        },
        "forwards": [{"kind": "socks", "listen": "localhost:1080", "to": None}],
        "machine": {
            "flavors": [{"name": "s", "cores": 1, "memory_gb": 2.0, "hourly": 0.02}]
        },
    }


GPU = Profile(name="lab/gpu 1", host="10.0.0.7", user="ada", source="putty")


def with_session(look_up: LookUp, *sessions: Profile) -> LookUp:
    names = {one.name for one in sessions[:1]}
    look_up.world = replace(
        look_up.world, session=lambda name: sessions if name in names else ()
    )
    return look_up


def test_a_session_of_putty_needs_no_profile(look_up: LookUp) -> None:
    resolved = with_session(look_up, GPU)("lab/gpu 1", ssh="Host 10.0.0.7\n Port 2222")
    assert (resolved.source, resolved.target.where) == ("putty", "ada@10.0.0.7:2222")


def test_a_profile_and_a_host_of_ssh_config_come_before_a_session(look_up: LookUp) -> None:
    session = with_session(look_up, GPU._replace(name="vm"))
    assert session("vm", Profile(name="vm", host="a")).source == "profiles.toml"
    assert session("vm", ssh="Host vm\n HostName b").source == "ssh_config"
    assert session("vm").source == "putty"


def test_a_session_comes_before_what_is_typed(look_up: LookUp) -> None:
    session = with_session(look_up, GPU._replace(name="known.example.org"))
    assert session("known.example.org").target.host == "10.0.0.7"


def test_a_session_goes_through_another_one(look_up: LookUp) -> None:
    gateway = Profile(name="gw", host="10.0.0.1", identity_file=("/k",), source="putty")
    found = with_session(look_up, GPU._replace(jump="gw"), gateway)
    [hop] = found("lab/gpu 1").target.jumps
    assert (hop.host, hop.identity_files) == ("10.0.0.1", ("/k",))


def test_the_command_of_a_session_is_foreign_and_that_of_a_profile_is_not(
    look_up: LookUp,
) -> None:
    proxied = GPU._replace(name="vm", proxy_command="nc %h")
    target = with_session(look_up, proxied)("vm").target
    assert (target.proxy_written, target.proxy_foreign) == ("nc %h", True)
    target = look_up("vm", proxied._replace(source="profiles.toml")).target
    assert (target.proxy_written, target.proxy_foreign) == ("nc %h", False)
    target = look_up("x", ssh="Host x\n ProxyCommand nc %h").target
    assert (target.proxy_written, target.proxy_foreign) == (None, False)


def test_a_session_that_cannot_be_used_is_told_unless_ssh_knows_the_name(
    look_up: LookUp,
) -> None:
    def refuse(_name: str) -> tuple[Profile, ...]:
        raise UsageError("it has no host")

    look_up.world = replace(look_up.world, session=refuse)
    with pytest.raises(UsageError, match="it has no host"):
        look_up("vm")
    assert look_up("vm", ssh="Host vm").source == "ssh_config"
