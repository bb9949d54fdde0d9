"""The private keys in a folder, to choose from: told from their bytes, whatever they are called."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nbtui.keys.ondisk import KeyFile, Note, look_at
from nbtui.keys.wire import Malformed, Reader

_MOST = 500
"""Files that are looked at."""

_NAMES = {
    "ssh-ed25519": "Ed25519",
    "ssh-rsa": "RSA",
    "sk-ssh-ed25519@openssh.com": "Ed25519, with a security key",
    "sk-ecdsa-sha2-nistp256@openssh.com": "ECDSA 256, with a security key",
}


class Listed(NamedTuple):
    """One private key."""

    path: str
    kind: str
    """Such as `Ed25519, with a passphrase`, for people."""


def private_keys(folder: Path) -> Iterator[Listed]:
    """Those of the folder, by name; a folder that is not there has none."""
    try:
        files = sorted(one for one in folder.iterdir() if one.is_file())[:_MOST]
    except OSError:
        return
    for file in files:
        match look_at(str(file)):
            case KeyFile() as key:
                yield Listed(str(file), ", ".join(_facts(key)))
            case Note(too_open=path) if path:
                yield Listed(path, "others can read it, so it is not used: chmod 600")
            case _:
                pass


def _facts(key: KeyFile) -> Iterator[str]:
    yield _kind(key.public)
    if key.encrypted:
        yield "with a passphrase"


def _kind(public: bytes | None) -> str:
    """What sort of key a public half belongs to."""
    if public is None:
        return "private key"
    try:
        name = Reader(public).text()
    except Malformed:
        return "private key"
    if name.startswith("ecdsa-sha2-nistp"):
        return f"ECDSA {name.removeprefix('ecdsa-sha2-nistp')}"
    return _NAMES.get(name, name)
