"""What `profile export` writes: to ssh it means what the profile means to nbtui, to PuTTY's files it is what PuTTY writes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from lab.desk import Desk
from lab.resolving import LookUp
from lab.ssh_oracle import facts, theirs
from nbtui.model.profile import ForwardSpec, JupyterSettings, Profile
from nbtui.model.target import Resolved
from nbtui.profiles.openssh.writing import ssh_config
from nbtui.profiles.outgoing import Outgoing, outgoing
from nbtui.profiles.putty.writing import putty_sessions, reg_file, session_file

PATHS = st.sampled_from(
    (
        "~/.ssh/id",
        "/k/my key",
        "/k/100%h",
        "/k/it's",
        '/k/"q"',
        "/k/a#b",
        r"C:\k\id",
        r"C:\my k\id",
    )
)
FORWARDS = st.sampled_from(
    (
        ForwardSpec(kind="local", listen="localhost:81", to="db:80"),
        ForwardSpec(kind="local", listen="[::1]:82", to="[2001:db8::1]:80"),
        ForwardSpec(kind="local", listen="*:83", to="localhost:80"),
        ForwardSpec(kind="remote", listen="localhost:84", to="[::1]:80"),
        ForwardSpec(kind="socks", listen="127.0.0.1:1080"),
        ForwardSpec(kind="socks", listen="*:1081"),
    )
)
PROFILES = st.builds(
    lambda way, **known: Profile(name="vm", **known)._replace(**way),
    way=st.sampled_from(
        (
            {},
            {"jump": "gw"},
            {"jump": "ada@gw:2222,[2001:db8::1]:22,10.0.0.1"},
            {"proxy_command": 'nc -x "a b" %h %p # 100%%'},
        )
    ),
    host=st.sampled_from(("vm.example.org", "10.0.0.7", "2001:db8::7", "fe80::1%lo")),
    user=st.sampled_from((None, "ada", "LAB\\ada", "ada lace")),
    port=st.sampled_from((None, 2222)),
    identity_file=st.lists(PATHS, max_size=2, unique=True).map(tuple),
    certificate_file=st.lists(PATHS, max_size=1).map(tuple),
    identity_agent=st.sampled_from((None, "none", "/run/my agent")),
    address_family=st.sampled_from((None, "inet", "inet6")),
    host_key_alias=st.sampled_from((None, "vault")),
    forwards=st.lists(FORWARDS, max_size=3, unique=True).map(tuple),
)


@pytest.fixture(scope="module")
def look_up(tmp_path_factory: pytest.TempPathFactory) -> LookUp:
    return LookUp(tmp_path_factory.mktemp("export"))


def out(look_up: LookUp, *resolved: Resolved, in_a_row: bool = True) -> Outgoing:
    return outgoing(resolved, user=look_up.me, local_ports={}, in_a_row=in_a_row)


def written(look_up: LookUp, *resolved: Resolved) -> Path:
    text, _notes = ssh_config(
        out(look_up, *resolved).sessions, home=str(look_up.world.here.home)
    )
    file = look_up.config.with_name("exported")
    file.write_text(text)
    return file


@settings(max_examples=60, deadline=None)
@given(profile=PROFILES)
def test_any_profile_says_to_ssh_what_it_says_to_us(
    look_up: LookUp, profile: Profile
) -> None:
    resolved = look_up("vm", profile)
    tunnel = ForwardSpec(kind="local", listen="localhost:8889", to="localhost:8889")
    expected = facts(replace(resolved, forwards=(tunnel, *resolved.forwards)))
    assert theirs(written(look_up, resolved), "vm") == expected


def test_a_profile_that_a_jump_goes_through_gets_a_block_of_its_own(
    look_up: LookUp,
) -> None:
    gate = Profile(name="gate", host="10.0.0.1", port=2200, identity_file=("/k/gate",))
    far = Profile(name="far", host="10.0.0.2", user="ada", jump="gate")
    config = written(look_up, look_up("far", gate, far))
    assert theirs(config, "far")["jump"] == "gate"
    gate_of_ssh = theirs(config, "gate")
    assert (gate_of_ssh["host"], gate_of_ssh["port"]) == ("10.0.0.1", 2200)
    assert gate_of_ssh["keys"] == ["/k/gate"]
    assert gate_of_ssh["forwards"] == []


def test_a_hop_that_ssh_config_explains_gets_a_block_of_its_own(look_up: LookUp) -> None:
    ssh = (
        "Host gw\n HostName 10.0.0.1\n ProxyJump outer\nHost outer\n Port 2022\n User eve\n"
    )
    resolved = look_up("far", Profile(name="far", host="10.0.0.2", jump="gw"), ssh=ssh)
    config = written(look_up, resolved)
    assert theirs(config, "far")["jump"] == "gw"
    assert theirs(config, "gw")["jump"] == "eve@outer:2022"


def test_a_name_that_ssh_would_refuse_is_another_there_and_told(look_up: LookUp) -> None:
    names = ("lab/my vm", "lab/my-vm", "-x", "a*?!b")
    profiles = [Profile(name=name, host="h") for name in names if name != "-x"]
    sessions = out(look_up, *(look_up(one.name, *profiles) for one in profiles)).sessions
    text, notes = ssh_config(sessions, home="/home/me")
    hosts = [line.split()[1] for line in text.splitlines() if line.startswith("Host ")]
    assert hosts == ["lab/my-vm", "lab/my-vm-2", "a-b"]
    assert notes[0] == "lab/my vm is called lab/my-vm there"


def test_a_key_of_putty_is_left_out_for_ssh_and_told(look_up: LookUp) -> None:
    profile = Profile(name="vm", host="h", identity_file=("/k/a.ppk", "/k/b"))
    text, notes = ssh_config(out(look_up, look_up("vm", profile)).sessions, home="/")
    assert "a.ppk" not in text
    assert "IdentityFile /k/b" in text
    assert "nbtui key convert" in notes[0]


def test_what_no_other_program_knows_is_told(look_up: LookUp) -> None:
    jupyter = JupyterSettings(directory="~/w", activate="conda activate base", port=8890)
    profile = Profile(name="vm", host="h", group="lab", tags=("gpu",), jupyter=jupyter)
    assert out(look_up, look_up("vm", profile)).notes == (
        "not carried: jupyter.directory, jupyter.activate, group, tags of vm",
    )


def test_the_tunnel_has_the_port_that_nbtui_chose(look_up: LookUp) -> None:
    profile = Profile(name="vm", host="h")
    found = outgoing(
        [look_up("vm", profile)], user="me", local_ports={"vm": 9001}, in_a_row=True
    )
    assert found.sessions[0].forwards[0].listen == "localhost:9001"


SESSION = """\
Protocol=ssh
HostName=10.0.0.7
PortNumber=2222
UserName=ada
AddressFamily=2
PublicKeyFile=/k/id.ppk
DetachedCertificate=/k/id-cert.pub
TryAgent=0
LogHost=vault
ProxyMethod=5
ProxyTelnetCommand=nc -x a\\\\b 10.0.0.7 2222
PortForwardings=L8889=localhost:8889,L[::1]:82=[2001:db8::1]:80,L0.0.0.0:83=localhost:80,R*:84=[::1]:80,D127.0.0.1:1080=
"""


def test_a_session_of_putty_says_everything(look_up: LookUp) -> None:
    profile = Profile(
        name="vm",
        host="10.0.0.7",
        port=2222,
        user="ada",
        identity_file=("/k/id", "/k/other"),
        certificate_file=("/k/id-cert.pub",),
        identity_agent="none",
        address_family="inet6",
        host_key_alias="vault",
        proxy_command=r"nc -x a\b %h %p",
        forwards=(
            ForwardSpec(kind="local", listen="[::1]:82", to="[2001:db8::1]:80"),
            ForwardSpec(kind="local", listen="*:83", to="localhost:80"),
            ForwardSpec(kind="remote", listen="*:84", to="[::1]:80"),
            ForwardSpec(kind="socks", listen="127.0.0.1:1080"),
        ),
    )
    [one] = putty_sessions(out(look_up, look_up("vm", profile)).sessions, ppk_of={})
    assert session_file(one) == SESSION
    assert one.notes == (
        "vm: PuTTY takes one key, so /k/other is left out",
        "vm: PuTTY cannot read /k/id; this makes the key that it looks for: puttygen /k/id -o /k/id.ppk",
    )


def test_a_chain_becomes_sessions_that_lead_to_each_other(look_up: LookUp) -> None:
    profile = Profile(name="far", host="h", jump="a,eve@b:2200")
    found = out(look_up, look_up("far", profile), in_a_row=False)
    values = {one.name: one.values for one in putty_sessions(found.sessions, ppk_of={})}
    assert list(values) == ["far", "b"]
    assert (values["far"]["ProxyHost"], values["far"]["ProxyPort"]) == ("b", 2200)
    assert (values["b"]["ProxyHost"], values["b"]["ProxyUsername"]) == ("a", look_up.me)


def test_a_reg_file_escapes_what_regedit_would_take_for_its_own(look_up: LookUp) -> None:
    profile = Profile(name=r'lab\"büro"', host="h", identity_file=(r"/k\a.ppk",))
    sessions = putty_sessions(
        out(look_up, look_up(profile.name, profile)).sessions, ppk_of={}
    )
    lines = reg_file(sessions).split("\r\n")
    assert lines[0] == "Windows Registry Editor Version 5.00"
    assert lines[2].endswith(r'\Sessions\lab%5C"b%FCro"]')
    assert r'"PublicKeyFile"="/k\\a.ppk"' in lines
    assert '"PortNumber"=dword:00000016' in lines


def test_a_file_that_is_there_is_replaced_only_when_asked(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text('[profiles."a/b"]\nhost = "h"\n')
    for program, place in (("openssh", "f"), ("putty", "f.reg"), ("putty", "s")):
        words = ("profile", "export", program, "--to", str(desk.home / place))
        assert desk.nbtui(*words).status == 0
        again = desk.nbtui(*words)
        assert (again.status, again.out) == (9, "")
        assert "is there already" in again.err
        assert "try: the same with --force" in again.err
        assert desk.nbtui(*words, "--force").status == 0
    for file in (desk.home / "f", desk.home / "f.reg", desk.home / "s" / "a%2Fb"):
        assert file.stat().st_mode & 0o777 == 0o600
    assert (
        (desk.home / "f.reg").read_bytes().startswith("\ufeffWindows".encode("utf-16-le"))
    )


@pytest.mark.parametrize("to", [(), ("--to", "-")])
def test_without_a_place_it_goes_to_stdout_and_the_talk_to_stderr(
    desk: Desk, to: tuple[str, ...]
) -> None:
    (desk.config / "profiles.toml").write_text('[profiles.vm]\nhost = "h"\ntags = "x"\n')
    ran = desk.nbtui("profile", "export", "openssh", "vm", *to)
    assert ran.status == 0
    assert "Host vm\n    HostName h\n" in ran.out
    assert ran.err == "nbtui: not carried: tags of vm\n"


def test_a_path_that_is_no_text_is_written_as_it_is(desk: Desk) -> None:
    (desk.home / ".ssh" / "config").write_bytes(b"Host vm\n  IdentityFile /k\xe9y\n")
    for program, place in (("openssh", "f"), ("putty", "f.reg"), ("putty", "s")):
        ran = desk.nbtui("profile", "export", program, "vm", "--to", str(desk.home / place))
        assert ran.status == 0, ran.err
    for file in (desk.home / "f", desk.home / "s" / "vm"):
        assert b"/k\xe9y" in file.read_bytes()


def test_what_cannot_be_exported_is_told(desk: Desk) -> None:
    assert desk.nbtui("profile", "export", "openssh").status == 2
    assert desk.nbtui("profile", "export", "netscape").status == 2
    assert desk.nbtui("profile", "export", "putty", "nobody.invalid").status == 3
    (desk.config / "profiles.toml").write_text('[profiles.vm]\nhost = "h"\n')
    assert desk.nbtui("profile", "export", "openssh", "--to", str(desk.home)).status == 2
    ran = desk.nbtui("profile", "export", "openssh", "--to", "/proc/nowhere/f")
    assert ran.status == 1
    assert "/proc/nowhere/f" in ran.err


RICH = """\
[profiles."lab/büro 1"]
host = "10.0.0.7"
port = 2222
user = "ada"
identity_file = ["/k/id.ppk"]
certificate_file = ["/k/id-cert.pub"]
identity_agent = "none"
jump = "gate"
address_family = "inet6"
host_key_alias = "vault"
group = "lab"
[profiles."lab/büro 1".jupyter]
port = 8889
local_port = 9001
[[profiles."lab/büro 1".forwards]]
kind = "local"
listen = "[::1]:82"
to = "[2001:db8::1]:80"
[[profiles."lab/büro 1".forwards]]
kind = "socks"
listen = "127.0.0.1:1080"
[[profiles."lab/büro 1".forwards]]
kind = "remote"
listen = "localhost:84"
to = "[::1]:80"
[profiles.gate]
host = "10.0.0.1"
port = 2200
user = "eve"
identity_file = ["/k/gate.ppk"]
proxy_command = 'nc -x a\\b %h %p 100%%'
[profiles.gate.jupyter]
port = 8889
local_port = 8889
"""


@pytest.mark.parametrize("place", ["out.reg", "out/sessions"])
def test_what_is_exported_for_putty_comes_back_by_import(
    make_desk: Callable[[], Desk], place: str
) -> None:
    here, there = make_desk(), make_desk()
    (here.config / "profiles.toml").write_text(RICH)
    to = there.home / place
    assert here.nbtui("profile", "export", "putty", "--to", str(to)).status == 0
    source = to if to.suffix else to.parent
    ran = there.nbtui("profile", "import", "putty", "--from", str(source), "--json")
    assert {one["action"] for one in ran.json["imports"]} == {"new"}
    for name in ("lab/büro 1", "gate"):
        show = ("profile", "show", name, "--json")
        assert there.nbtui(*show).json == here.nbtui(*show).json


def test_what_is_exported_for_ssh_comes_back_by_import(
    make_desk: Callable[[], Desk],
) -> None:
    here, there = make_desk(), make_desk()
    rich = RICH.replace('"lab/büro 1"', "far").replace('group = "lab"\n', "")
    (here.config / "profiles.toml").write_text(rich.replace(".ppk", ""))
    to = there.home / "out"
    assert here.nbtui("profile", "export", "openssh", "--to", str(to)).status == 0
    ran = there.nbtui("profile", "import", "openssh", "--from", str(to), "--json")
    assert {one["action"] for one in ran.json["imports"]} == {"new"}
    for name in ("far", "gate"):
        show = ("profile", "show", name, "--json")
        assert there.nbtui(*show).json == here.nbtui(*show).json
