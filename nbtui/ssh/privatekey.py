"""Opening private keys.

Surprise: paramiko's readers differ per type and know no PKCS#8; cryptography reads all of them and hands them on.
PuTTY's are opened by a reader of ours, in memory.
"""

import io
import warnings

import paramiko
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from nbtui.errors import KeyUnusable
from nbtui.keys.ppk.text import BadPpk, is_ppk, parse


class WrongPassphrase(Exception):
    """The passphrase does not open the key."""


class Unreadable(Exception):
    """The key cannot be used; carries the reason as text."""


def load(data: bytes, passphrase: str | None) -> paramiko.PKey:
    """Open a private key.

    Raises:
        WrongPassphrase: it is encrypted with another one.
        Unreadable: its type or cipher is not known, or the file was changed.
    """
    return _putty(data, passphrase) if is_ppk(data) else _openssh_or_pem(data, passphrase)


def _putty(data: bytes, passphrase: str | None) -> paramiko.PKey:
    from nbtui.keys.ppk.opening import (  # noqa: PLC0415  # Argon2 is for who has such a key
        WrongPassphrase as NotThisOne,
        opened,
    )

    try:
        return _to_paramiko(opened(parse(data), passphrase).key)
    except NotThisOne as exc:
        raise WrongPassphrase from exc
    except (BadPpk, KeyUnusable) as exc:
        raise Unreadable(exc.message) from exc


def _openssh_or_pem(data: bytes, passphrase: str | None) -> paramiko.PKey:
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
