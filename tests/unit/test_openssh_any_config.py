"""Configurations that nobody thought of: the same to us as to ssh, and never a crash."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from lab.ssh_oracle import facts, lab_world, ours, theirs
from nbtui.errors import ConfigError
from nbtui.profiles.importing.candidates import Candidate
from nbtui.profiles.openssh.blocks import Blocks
from nbtui.profiles.openssh.lines import parse_lines, split_arguments
from nbtui.profiles.openssh.patterns import match_pattern
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.profiles.ssh_hosts import SshHosts

NAMES = ("gpu1", "gpu2", "db.example.org", "GPU1", "10.0.0.7")
PATTERNS = st.sampled_from((*NAMES, "gpu?", "*", "*.org", "!gpu1", "!*.org", "g*1", "10.*"))
WORDS = st.sampled_from(("ada", "eve", "a b", "x#y", "q'q", 'd"d', "b\\c"))


def quoted(word: str) -> st.SearchStrategy[str]:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    ways = [f'"{escaped}"']
    if not set(word) & set(" '\"\\"):
        ways += [word, f"'{word}'"]
    return st.sampled_from(ways)


SETTINGS = st.one_of(
    st.sampled_from(
        (
            "HostName %h.example.org",
            "HostName db.Example.org",
            "User ada",
            "User eve",
            "Port 2201",
            "Port = 2202",
            "ProxyJump none",
            "ProxyJump gw1,ada@gw2:2200",
            "ProxyCommand nc %h %p",
            "ProxyCommand none",
            "HostKeyAlias Vault",
            "IdentitiesOnly=yes",
            "IdentityFile none",
            "IdentityFile ~/%h/%r",
            "UserKnownHostsFile /k/%h/%n/%p/%r/%k",
            "LocalForward 8080 db:80",
            "LocalForward 8889 localhost:8889",
            "LocalForward=127.0.0.1:8889 [2001:db8::1]:8889",
            "RemoteForward [::1]:81 localhost:80",
            "AddressFamily inet6",
            "CertificateFile ~/%n-cert.pub",
            "IdentityAgent none",
            "PreferredAuthentications publickey,password",
            "ServerAliveInterval 30",
            "Include more",
            "DynamicForward [::1]:1080",
            "ConnectTimeout none",
            "ConnectTimeout 2m",
            "StrictHostKeyChecking off",
        )
    ),
    WORDS.flatmap(quoted).map(lambda word: f"IdentityFile /{word}"),
)
CRITERIA = st.one_of(
    st.sampled_from(
        (
            "final",
            "canonical",
            "exec true",
            "exec false",
            '!exec "test %p = 2201"',
            "localuser *",
            "localuser nobody-*",
        )
    ),
    st.builds("{}host {}".format, st.sampled_from(("", "!", "original")), PATTERNS),
    st.sampled_from(("user ada", "!user ada", "user a*,!eve")),
)
HEADERS = st.one_of(
    st.lists(PATTERNS, min_size=1, max_size=3).map(lambda words: "Host " + " ".join(words)),
    st.lists(CRITERIA, min_size=1, max_size=2).map(
        lambda words: "Match " + " ".join(words)
    ),
    st.sampled_from(("Match all", "Match final all")),
)
BLOCKS = st.builds(
    lambda head, body: "\n ".join([head, *body]), HEADERS, st.lists(SETTINGS, max_size=4)
)
# The hops stand first and end their block, so that no ProxyJump of Host * leads from a hop to itself.
CONFIGS = st.lists(BLOCKS, min_size=1, max_size=5).map(
    lambda blocks: "\n".join(["Host gw1 gw2", " ProxyCommand none", *blocks])
)


@pytest.fixture(scope="module")
def config() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "config")


@settings(max_examples=60, deadline=None)
@given(text=CONFIGS, more=CONFIGS, name=st.sampled_from((*NAMES, "ada@gpu1")))
def test_any_config_says_to_us_what_it_says_to_ssh(
    config: Path, text: str, more: str, name: str
) -> None:
    """ssh takes relative names from ~/.ssh when it is told another file, so ours here is absolute."""
    other = config.with_name("more")
    other.write_text(more.replace("Include more", "User bob"))
    config.write_text(text.replace("Include more", f"Include {other}"))
    assert ours(config, name) == theirs(config, name)


@settings(max_examples=60, deadline=None)
@given(text=CONFIGS, more=CONFIGS)
def test_a_host_of_any_config_means_the_same_once_it_is_imported(
    config: Path, text: str, more: str
) -> None:
    config.with_name("more").write_text(more.replace("Include more", "User bob"))
    config.write_text(text)
    world = lab_world(config)
    ssh_hosts = SshHosts(blocks=Blocks(world.config), heeded=True, environ={})
    brought = [
        one
        for one in ssh_hosts.candidates(ssh_hosts.blocks.names())
        if isinstance(one, Candidate)
    ]
    saved = Saved(profiles=tuple(one.profile for one in brought))
    for one in brought:
        was = facts(resolve(one.name, saved=Saved(), world=world))
        assert facts(resolve(one.name, saved=saved, world=world)) == was


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(alphabet="HostUserMatchIncludeallPort=\"'\\ \t\n#%h${}*!,2", max_size=80)
)
@example(
    text="2=" + "\\" * 3
)  # a possessive repeat made the re of Python 3.11.7 fail on it
def test_any_text_is_read_or_refused(config: Path, text: str) -> None:
    config.write_text(text, newline="")
    with suppress(ConfigError):  # and nothing else
        resolve("gpu1", saved=Saved(), world=lab_world(config))


@given(words=st.lists(st.text(alphabet="ab '\"\\#=", min_size=1), max_size=4))
def test_words_in_double_quotes_come_out_as_they_went_in(words: list[str]) -> None:
    text = " ".join(
        '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words
    )
    assert split_arguments(text) == tuple(words)


@given(text=st.text(max_size=200))
def test_the_lines_of_any_text_keep_their_numbers(text: str) -> None:
    try:
        lines = list(parse_lines(text, file="f"))
    except ConfigError:
        return
    for line in lines:
        assert line.number
        assert line.keyword in text.split("\n")[line.number - 1].lower()


@given(text=st.text(max_size=20))
def test_a_star_fits_everything_and_a_text_fits_itself(text: str) -> None:
    assert match_pattern(text, "*")
    assert match_pattern(text, text.replace("*", "?"))
