"""`nbtui key convert`: an OpenSSH key of a PuTTY one, for its owner alone, and never over another file."""

import stat
import subprocess
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.putty import PHRASE, Putty


@pytest.fixture(scope="session")
def putty(tmp_path_factory: pytest.TempPathFactory) -> Putty:
    return Putty(folder=tmp_path_factory.mktemp("putty"))


@pytest.fixture
def plain(desk: Desk, putty: Putty) -> Path:
    """A key without a passphrase."""
    return brought(desk, putty.ppk("ed25519", comment="of the lab"))


@pytest.fixture
def locked(desk: Desk, putty: Putty) -> Path:
    """One with a passphrase."""
    return brought(desk, putty.ppk("ecdsa-256", form="v3 Argon2id", secret=PHRASE))


def brought(desk: Desk, ppk: Path) -> Path:
    """A key as the only thing in a folder of its own."""
    file = desk.home / "keys" / "lab.ppk"
    file.parent.mkdir(mode=0o700)
    file.write_bytes(ppk.read_bytes())
    file.chmod(0o600)
    return file


def public(key: Path, passphrase: str = "") -> str:
    """What ssh-keygen makes of a private key, comment included."""
    read = ["ssh-keygen", "-y", "-P", passphrase, "-f", str(key)]
    return subprocess.run(read, check=True, capture_output=True, text=True).stdout


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_key_is_written_beside_the_old_one_and_its_path_is_said(
    desk: Desk, plain: Path, putty: Putty
) -> None:
    ran = desk.nbtui("key", "convert", str(plain))
    out = plain.with_suffix("")
    assert (ran.status, ran.out, ran.err) == (0, f"{out}\n", "")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    key = putty.plain("ed25519").with_suffix(".pub").read_text().split()[:2]
    assert public(out).split(maxsplit=2) == [*key, "of the lab\n"]
    assert names(plain.parent) == ["lab", "lab.ppk"]


def test_a_passphrase_is_asked_in_the_terminal_and_kept(desk: Desk, locked: Path) -> None:
    out = desk.home / "new"
    with desk.terminal("key", "convert", str(locked), "--to", str(out)) as terminal:
        terminal.wait_for(b"Passphrase of the key ")
        terminal.type(b"wrong\r")
        terminal.wait_for(b"that was not it")
        terminal.type(PHRASE.encode() + b"\r")
        terminal.wait_for(f"{out}\r\n".encode())
        assert terminal.end() == 0
    assert PHRASE.encode() not in terminal.shown
    assert public(out, PHRASE).startswith("ecdsa-sha2-nistp256 ")
    assert names(locked.parent) == ["lab.ppk"]


def test_without_a_terminal_nobody_gives_the_passphrase(desk: Desk, locked: Path) -> None:
    ran = desk.nbtui("key", "convert", str(locked))
    assert (ran.status, ran.out) == (4, "")
    assert "is encrypted, and nobody was there" in ran.err
    assert names(locked.parent) == ["lab.ppk"]


def test_three_wrong_passphrases_are_enough(desk: Desk, locked: Path) -> None:
    with desk.terminal("key", "convert", str(locked)) as terminal:
        for count in range(3):
            terminal.wait_for(b"Passphrase of", times=count + 1)
            terminal.type(b"wrong\r")
        assert terminal.end() == 4
    assert b"none of the passphrases opens it, or the file was changed" in terminal.shown
    assert names(locked.parent) == ["lab.ppk"]


def test_ctrl_c_at_the_question_leaves_nothing(desk: Desk, locked: Path) -> None:
    with desk.terminal("key", "convert", str(locked)) as terminal:
        terminal.wait_for(b"Passphrase of")
        terminal.type(b"\x03")
        assert terminal.end() == 130
    assert names(locked.parent) == ["lab.ppk"]


def test_what_is_there_is_replaced_only_when_told_and_then_is_private(
    desk: Desk, plain: Path
) -> None:
    out = plain.with_suffix("")
    out.write_text("precious")
    out.chmod(0o644)
    ran = desk.nbtui("key", "convert", str(plain))
    assert ran.status == 9
    assert "is there" in ran.err
    assert "--force" in ran.err
    assert out.read_text() == "precious"
    assert desk.nbtui("key", "convert", str(plain), "--force").status == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert public(out)
    assert names(plain.parent) == ["lab", "lab.ppk"]


def test_a_link_is_something_that_is_there(desk: Desk, plain: Path) -> None:
    plain.with_suffix("").symlink_to(desk.home / "elsewhere")
    assert desk.nbtui("key", "convert", str(plain)).status == 9
    assert desk.nbtui("key", "convert", str(plain), "--force").status == 0
    assert public(desk.home / "elsewhere")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--to", "/dev/null", "--force"), 2, "/dev/null is no file"),
        (("--to", "."), 2, ". is no file"),
        (("--to", "nowhere/key"), 2, "there is no folder nowhere"),
        (("--to", "x" * 300), 1, "File name too long"),
        (("--to", "/proc/key"), 1, "cannot write /proc/key"),
    ],
    ids=["device", "folder", "nowhere", "long", "proc"],
)
def test_where_nothing_can_be_written_is_said(
    desk: Desk, plain: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    ran = desk.nbtui("key", "convert", str(plain), *words)
    assert (ran.status, ran.out) == (status, "")
    assert says in ran.err
    assert "try: " in ran.err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"PuTTY-User-Key-File-3", b"PuTTY-User-Key-File-1", "of version 1"),
        (b"ssh-ed25519\n", b"ssh-ed448\n", "is an Ed448 key"),
        (b"of the lab", b"of the law", "changed or damaged since it was written"),
        (b"Private-Lines", b"private-lines", "is not Private-Lines"),
    ],
)
def test_a_key_that_cannot_be_used_is_said_and_not_written(
    desk: Desk, plain: Path, old: bytes, new: bytes, says: str
) -> None:
    plain.write_bytes(plain.read_bytes().replace(old, new))
    ran = desk.nbtui("key", "convert", str(plain))
    assert (ran.status, ran.out) == (1, "")
    assert str(plain) in ran.err
    assert says in ran.err
    assert names(plain.parent) == ["lab.ppk"]


def test_what_is_no_putty_key_is_left_alone(desk: Desk, putty: Putty) -> None:
    key = str(putty.plain("ed25519"))
    assert "is no PuTTY key" in desk.nbtui("key", "convert", key).err
    assert "is a public key" in desk.nbtui("key", "convert", f"{key}.pub").err
    assert "does not exist" in desk.nbtui("key", "convert", "no such key").err
