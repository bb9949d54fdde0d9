"""The private keys of a folder, to choose from."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtui.keys.listing import private_keys


@pytest.fixture
def make_key(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, *options: str, secret: str = "") -> Path:
        file = tmp_path / name
        words = ["ssh-keygen", "-q", "-C", "", "-N", secret, "-f", str(file), *options]
        subprocess.run(words, check=True)
        return file

    return make


def kinds(folder: Path) -> dict[str, str]:
    return {Path(one.path).name: one.kind for one in private_keys(folder)}


def test_each_key_is_listed_with_its_kind_whatever_it_is_called(
    make_key: Callable[..., Path], tmp_path: Path
) -> None:
    make_key("work", "-t", "ed25519")
    make_key("old", "-t", "rsa", "-b", "2048", "-m", "PEM")
    make_key("curve", "-t", "ecdsa", "-b", "384", secret="x" * 8)
    assert kinds(tmp_path) == {
        "curve": "ECDSA 384, with a passphrase",
        "old": "RSA",
        "work": "Ed25519",
    }


def test_what_is_no_private_key_is_not_listed(
    make_key: Callable[..., Path], tmp_path: Path
) -> None:
    make_key("id", "-t", "ed25519").unlink()
    for name in ("config", "known_hosts", "empty"):
        (tmp_path / name).write_text("Host x\n" if name == "config" else "")
    (tmp_path / "folder").mkdir()
    assert kinds(tmp_path) == {}
    assert kinds(tmp_path / "nowhere") == {}


@pytest.mark.posix
def test_a_key_that_others_can_read_is_listed_with_what_mends_it(
    make_key: Callable[..., Path], tmp_path: Path
) -> None:
    make_key("open", "-t", "ed25519").chmod(0o644)
    assert "chmod 600" in kinds(tmp_path)["open"]
