"""Host keys that PuTTY has cached come into known_hosts, and nothing there is replaced or contradicted."""

from pathlib import Path

import pytest

from lab.desk import Desk
from nbtui.errors import ConfigError
from nbtui.keys.known_hosts import fingerprint, line_for, read
from nbtui.keys.wire import string
from nbtui.profiles.importing.host_keys import AcceptedKey, KeyOutcome, take_over
from nbtui.profiles.putty.hostkeys import cached_keys
from nbtui.profiles.putty.source import RawHostKey

ED = string("ssh-ed25519") + string(bytes(range(32)))
OTHER = string("ssh-ed25519") + string(bytes(32))
RSA = string("ssh-rsa") + string(b"\1\0\1") + string(b"\1" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def take(file: Path, *keys: AcceptedKey, dry_run: bool = False) -> list[str]:
    outcomes = take_over(keys, file=file, others=(), dry_run=dry_run)
    return [one.action for one in outcomes]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dss@22:vm", "0x1,0x2,0x3,0x4"),
        ("rsa@22:vm", "0x10001,0xab"),
        ("ssh-ed448@22:vm", "0x1,0x2"),
        ("rsa2@22:vm", "0x10001"),
        ("rsa2@22:vm", "0x10001,zz"),
        ("rsa2@99999:vm", "0x10001,0xab"),
        ("rsa2@22:", "0x10001,0xab"),
        ("ssh-ed25519@22:vm", "0x1,0x" + "f" * 65),
        ("ecdsa-sha2-nistp256@22:vm", "nistp384,0x1,0x2"),
        ("ecdsa-sha2-nistp256@22:vm", "nistp256,0x1,0x" + "f" * 65),
        ("nonsense", ""),
    ],
)
def test_what_is_no_key_of_today_is_passed_over(name: str, value: str) -> None:
    assert list(cached_keys([RawHostKey(name, value)])) == []


def test_an_address_with_colons_is_a_host() -> None:
    [one] = cached_keys([RawHostKey("rsa2@2222:fe80::1", "0x10001,0xab")])
    assert one.name == "[fe80::1]:2222"


def test_new_keys_are_added_behind_the_lines_that_are_there(file: Path) -> None:
    before = f"# mine\n{line_for('vm', ED)} comment"
    file.write_text(before)
    assert (
        take(file, AcceptedKey("a", 22, ED), AcceptedKey("B", 2222, RSA)) == ["added"] * 2
    )
    added = f"\n{line_for('a', ED)}\n{line_for('[b]:2222', RSA)}\n"
    assert file.read_text() == before + added


def test_a_key_that_is_known_is_not_added_twice(file: Path) -> None:
    key = AcceptedKey("vm", 22, ED)
    assert take(file, key, key) == ["added"]
    before = file.read_bytes()
    assert take(file, key) == ["known"]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        line_for("vm", OTHER),
        line_for("vm", OTHER, hashed=True),
        f"*.org,v?,!x {line_for('vm', OTHER).partition(' ')[2]}",
        f"@revoked {line_for('vm', ED)}",
        f"@revoked * {line_for('vm', ED).partition(' ')[2]}",
    ],
)
def test_a_line_that_is_there_is_never_contradicted(file: Path, line: str) -> None:
    file.write_text(line + "\n")
    [one] = take_over([AcceptedKey("vm", 22, ED)], file=file, others=(), dry_run=False)
    assert (one.action, one.where) == ("contradicts", f"{file}:1")
    assert f"{file}:1" in str(one)
    assert file.read_text() == line + "\n"


def test_a_key_of_another_type_contradicts_nothing(file: Path) -> None:
    file.write_text(line_for("vm", ED) + "\n")
    assert take(file, AcceptedKey("vm", 22, RSA)) == ["added"]


def test_two_caches_that_disagree_bring_one_key(file: Path) -> None:
    keys = AcceptedKey("vm", 22, ED), AcceptedKey("vm", 22, OTHER)
    assert take(file, *keys) == ["added", "contradicts"]
    assert [one.blob for one in read([str(file)])] == [ED]


def test_a_line_of_the_systems_file_counts(file: Path, tmp_path: Path) -> None:
    system = tmp_path / "system"
    system.write_text(line_for("vm", OTHER) + "\n")
    keys = [AcceptedKey("vm", 22, ED)]
    [one] = take_over(keys, file=file, others=(str(system),), dry_run=False)
    assert (one.action, one.where) == ("contradicts", f"{system}:1")
    assert not file.exists()


def test_where_names_are_hidden_the_new_ones_are_hidden_too(file: Path) -> None:
    file.write_text(line_for("old", ED, hashed=True) + "\n")
    take(file, AcceptedKey("vm", 22, ED))
    assert "vm" not in file.read_text()
    assert take(file, AcceptedKey("vm", 22, ED)) == ["known"]


def test_a_dry_run_adds_nothing(file: Path) -> None:
    assert take(file, AcceptedKey("vm", 22, ED), dry_run=True) == ["added"]
    assert not file.exists()


def test_a_file_that_cannot_be_written_is_named() -> None:
    file = Path("/dev/null/known_hosts")
    with pytest.raises(ConfigError, match="known_hosts"):
        take(file, AcceptedKey("vm", 22, ED))


def test_the_line_for_people_has_name_type_and_fingerprint() -> None:
    text = str(KeyOutcome(AcceptedKey("vm", 2222, ED), "added", "f"))
    assert text == f"host key of [vm]:2222: ssh-ed25519 {fingerprint(ED)} is added: f"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(root=tmp_path)
    putty = made.home / ".putty"
    (putty / "sessions").mkdir(parents=True)
    (putty / "sessions" / "a").write_text("HostName=vm\n")
    (putty / "sessions" / "b").write_text("HostName=x\nPortNumber=2222\nLogHost=Alias\n")
    keys = ("rsa2@22:vm", "rsa2@22:Alias", "rsa2@2222:elsewhere")
    (putty / "sshhostkeys").write_text("".join(f"{key} 0x10001,0xab\n" for key in keys))
    return made


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), ["vm", "alias", "[elsewhere]:2222"]),
        (("a",), ["vm"]),
        (("b",), ["alias"]),
        (("--no-host-keys",), []),
    ],
)
def test_an_import_brings_the_keys_of_what_came_in_and_prints_them(
    desk: Desk, words: tuple[str, ...], names: list[str]
) -> None:
    ran = desk.nbtui("profile", "import", "putty", *words)
    assert ran.status == 0, ran.err
    file = desk.home / ".ssh" / "known_hosts"
    lines = file.read_text().splitlines() if file.exists() else []
    assert [line.split()[0] for line in lines] == names
    assert ran.err.count("host key of ") == len(names)
    again = desk.nbtui("profile", "import", "putty", *words, "--json").json
    assert [one["action"] for one in again["host_keys"]] == ["known"] * len(names)
