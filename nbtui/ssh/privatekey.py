"""Private keys from files: what may be wrong with one, and reading it.

Surprise: paramiko's readers differ per type and know no PKCS#8; cryptography reads all of them and hands them on.
"""

import io
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import paramiko
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from nbtui.files import read_file
from nbtui.keys.keyfile import NotAKey, PrivateKey, inspect, public_key
from nbtui.quoting import quote

_LIMIT = 1 << 20
"""Bytes; no key is larger, and a mistyped path may name a disk image."""
_OTHERS = 0o077


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Why one way in was not taken."""

    text: str
    """Names what it is about."""

    hint: str = ""
    """One imperative line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFile:
    """A private key on disk, not opened yet."""

    path: str
    data: bytes
    encrypted: bool
    public: bytes | None
    """Public half, where it can be known without the passphrase."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicOnly:
    """The public half of a key that an agent may hold."""

    path: str
    public: bytes
    note: Note
    """What to say when no agent holds it."""


class WrongPassphrase(Exception):
    """The passphrase does not open the key."""


class Unreadable(Exception):
    """The key cannot be used; carries the reason as text."""


def look_at(path: str) -> KeyFile | PublicOnly | Note | None:
    """What stands under a path; None: nothing at all."""
    file, modes = Path(path), list[os.stat_result]()
    try:
        if not file.exists():
            return None
        data = read_file(file, limit=_LIMIT, check=modes.append)
    except OSError as exc:
        return Note(
            text=f"{path} cannot be read: {exc.strerror}", hint=f"ls -l {quote(path)}"
        )
    what = inspect(data)
    if isinstance(what, NotAKey):
        return _not_a_key(path, what)
    return _too_open(path, modes[0]) or _key_file(path, data, what)


def load(data: bytes, passphrase: str | None) -> paramiko.PKey:
    """Open a private key.

    Raises:
        WrongPassphrase: it is encrypted with another one.
        Unreadable: its type or cipher is not known.
    """
    openssh = b"BEGIN OPENSSH" in data
    read = (
        serialization.load_ssh_private_key
        if openssh
        else serialization.load_pem_private_key
    )
    secret = None if passphrase is None else passphrase.encode()
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # old ciphers of old keys are the user's
            key = read(data, secret)
        return _to_paramiko(key)
    except UnsupportedAlgorithm as exc:
        raise Unreadable(str(exc)) from exc
    except (ValueError, TypeError, InvalidTag, paramiko.SSHException) as exc:
        if passphrase is not None:
            raise WrongPassphrase from exc
        raise Unreadable(str(exc)) from exc


def certificate_beside(path: str) -> bytes | None:
    """The certificate in `path`-cert.pub; None when there is none."""
    return read_public(f"{path}-cert.pub")


def read_public(path: str) -> bytes | None:
    """The public key or certificate of a one-line file; None when there is none."""
    try:
        return public_key(read_file(path, limit=_LIMIT))
    except OSError:
        return None


def _to_paramiko(key: object) -> paramiko.PKey:
    kinds: list[tuple[type, type[paramiko.PKey]]] = [
        (RSAPrivateKey, paramiko.RSAKey),
        (Ed25519PrivateKey, paramiko.Ed25519Key),
        (EllipticCurvePrivateKey, paramiko.ECDSAKey),
    ]
    for kind, ours in kinds:
        if isinstance(key, kind):
            text = key.private_bytes(  # type: ignore[attr-defined]  # each of the three has it
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            ).decode()
            return ours.from_private_key(io.StringIO(text))
    raise Unreadable(f"a key of type {type(key).__name__} is not known here")


def _not_a_key(path: str, what: NotAKey) -> Note | PublicOnly:
    note = Note(text=f"{path} {what.what}", hint=what.hint.replace("KEY", quote(path)))
    if what.public is None:
        return note
    return PublicOnly(path=path, public=what.public, note=note)


def _too_open(path: str, found: os.stat_result) -> Note | None:
    """As ssh: a private key of ours that others can read is not used."""
    if sys.platform == "win32":
        return None
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on Windows
        if found.st_uid != os.getuid() or not found.st_mode & _OTHERS:
            return None
        mode = f"{found.st_mode & 0o777:04o}"
        return Note(
            text=f"{path} can be read by others (mode {mode}) and is not used",
            hint=f"chmod 600 {quote(path)}",
        )


def _key_file(path: str, data: bytes, what: PrivateKey) -> KeyFile:
    return KeyFile(
        path=path,
        data=data,
        encrypted=what.encrypted,
        public=what.public or read_public(f"{path}.pub"),
    )
