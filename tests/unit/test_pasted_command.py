"""An ssh command line becomes a profile that connects as the command would; `ssh -G` with its words is the oracle."""

import shlex
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from lab.desk import Desk
from lab.ssh_oracle import ENVIRON, Facts, facts, lab_world, theirs
from nbtui.errors import UsageError
from nbtui.model.profile import JupyterSettings, Profile
from nbtui.profiles.openssh.commandline import parse_command, split_words
from nbtui.profiles.pasted import pasted
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved

KEY, OTHER = "/dev/null", "/dev/zero"
"""Files that are there: ssh leaves a key out that is not."""

ISSUE = f"ssh -i {KEY} -N -L localhost:8889:localhost:8889 cades@172.22.3.50"

CASES = {
    "the one of the issue": ISSUE,
    "a host alone": "ssh vm",
    "a cluster of letters": "ssh -NfL 8889:localhost:8889 vm",
    "a value in the cluster": "ssh -vNTp2222 vm",
    "options behind the host": "ssh ada@vm -p 2222 -N -L 8889:localhost:8889",
    "a command for the host": "ssh vm -p 2222 top -p 1",
    "a command behind two dashes": "ssh -p 2222 -- vm -p 1",
    "the user by itself": "ssh -l ada vm",
    "the first user counts": "ssh -l ada -l eve bob@vm",
    "a user and an option": "ssh eve@vm -l ada",
    "the first port counts": "ssh -p 2201 -o Port=2202 -p 2203 vm",
    "several keys": f"ssh -i {KEY} -i{OTHER} -o IdentityFile=/dev/full vm",
    "a URL": "ssh ssh://ada@vm.example.org:2222",
    "a URL and options": "ssh -p 2201 ssh://ada@vm:2222 -l eve",
    "an IPv6 address": "ssh ada@2001:db8::1",
    "a jump": "ssh -J ada@gw:2222,[2001:db8::1]:22 vm",
    "a jump as an option": "ssh -oProxyJump=gw vm",
    "a proxy command": "ssh -o 'ProxyCommand=nc -x a %h %p' vm",
    "an option with a blank": "ssh -o 'Port 2222' -o 'User = ada' vm",
    "another name to dial": "ssh -o HostName=%h.example.org vm",
    "an alias for the key": "ssh -o HostKeyAlias=Vault vm",
    "address families": "ssh -6 vm",
    "an agent": "ssh -o IdentityAgent=/run/agent vm",
    "a certificate": "ssh -o CertificateFile=/k-cert.pub vm",
    "local forwards": "ssh -L 81:db:80 -L 127.0.0.2:82:[::1]:80 -L [::1]:83:db:80 -L '*:84:db:80' -L :85:db:80 vm",
    "remote forwards": "ssh -R 81:localhost:80 -R [::1]:82:[::1]:80 vm",
    "dynamic forwards": "ssh -D 1080 -D [::1]:1081 -D '*:1082' vm",
    "a forward as an option": "ssh -o 'LocalForward=81 db:80' vm",
    "a variable in an option": "ssh -o 'LocalForward=81 ${LAB_HOST}:80' vm",
    "all forwards cleared": "ssh -L 81:db:80 -o ClearAllForwardings=yes vm",
    "what changes nothing": "ssh -4Cnqt -v -M -S none -e none -E /dev/null -m hmac-sha2-256 vm",
}


def ours(name: str, text: str, config: Path) -> Facts:
    profile = pasted(name, text, environ=ENVIRON).profile
    return facts(resolve(name, saved=Saved(profiles=(profile,)), world=lab_world(config)))


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_the_profile_says_to_us_what_the_command_says_to_ssh(
    text: str, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.touch()
    assert ours("pasted", text, config) == theirs(config, *shlex.split(text)[1:])


OPTIONS = st.sampled_from(
    (
        *("-p 2201", "-p2202", "-o Port=2203", "-l ada", "-leve", "-oUser=bob"),
        *("-N", "-Nf", "-NTf", "-vvv", "-C", "-NL 81:db:80", "-NfD1080", "-R 82:db:80"),
        *(
            "-L 8889:localhost:8889",
            "-o 'LocalForward 84 db:80'",
            f"-i {KEY}",
            f"-i{OTHER}",
        ),
        *("-o HostName=%h.org", "-o HostKeyAlias=Vault"),
    )
)
ONCE = st.sampled_from(
    ("", "-o ProxyJump=none", "-J gw", "-J ada@gw:2200,gw2", "-o ProxyCommand=none")
)


COMMANDS = st.builds(
    lambda *parts: " ".join(("ssh", *parts[0], *parts[1:3], *parts[3], *parts[4:])),
    st.lists(OPTIONS, max_size=5),
    ONCE,
    st.sampled_from(("vm", "ada@vm", "ssh://eve@vm:2222", "10.0.0.7")),
    st.lists(OPTIONS, max_size=3),
    st.sampled_from(("", "ls -l", "-- -p 1")),
)


@settings(max_examples=60, deadline=None)
@given(text=COMMANDS)
def test_any_command_says_to_us_what_it_says_to_ssh(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    config = tmp_path_factory.getbasetemp() / "config"
    config.touch()
    assert ours("pasted", text, config) == theirs(config, *shlex.split(text)[1:])


WAYS_TO_SAY_IT = {
    "a folder": "/usr/bin/ssh -p 2222 ada@vm",
    "Windows": r'C:\Windows\System32\OpenSSH\ssh.exe -p "2222" ada@vm',
    "a prompt": "$ ssh -p 2222 ada@vm",
    "the environment before it": "LANG=C SSH_AUTH_SOCK=/x ssh -p 2222 ada@vm",
    "nohup and the background": "nohup ssh -p 2222 ada@vm >/dev/null &",
    "autossh": "autossh -M 0 -p 2222 ada@vm",
    "autossh in a cluster": "autossh -fNM 20000 -p 2222 ada@vm",
    "a second command": "ssh -p 2222 ada@vm; echo done",
    "several lines": "ssh \\\n  -p 2222 \\\n  ada@vm",
    "several lines of PowerShell": "ssh.exe `\n -p 2222 `\n ada@vm",
    "the dash of a web page": "ssh \u2013p 2222 ada@vm",
    "the quotes of a web page": "ssh -p \u201c2222\u201d\u00a0ada@vm",
}


@pytest.mark.parametrize("text", WAYS_TO_SAY_IT.values(), ids=WAYS_TO_SAY_IT.keys())
def test_a_command_is_read_however_it_was_pasted(text: str) -> None:
    profile = pasted("vm", text, environ={}).profile
    assert profile == Profile(name="vm", host="vm", user="ada", port=2222)


def test_the_command_of_the_issue_is_the_tunnel() -> None:
    profile, notes = pasted("myvm", ISSUE.replace(KEY, "key.pem"), environ={})
    assert notes == ()
    assert profile == Profile(
        name="myvm",
        host="172.22.3.50",
        user="cades",
        identity_file=("key.pem",),
        jupyter=JupyterSettings(port=8889, local_port=8889),
    )


def test_the_paths_of_windows_keep_their_backslashes() -> None:
    text = r'ssh -i "C:\Users\ada\my keys\k.pem" -i %USERPROFILE%\.ssh\id vm'
    profile = pasted("vm", text, environ={}).profile
    assert profile.identity_file == (r"C:\Users\ada\my keys\k.pem", r"~\.ssh\id")


def test_a_home_that_the_shell_would_have_known_becomes_a_tilde() -> None:
    text = "ssh -i $HOME/.ssh/a -i ${HOME}/b -i ~/c vm"
    profile = pasted("vm", text, environ={}).profile
    assert profile.identity_file == ("~/.ssh/a", "~/b", "~/c")


@pytest.mark.parametrize(
    "proxy",
    ["ssh -W %h:%p ada@gw", "ssh gw -l ada -q -W [%h]:%p", "ssh.exe -W %h:%p -l ada gw"],
)
def test_a_jump_from_before_there_was_proxyjump_is_one(proxy: str) -> None:
    profile = pasted("vm", f'ssh -o "ProxyCommand={proxy}" vm', environ={}).profile
    assert (profile.jump, profile.proxy_command) == ("ada@gw", None)


@pytest.mark.parametrize(
    "option", ["-o ProxyCommand", "-oproxycommand", "-No ProxyCommand"]
)
def test_a_variable_in_a_proxy_command_is_left_to_its_shell(option: str) -> None:
    profile = pasted("vm", f"ssh {option}='nc $PROXY %h' vm", environ={}).profile
    assert profile.proxy_command == "nc $PROXY %h"


def test_a_proxy_that_needs_more_than_a_jump_stays_a_command() -> None:
    text = 'ssh -o "ProxyCommand=ssh -i k -W %h:%p gw" vm'
    assert pasted("vm", text, environ={}).profile.proxy_command == "ssh -i k -W %h:%p gw"


def test_forwards_for_everybody_are_those_of_ssh() -> None:
    """`ssh -G` tells of gatewayports and leaves the listeners as they were."""
    profile = pasted("vm", "ssh -g -L 81:db:80 -D 1080 vm", environ={}).profile
    assert [one.listen for one in profile.forwards] == ["*:81", "*:1080"]


def test_what_is_not_kept_is_told() -> None:
    text = "ssh -A -X -C -q -N -b 10.0.0.1 -o StrictHostKeyChecking=no -o ServerAliveInterval=60 -o ForwardX11=no vm jupyter lab"
    assert pasted("vm", text, environ={}).notes == (
        "not kept: -A; nbtui does not do that",
        "not kept: -X; nbtui does not do that",
        "not kept: -b 10.0.0.1; nbtui does not do that",
        "not kept: -o StrictHostKeyChecking=no; to have it, write it into ~/.ssh/config below Host vm",
        "not kept: the command for the host (jupyter lab); nbtui starts Jupyter itself, with jupyter.activate and jupyter.command of the profile",
    )


def test_another_ssh_config_is_told_with_the_way_to_name_it() -> None:
    assert pasted("my vm", "ssh -F ~/lab/config gpu1", environ={}).notes == (
        "not kept: -F ~/lab/config; to have it heeded: nbtui --ssh-config '~/lab/config' connect 'my vm'",
    )


def test_a_socket_is_left_out_and_told() -> None:
    profile, notes = pasted(
        "vm", "ssh -L 8889:/run/a.sock -L /b:db:80 -R 1080 vm", environ={}
    )
    assert profile.forwards == ()
    assert [note.partition(": ")[0] for note in notes] == [
        "-L 8889:/run/a.sock", "-L /b:db:80", "-R 1080",
    ]  # fmt: skip


REFUSED = {
    "nothing": ("", "no ssh command"),
    "another program": ("scp a vm:", "scp is not ssh"),
    "no host": ("ssh -N -p 22", "names no host"),
    "an unknown option": ("ssh -Z vm", "no option -Z"),
    "an option without its value": ("ssh vm -p", "-p of the ssh command says nothing"),
    "a quote without end": ("ssh 'vm", "never closed"),
    "a question to ssh": ("ssh -Q cipher vm", "-Q of ssh asks"),
    "standard input": ("ssh -W a:22 vm", "-W of ssh is one connection"),
    "a variable": ("ssh -i $KEY vm", "holds $KEY"),
    "a variable of PowerShell": ("ssh.exe -i $env:KEY vm", "holds $env:KEY"),
    "a variable of Windows": ("ssh.exe -i %KEY% vm", "holds %KEY%"),
    "a command of the shell": ("ssh $(hostname)", "holds $("),
    "no port": ("ssh -p ninety vm", "ninety is no port"),
    "an option nobody knows": ("ssh -o HostNmae=x vm", "there is no hostnmae"),
    "an option without value": ("ssh -o Port vm", "Port says nothing"),
    "a token that is none": ("ssh -o HostName=%x vm", "%x means nothing"),
    "no forward": ("ssh -L 8889 vm", "a listener and where it leads"),
    "a forward without brackets": ("ssh -L 1:::1:80:x:1 vm", "where it leads"),
    "no user before @": ("ssh @vm", "no user before @"),
    "control characters": ("ssh v\x1bm", "control characters"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_ssh_would_refuse_is_refused_with_a_hint(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        pasted("vm", text, environ={})
    assert why in caught.value.message
    assert caught.value.hint


@given(text=st.text(alphabet="ssh -NLoip=:[]/\\'\"$%;&\n\t@1x", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for line in (text, f"ssh {text} vm"):
        with suppress(UsageError):  # and nothing else
            pasted("vm", line, environ={})


@given(words=st.lists(st.text(alphabet="abc '\"-#=", min_size=1), min_size=1, max_size=5))
def test_what_a_shell_was_told_by_quotes_comes_out_as_it_went_in(words: list[str]) -> None:
    assert split_words(shlex.join(words)) == words
    assert parse_command(shlex.join(["ssh", "--", "vm", *words])).remote == " ".join(words)


def test_the_command_line_saves_it_and_says_what_it_made_of_it(desk: Desk) -> None:
    (desk.home / "key.pem").write_text("")
    line = ISSUE.replace(KEY, "key.pem") + " -A"
    ran = desk.nbtui("profile", "add", "myvm", "--from-command", line)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "nbtui: not kept: -A; nbtui does not do that",
        "nbtui: the notebook's tunnel: port 8889 here to port 8889 of the host",
    ]
    shown = desk.nbtui("profile", "show", "myvm", "--json").json
    assert (shown["host"], shown["user"]) == ("172.22.3.50", "cades")
    assert shown["identity_file"] == [str(desk.home / "key.pem")]
    assert shown["jupyter"]["local_port"] == 8889
    assert shown["forwards"] == []


def test_options_of_ours_stand_beside_the_command_and_not_against_it(desk: Desk) -> None:
    add = ("profile", "add", "myvm", "--from-command", "ssh -p 2222 ada@vm")
    assert desk.nbtui(*add, "--port", "22").status == 2
    assert desk.nbtui(*add[:3], "vm", *add[3:]).status == 2
    assert desk.nbtui(*add, "--directory", "~/work", "--group", "lab").status == 0
    shown = desk.nbtui("profile", "show", "myvm", "--json").json
    assert (shown["port"], shown["group"]) == (2222, "lab")
    assert shown["jupyter"]["directory"] == "~/work"
