"""known_hosts files; ssh-keygen is the oracle."""

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from nbtui.keys.known_hosts import (
    KnownKey,
    append,
    fingerprint,
    hashed_name,
    line_for,
    lookup_name,
    parse,
    read,
)
from nbtui.keys.wire import string

BLOB = string("ssh-ed25519") + string(bytes(32))
OTHER = string("ssh-ed25519") + string(b"\1" * 32)
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()}"


def known(line: str) -> KnownKey:
    (found,) = parse(line)
    return found


@pytest.mark.parametrize(
    ("patterns", "name", "matches"),
    [
        ("example.org", "example.org", True),
        ("Example.ORG", "example.org", True),
        ("a,b,c", "b", True),
        ("*.example.org", "host.example.org", True),
        ("*.example.org", "example.org", False),
        ("10.0.0.?", "10.0.0.7", True),
        ("*,!bad", "bad", False),
        ("!bad,*", "good", True),
        ("!bad", "good", False),
        ("[example.org]:2222", "[example.org]:2222", True),
        ("[example.org]:2222", "e:2222", False),
        ("example.org", "[example.org]:2222", False),
        ("[*.example.org]:*", "[a.example.org]:2222", True),
        ("[::1]:2222", "[::1]:2222", True),
    ],
)
def test_names_match_as_ssh_keygen_says(
    patterns: str,
    name: str,
    matches: bool,  # noqa: FBT001  # a row of the table
    tmp_path: Path,
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{patterns} {KEY}\n")
    oracle = subprocess.run(
        ["ssh-keygen", "-F", name, "-f", file], check=False, capture_output=True
    )
    assert (oracle.returncode == 0) == matches
    assert known(f"{patterns} {KEY}").matches(name) == matches


def test_ssh_keygen_finds_a_name_that_we_hashed(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    append(file, line_for("[example.org]:2222", BLOB, hashed=True))
    assert "example" not in file.read_text()
    subprocess.run(
        ["ssh-keygen", "-F", "[example.org]:2222", "-f", file],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def test_we_find_a_name_that_ssh_keygen_hashed(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"example.org,10.0.0.7 {KEY}\n")
    subprocess.run(
        ["ssh-keygen", "-q", "-H", "-f", file], check=True, stderr=subprocess.DEVNULL
    )
    found = read([str(file)])
    assert [key.matches("example.org") or key.matches("10.0.0.7") for key in found] == [
        True,
        True,
    ]
    assert not any(key.matches("example.com") for key in found)


@settings(max_examples=50)
@given(
    st.text(alphabet="abc.-:[]0123456789", min_size=1), st.binary(min_size=20, max_size=20)
)
def test_a_hashed_name_matches_itself_only(name: str, salt: bytes) -> None:
    line = known(f"{hashed_name(name, salt)} {KEY}")
    assert line.matches(name)
    assert not line.matches(name + "x")


def test_the_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(KEY + "\n")
    said = subprocess.run(
        ["ssh-keygen", "-l", "-f", file], check=True, capture_output=True, text=True
    )
    assert fingerprint(BLOB) in said.stdout


def test_broken_lines_comments_and_old_types_are_skipped() -> None:
    text = "\n".join(
        [
            "",
            "# a comment",
            "  # another",
            "host",
            "host ssh-ed25519",
            "host ssh-ed25519 %%%",
            "host ssh-ed25519 \ufffdAAAA",
            "host ssh-dss AAAAB3NzaC1kc3M=",
            f"host ssh-rsa {KEY.split()[1]}",
            "@strange host " + KEY,
            f"host {KEY} and a comment",
            "\0\1\2",
            "host ssh-ed25519 AAAA",
            f"  late {KEY}",
        ]
    )
    assert [(key.patterns, key.line) for key in parse(text)] == [("host", 11), ("late", 14)]


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    list(parse(text))


def test_markers_are_told() -> None:
    text = f"@cert-authority *.org {KEY}\n@revoked * {KEY}\nh {KEY}"
    assert [key.marker for key in parse(text)] == ["@cert-authority", "@revoked", ""]


@pytest.mark.parametrize(
    ("host", "port", "alias", "name"),
    [
        ("Example.org", 22, None, "example.org"),
        ("example.org", 2222, None, "[example.org]:2222"),
        ("::1", 22, None, "::1"),
        ("10.0.0.7", 2222, "MyVM", "myvm"),
    ],
)
def test_the_name_to_look_up(host: str, port: int, alias: str | None, name: str) -> None:
    assert lookup_name(host, port, alias) == name


def test_files_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    assert read([str(tmp_path / "none"), str(tmp_path), "\0"]) == ()


def test_a_new_file_and_its_folder_are_private(tmp_path: Path) -> None:
    file = tmp_path / ".ssh" / "known_hosts"
    append(file, line_for("h", BLOB))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_missing_final_newline_is_made_good(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"first {KEY}")
    append(file, line_for("second", BLOB))
    assert [key.patterns for key in read([str(file)])] == ["first", "second"]


@pytest.mark.parametrize(
    "alias", ["a b", "a,b", "*", "#x", "|1|x", "@revoked", "!x", "x\ny"]
)
def test_a_name_that_would_mean_more_than_itself_is_hashed(alias: str) -> None:
    (line,) = parse(line_for(alias, BLOB))
    assert line.matches(alias)
    assert not line.matches("other")
    assert not line.marker
