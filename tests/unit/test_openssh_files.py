"""Include, permissions, errors with their place, and the list of names."""

import os
import shutil
from pathlib import Path

import pytest

from lab.ssh_oracle import lab_world, ours, theirs
from nbtui.errors import ConfigError
from nbtui.model.target import Resolved
from nbtui.profiles.here import SshConfigFiles
from nbtui.profiles.openssh import hosts
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def resolved(config: Path, name: str = "gpu1") -> Resolved:
    return resolve(name, saved=Saved(), world=lab_world(config))


INCLUDES = {
    "at the top": ("Include {d}/a", {"a": "User ada"}),
    "in a block that applies": ("Host gpu1\n Include {d}/a\n Port 2222", {"a": "User ada"}),
    "in a block that does not": (
        "Host gpu2\n Include {d}/a\nPort 2222",
        {"a": "User ada\nHost gpu1\n User eve\nMatch all\n User eve"},
    ),
    "a block within ends with its file": (
        "Include {d}/a\nUser ada\nHost *\n Port 2222",
        {"a": "Host gpu2\n User eve"},
    ),
    "in the block of an included file": (
        "Host gpu1\n Include {d}/a\n User ada\n",
        {"a": "Host gpu2\n User eve\nHost gpu1\n Port 2222"},
    ),
    "several at once, in their order": (
        "Include {d}/b {d}/a",
        {"a": "User ada\nPort 2222", "b": "User bob"},
    ),
    "a pattern, in lexical order": (
        "Include {d}/c.d/*",
        {"c.d/10": "User ada", "c.d/9": "User eve", "c.d/.x": "Port 1"},
    ),
    "a pattern that hits a folder": ("Include {d}/*.d", {"c.d/10": "User eve"}),
    "what is not there": ("Include {d}/a {d}/x*\nUser ada", {}),
    "one in another": ("Include {d}/a", {"a": "Include {d}/b\nPort 2222", "b": "User ada"}),
    "Match final in an included file": (
        "Include {d}/a\nUser ada",
        {"a": "Match final\n Port 2222"},
    ),
    "Match final where the block does not apply": (
        "Host x.org\n User ada\nHost gpu1\n HostName x.org\nHost gpu2\n Include {d}/a",
        {"a": "Match final\n Port 2222"},
    ),
}


@pytest.mark.parametrize(("text", "others"), INCLUDES.values(), ids=INCLUDES.keys())
def test_include_leads_where_it_leads_ssh(
    text: str, others: dict[str, str], tmp_path: Path
) -> None:
    for name, content in others.items():
        write(tmp_path / name, content.replace("{d}", str(tmp_path)))
    config = write(tmp_path / "config", text.replace("{d}", str(tmp_path)))
    assert ours(config, "gpu1") == theirs(config, "gpu1")


def test_a_relative_include_is_taken_from_the_folder_of_the_users_file(
    tmp_path: Path,
) -> None:
    write(tmp_path / "conf.d" / "a", "User ada\nInclude b")
    write(tmp_path / "b", "Port 2222")
    target = resolved(write(tmp_path / "config", "Include conf.d/*")).target
    assert (target.user, target.port) == ("ada", 2222)


def test_include_knows_tokens_and_variables(tmp_path: Path) -> None:
    write(tmp_path / "gpu1-db1", "User ada")
    config = write(tmp_path / "config", "Include %n-${LAB_HOST}")
    assert resolved(config).target.user == "ada"


def test_an_include_with_a_variable_that_is_not_set_is_passed_over_and_told(
    tmp_path: Path,
) -> None:
    config = write(tmp_path / "config", "Include ${NOBODY_SET_THIS}/a\nUser ada")
    outcome = resolved(config)
    assert outcome.target.user == "ada"
    assert outcome.warnings == (f"{config}:1: the environment has no NOBODY_SET_THIS",)


def test_files_that_include_each_other_for_ever_are_refused(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "Include config")
    with pytest.raises(ConfigError, match="16 deep"):
        resolved(config)


def test_sixteen_files_deep_is_still_fine(tmp_path: Path) -> None:
    for depth in range(16):
        write(tmp_path / f"{depth}", f"Include {depth + 1}")
    write(tmp_path / "16", "User ada")
    assert resolved(tmp_path / "0").target.user == "ada"


def test_a_file_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "User eve", mode=0o646)
    with pytest.raises(ConfigError, match="others can write") as caught:
        resolved(config)
    assert caught.value.hint == f"chmod go-w {config}"


def test_an_included_file_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    write(tmp_path / "a", "User eve", mode=0o666)
    with pytest.raises(ConfigError, match="others can write"):
        resolved(write(tmp_path / "config", "Include a"))


@pytest.mark.root
def test_a_file_of_somebody_else_is_not_trusted(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "User eve")
    shutil.chown(config, 65534, 65534)
    with pytest.raises(ConfigError, match="belongs to somebody else"):
        resolved(config)


@pytest.mark.root
def test_a_file_that_a_group_of_several_can_write_is_not_trusted(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "User eve", mode=0o660)
    shutil.chown(config, 0, 1)
    with pytest.raises(ConfigError, match="others can write"):
        resolved(config)


def test_the_systems_file_comes_after_the_users(tmp_path: Path) -> None:
    write(tmp_path / "etc" / "more", "Port 2222")
    files = SshConfigFiles(
        user=write(tmp_path / "config", "Host gpu1\n User ada"),
        system=write(tmp_path / "etc" / "ssh_config", "User eve\nInclude more", mode=0o666),
    )
    world = lab_world(files.user)
    world = type(world)(here=world.here, config=files, run=world.run, lookup=world.lookup)
    target = resolve("gpu1", saved=Saved(), world=world).target
    assert (target.user, target.port) == ("ada", 2222)
    assert target.global_known_hosts[0] == str(tmp_path / "etc" / "ssh_known_hosts")


MISTAKES = {
    "a keyword without a value": ("User", "User says nothing"),
    "an empty value": ('User ""', "user says nothing"),
    "a quote without end": ('IdentityFile "/a', "a quote is never closed"),
    "two values": ("User ada eve", "user takes one value"),
    "no port": ("Port ninety", "ninety is no port"),
    "a port that is too high": ("Port 65536", "65536 is no port"),
    "neither yes nor no": (
        "IdentitiesOnly perhaps",
        "identitiesonly must be one of yes, true, no, false",
    ),
    "no duration": ("ConnectTimeout soon", "soon is no duration"),
    "a token that is none": ("IdentityFile %x", "%x means nothing here"),
    "a token that HostName does not know": ("HostName %p", "%p means nothing here"),
    "a percent sign alone": ("HostName a%", "% means nothing here"),
    "a variable that is not set": ("IdentityFile ${NOBODY_SET_THIS}", "no NOBODY_SET_THIS"),
    "a variable without end": ("IdentityFile ${HOME", "a closing }"),
    "Match without criteria": ("Match host", "Match host says nothing"),
    "Match all with others": ("Match all host x", "must stand alone"),
    "an unknown criterion": ("Match weather fine", "Match knows no weather"),
    "a network that is none": ("Match localnetwork 10.0.0.0/99", "10.0.0.0/99"),
    "a forward without target": ("LocalForward 8080", "a listener and where it leads"),
    "a forward without port": ("LocalForward 8080 db", "db is no port and no host:port"),
    "a forward of no port": ("DynamicForward 0", "0 is no port"),
    "a jump without host": ("ProxyJump ada@", "is no [user@]host[:port]"),
    "a jump with shell characters": ("ProxyJump a;b", "cannot be a host"),
    "a host with shell characters": ("HostName $(reboot)", "cannot be a host"),
    "a host that looks like an option": ("HostName -oProxyCommand=x", "cannot be a host"),
    "a user with shell characters": ("User ada;reboot", "cannot be a user"),
    "none beside others": ("UserKnownHostsFile none /a", "none must stand alone"),
}


@pytest.mark.parametrize(("line", "why"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_file_and_line(line: str, why: str, tmp_path: Path) -> None:
    config = write(tmp_path / "config", f"# first\nHost gpu1\n {line}\n")
    with pytest.raises(ConfigError) as caught:
        resolved(config)
    assert str(caught.value).startswith(f"{config}:3: ")
    assert why in str(caught.value)
    assert caught.value.hint


def test_a_misspelt_keyword_is_told_with_the_nearest_right_one(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "HostNmae x.org\nUser ada")
    outcome = resolved(config)
    assert outcome.target.user == "ada"
    assert outcome.warnings == (
        f"{config}:1: there is no hostnmae in ssh_config; did you mean hostname?",
    )


def test_what_nbtui_cannot_heed_is_told(tmp_path: Path) -> None:
    config = write(
        tmp_path / "config",
        "CanonicalizeHostname yes\nRevokedHostKeys /a\nLocalForward /run/a.sock db:1\nRemoteForward 1080\n"
        "BindAddress none\nForwardAgent yes\n",
    )
    told = [warning.removeprefix(f"{config}:") for warning in resolved(config).warnings]
    assert told == [
        "1: nbtui does not heed canonicalizehostname",
        "2: nbtui does not heed revokedhostkeys",
        "3: a forward of a Unix socket is not supported, so it is left out",
        "4: a SOCKS listener on the host is not supported, so it is left out",
    ]


def test_a_file_that_cannot_be_decoded_is_read_all_the_same(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes(b"# \xff\xfe\nIdentityFile /k\xe9y\nUser ada\n")
    outcome = resolved(config)
    assert outcome.target.user == "ada"
    assert os.fsencode(outcome.target.identity_files[0]) == b"/k\xe9y"


def test_the_list_of_names_runs_nothing_and_holds_no_patterns(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write(tmp_path / "more", "Host gpu3 gpu1\n User ada")
    config = write(
        tmp_path / "config",
        f"Host gpu1 gpu2 *.org !gpu9 g?\nMatch exec 'touch {ran}'\n Include more\nHost\nHost 'a b\nHost *\n",
    )
    system = write(tmp_path / "etc" / "ssh_config", "Host old1")
    assert hosts(SshConfigFiles(user=config, system=system)) == (
        "gpu1",
        "gpu2",
        "gpu3",
        "old1",
    )
    assert not ran.exists()


def test_the_list_of_names_is_empty_where_nothing_can_be_read(tmp_path: Path) -> None:
    config = write(tmp_path / "config", "Host eve", mode=0o666)
    loop = write(tmp_path / "etc" / "ssh_config", "Include ssh_config")
    assert hosts(SshConfigFiles(user=config, system=loop)) == ()
