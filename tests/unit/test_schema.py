"""What profiles.toml may say, and how it is told what it may not."""

import re

import pytest

from nbtui.errors import ConfigError, ExitCode
from nbtui.model.profile import Flavor, ForwardSpec, JupyterSettings, Profile
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import read_document, to_table
from nbtui.profiles.unknown import unknowns

EVERYTHING = """\
[defaults]
user = "ada"
[defaults.jupyter]
activate = '''
module load python
conda activate base'''

[profiles.myvm]
host = "172.22.3.50"
user = "cades"
port = 22
identity_file = "~/.ssh/id_rsa"
certificate_file = ["~/.ssh/lab-cert.pub"]
identity_agent = "none"
jump = "login.example.org,ada@[::1]:2222"
proxy_command = "nc %h %p"
address_family = "inet6"
host_key_alias = "myvm"
group = "cades"
tags = ["gpu"]
[profiles.myvm.jupyter]
runner = "tmux"
directory = "~/workspace"
port = 8889
local_port = 8890
activate = "conda activate base"
command = "jupyter lab"
[[profiles.myvm.forwards]]
kind = "local"
listen = 27017
to = "localhost:27017"
[[profiles.myvm.forwards]]
kind = "socks"
listen = "[::1]:1080"
[profiles.myvm.machine]
flavors = [{ name = "m1.small", cores = 1, memory_gb = 2, hourly = 0.02 }]
"""

MYVM = Profile(
    name="myvm",
    host="172.22.3.50",
    user="cades",
    port=22,
    identity_file=("~/.ssh/id_rsa",),
    certificate_file=("~/.ssh/lab-cert.pub",),
    identity_agent="none",
    jump="login.example.org,ada@[::1]:2222",
    proxy_command="nc %h %p",
    address_family="inet6",
    host_key_alias="myvm",
    group="cades",
    tags=("gpu",),
    jupyter=JupyterSettings(
        runner="tmux",
        directory="~/workspace",
        port=8889,
        local_port=8890,
        activate="conda activate base",
        command="jupyter lab",
    ),
    forwards=(
        ForwardSpec(kind="local", listen="localhost:27017", to="localhost:27017"),
        ForwardSpec(kind="socks", listen="[::1]:1080"),
    ),
    flavors=(Flavor(name="m1.small", cores=1, memory_gb=2, hourly=0.02),),
)


def load(text: str) -> Saved:
    return ProfilesText(file="p.toml", text=text).saved()


def test_every_key_of_the_reference_is_read() -> None:
    saved = load(EVERYTHING)
    assert saved.get("myvm") == MYVM
    assert saved.defaults.user == "ada"
    assert saved.defaults.jupyter.activate == "module load python\nconda activate base"
    assert saved.warnings == ()


def test_an_empty_file_says_nothing() -> None:
    assert load("") == Saved()


def test_a_profile_may_be_only_a_name() -> None:
    assert load("[profiles.gpu1]").profiles == (Profile(name="gpu1"),)


def test_profiles_keep_the_order_of_the_file() -> None:
    saved = load("[profiles.z]\n[profiles.a]\n[profiles.m]\n")
    assert [one.name for one in saved.profiles] == ["z", "a", "m"]


WRONG = {
    'port = "22"': "must be a number",
    "port = 0": "port from 1 to 65535, not 0",
    "port = 65536": "port from 1 to 65535",
    "port = true": "port from 1 to 65535, not true",
    "port = 22.0": "port from 1 to 65535",
    "host = 3": "must be text, not 3",
    'host = ""': "must not be empty",
    'host = "-oProxyCommand=id"': "cannot be a host",
    'host = "a;id"': "cannot be a host",
    'host = "$(id)"': "cannot be a host",
    'host = "two words"': "cannot be a host",
    'host = "ada@myvm"': "must be the host alone",
    'host = "myvm:22"': "must be the host alone",
    'host = "[::1]"': "must be the host alone",
    'host = "a\\u0000"': "without control characters",
    'user = "-l"': "cannot be a user",
    'user = "a`id`"': "cannot be a user",
    'user = "a -oX"': "cannot be a user",
    "identity_file = [1]": "identity_file[0]: must be text",
    'jump = "a,,b"': "is no [user@]host[:port]",
    'jump = "a,-b"': "cannot be a host",
    'jump = "a:nan"': "nan is no port",
    'jump = "-l@a"': "cannot be a user",
    'address_family = "ipv6"': 'must be any, inet or inet6, not "ipv6"',
    'proxy_command = "a\\nb"': "one line",
    'tags = ["a\\tb"]': "plain words",
    'group = " x"': "plain words",
    "jupyter = 3": "jupyter: must be a table",
    "jupyter.runner = 3": "jupyter.runner: must be text",
    'jupyter.command = "a\\nb"': "one line",
    'jupyter.activate = "a\\u001bb"': "control characters",
    "jupyter.local_port = -1": "jupyter.local_port: must be a port",
    "forwards = {}": "must be a list",
    "forwards = [3]": "forwards[0]: must be a table",
    "forwards = [{}]": "kind is missing",
    'forwards = [{kind = "lokal", listen = 1}]': "must be local, remote or socks",
    'forwards = [{kind = "local", listen = 1}]': "to is missing",
    'forwards = [{kind = "socks", listen = 1, to = "a:1"}]': "to: must not be there",
    'forwards = [{kind = "local", listen = 0, to = "a:1"}]': "listen: must be a port",
    'forwards = [{kind = "local", listen = "::1:5", to = "a:1"}]': "must be host:port",
    'forwards = [{kind = "local", listen = "a:99999", to = "a:1"}]': "must be a port",
    'forwards = [{kind = "local", listen = "-a:1", to = "a:1"}]': "cannot be a host",
    'forwards = [{kind = "remote", listen = 1, to = "22"}]': "to: must be host:port",
    'machine.flavors = [{name = "m"}]': "cores is missing",
    'machine.flavors = [{name = "m", cores = 0, memory_gb = 1}]': "from 1 up",
    'machine.flavors = [{name = "m", cores = 1, memory_gb = nan}]': "memory_gb: must be",
    'machine.flavors = [{name = "m", cores = 1, memory_gb = "2"}]': "must be a number",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_value_names_file_line_key_and_what_to_try(line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"# first\n\n[profiles.myvm]\n  {line}\n")
    error = caught.value
    assert WRONG[line] in error.message
    assert error.message.startswith("p.toml:4:3: profiles.myvm.") or error.line == 4
    assert error.key.startswith("profiles.myvm.")
    assert error.hint
    assert error.code == ExitCode.FAILED


def test_the_place_is_found_in_lists_of_tables() -> None:
    text = EVERYTHING.replace('"[::1]:1080"', '"nowhere"')
    with pytest.raises(ConfigError, match=r"^p\.toml:34:1: profiles\.myvm\.forwards\[1\]"):
        load(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[profiles.a]\nhost = myvm\n", r"p\.toml:2:8: Invalid value"),
        ("[profiles.a]\nhost = 10.0.0.7\n", r"p\.toml:2:12: "),
        ("[profiles.a\n", r"p\.toml:1:12: "),
        ("profiles = 3", r"p\.toml:1:1: profiles: must be a table, not 3"),
        ("[profiles]\nport = 22\n", r"p\.toml:2:1: profiles\.port: must be a table"),
        ("[[profiles]]\n", r"p\.toml:1:\d: profiles: must be a table, not a list"),
        ('[profiles."-v"]\n', r"p\.toml:1:1: profiles\.-v: .* must not begin with -"),
        ('[profiles.""]\n', r"p\.toml:1:1: .* must not be empty"),
        ('[profiles."a\\tb"]\n', r"p\.toml:1:1: .* plain words"),
        ("a = " + "[" * 5000, r"p\.toml: .*nested"),
        ("a = " + "9" * 5000, r"p\.toml: "),
    ],
)
def test_what_is_no_profiles_file_names_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"^{said}"):
        load(text)


def test_unquoted_text_is_told_to_stand_in_quotes() -> None:
    with pytest.raises(ConfigError) as caught:
        load("[profiles.a]\nhost = 10.0.0.7\n")
    assert "quotes" in caught.value.hint


def test_a_windows_path_is_told_to_stand_in_single_quotes() -> None:
    with pytest.raises(ConfigError) as caught:
        load('[profiles.a]\nidentity_file = "C:\\Users\\ada\\id"\n')
    assert "single quotes" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[profiles.a]\n[profiles.b]\n[profiles.a]\n",
            "profiles.a is there twice, first in line 1",
        ),
        (
            "[profiles.a]\nport = 1\nport = 2\n",
            "profiles.a.port is there twice, first in line 2",
        ),
    ],
)
def test_what_is_there_twice_is_named_with_both_lines(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f": {said}")) as caught:
        load(text)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hots = 1", "p.toml:2:1: profiles.a.hots: unknown key; did you mean host?"),
        (
            "identity-file = 1",
            "profiles.a.identity-file: unknown key; did you mean identity_file?",
        ),
        ("directory = 1", "profiles.a.directory: unknown key; it belongs into jupyter"),
        (
            "jupyter.user = 1",
            "profiles.a.jupyter.user: unknown key; it belongs into the profile",
        ),
        (
            'jupyter.runner = "tmx"',
            'a.jupyter.runner: there is no runner "tmx"; there is tmux',
        ),
        ("zzzzzz = 1", "p.toml:2:1: profiles.a.zzzzzz: unknown key"),
        ("[profile.b]", "p.toml:2:2: profile: unknown key; did you mean profiles?"),
        (
            "[profiles.a.machine]\nflavor = []",
            "p.toml:3:1: profiles.a.machine.flavor: unknown key",
        ),
    ],
)
def test_an_unknown_key_is_a_warning_with_the_nearest_known_one(
    line: str, said: str
) -> None:
    (warning,) = load(f"[profiles.a]\n{line}\n").warnings
    assert said in warning


def test_a_password_in_the_file_is_warned_about_and_not_repeated() -> None:
    (warning,) = load('[profiles.a]\npassword = "hunter2"\n').warnings
    assert "keeps no secrets" in warning
    assert "hunter2" not in warning


def test_what_is_not_utf8_names_the_line() -> None:
    with pytest.raises(ConfigError, match=r"^p\.toml:2: is not UTF-8"):
        ProfilesText.decode(b'[profiles.a]\nhost = "\xff"\n', file="p.toml")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert ProfilesText.decode(b"\xef\xbb\xbfa = 1", file="p.toml").text == "a = 1"


def test_a_profile_comes_back_from_its_table() -> None:
    document = {"profiles": {"myvm": to_table(MYVM)}}
    assert read_document(document).get("myvm") == MYVM
    assert not list(unknowns(document))
