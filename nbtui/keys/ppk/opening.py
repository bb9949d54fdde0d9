"""Opening a .ppk: passphrase, MAC, and the private half as OpenSSH orders it.

Source: the PuTTY manual, appendix C.2 to C.5. Import it only where a key is really opened: it brings cryptography
and Argon2. Surprise: the MAC of an encrypted key is keyed by the passphrase, so that a wrong passphrase and a changed
file look alike to it, and PuTTY says "wrong passphrase" to both. But only the right passphrase decrypts to something
with the shape of a private key.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)
from cryptography.hazmat.primitives.serialization.ssh import SSHPrivateKeyTypes

from nbtui.errors import KeyLocked, KeyUnusable
from nbtui.keys.openssh_private import container
from nbtui.keys.ppk.derivation import Argon2
from nbtui.keys.ppk.text import Ppk, key_fields
from nbtui.keys.wire import Malformed, Reader, key_type, string

_BLOCK = 16
_ED25519 = 32
"""Bytes."""
_CHANGED = "the file was changed or damaged since it was written: its MAC does not fit"
_ODD = "its private half is none of its public half"


class WrongPassphrase(KeyLocked):
    """The passphrase does not open the key; or the file was changed, which cannot be told from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A private key in memory."""

    key: SSHPrivateKeyTypes = field(repr=False)
    public: bytes
    section: bytes = field(repr=False)
    """Its fields, type first, as a private section of OpenSSH's format has them."""


class _Keys(NamedTuple):
    cipher: bytes
    start: bytes
    mac: bytes


def opened(ppk: Ppk, passphrase: str | None) -> Opened:
    """Decrypt, and verify the MAC and that the halves belong together.

    Raises:
        WrongPassphrase: or the file was changed so that nobody could tell.
        KeyUnusable: the file was changed, or this machine cannot open it; the message is a clause.
    """
    private = _private(ppk, passphrase or "")
    section = _section(ppk.key, private)
    plain = container(public=ppk.key, section=section, comment=b"", passphrase="")
    try:
        key = load_ssh_private_key(plain, None)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise KeyUnusable(_ODD) from exc
    if _public_of(key) != ppk.key:
        raise KeyUnusable(_ODD)
    return Opened(key=key, public=ppk.key, section=section)


def _public_of(key: SSHPrivateKeyTypes) -> bytes:
    """Its public half, worked out: cryptography takes the one in the file at its word."""
    if isinstance(key, EllipticCurvePrivateKey):
        key = derive_private_key(key.private_numbers().private_value, key.curve)
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return base64.b64decode(line.split()[1])


def as_openssh(ppk: Ppk, passphrase: str | None) -> bytes:
    """The key in OpenSSH's format, with its comment and its passphrase. Raises as `opened`."""
    one = opened(ppk, passphrase)
    kept = (passphrase or "") if ppk.encrypted else ""
    return container(
        public=one.public, section=one.section, comment=ppk.comment, passphrase=kept
    )


def _private(ppk: Ppk, passphrase: str) -> tuple[bytes, ...]:
    """The fields of the private half. Raises as `opened`."""
    changed = False
    for secret in _encodings(passphrase):
        keys = _keys(ppk, secret)
        blob = _decrypted(ppk, keys)
        fields = _private_fields(ppk.key, blob)
        if not hmac.compare_digest(_mac(ppk, keys, blob), ppk.mac):
            changed |= fields is not None
        elif fields is None:
            raise KeyUnusable(_ODD)
        else:
            return fields
    if not ppk.encrypted:
        raise KeyUnusable(_CHANGED)
    if changed:
        raise KeyUnusable(f"the passphrase is right, but {_CHANGED}")
    raise WrongPassphrase("the passphrase does not open it, or the file was changed")


def _encodings(passphrase: str) -> Iterator[bytes]:
    r"""What PuTTY may have made of it: UTF-8, or on Windows before 0.82 its code page.

    >>> list(_encodings("é"))
    [b'\xc3\xa9', b'\xe9']
    """
    said = passphrase.encode(errors="surrogatepass")
    yield said
    in_windows = passphrase.encode("cp1252", errors="ignore")
    if len(in_windows) == len(passphrase) and in_windows != said:
        yield in_windows


def _keys(ppk: Ppk, passphrase: bytes) -> _Keys:
    if ppk.argon2 is not None:
        made = _argon2(ppk.argon2, passphrase)
        return _Keys(cipher=made[:32], start=made[32:48], mac=made[48:])
    if ppk.version == 2:  # noqa: PLR2004  # the old way
        cipher = b"".join(_sha1(bytes([0, 0, 0, n]) + passphrase) for n in range(2))
        mac = _sha1(b"putty-private-key-file-mac-key" + passphrase * ppk.encrypted)
        return _Keys(cipher=cipher[:32], start=bytes(_BLOCK), mac=mac)
    return _Keys(cipher=b"", start=b"", mac=b"")


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _argon2(wanted: Argon2, passphrase: bytes) -> bytes:
    flavours = {"Argon2id": Type.ID, "Argon2i": Type.I, "Argon2d": Type.D}
    try:
        return hash_secret_raw(
            passphrase,
            wanted.salt,
            time_cost=wanted.passes,
            memory_cost=wanted.memory,
            parallelism=wanted.lanes,
            hash_len=80,
            type=flavours[wanted.flavour],
        )
    except HashingError as exc:
        said = f"Argon2 with {wanted.memory} KiB of memory failed: {exc}"
        raise KeyUnusable(said) from exc


def _decrypted(ppk: Ppk, keys: _Keys) -> bytes:
    if not ppk.encrypted:
        return ppk.private
    if not ppk.private or len(ppk.private) % _BLOCK:
        raise KeyUnusable("its private half is no whole number of cipher blocks")
    decryptor = Cipher(AES256(keys.cipher), CBC(keys.start)).decryptor()
    return decryptor.update(ppk.private) + decryptor.finalize()


def _mac(ppk: Ppk, keys: _Keys, blob: bytes) -> bytes:
    covered = (ppk.algorithm, ppk.encryption, ppk.comment, ppk.public, blob)
    digest = "sha1" if ppk.version == 2 else "sha256"  # noqa: PLR2004  # the old way
    return hmac.digest(keys.mac, b"".join(string(one) for one in covered), digest)


def _private_fields(public: bytes, blob: bytes) -> tuple[bytes, ...] | None:
    """Those of a private half; None: it has not the shape of one, up to the padding of the last block."""
    reader = Reader(blob)
    count = 4 if key_type(public) == "ssh-rsa" else 1
    try:
        fields = tuple(reader.string() for _ in range(count))
    except Malformed:
        return None
    return fields if len(blob) - reader.at < _BLOCK else None


def _section(public: bytes, private: tuple[bytes, ...]) -> bytes:
    return b"".join(string(one) for one in _as_openssh(public, private))


def _as_openssh(public: bytes, private: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same numbers in the order of OpenSSH. Source: PROTOCOL.key of OpenSSH."""
    match key_type(public), key_fields(public), private:
        case "ssh-rsa", (exponent, modulus), (d, p, q, inverse):
            return (b"ssh-rsa", modulus, exponent, d, inverse, p, q)
        case "ssh-ed25519", (point,), (seed,):
            return (b"ssh-ed25519", point, _seed(seed) + point)
        case kind, (curve, point), (exponent,):
            return (kind.encode(), curve, point, exponent)
        case _:
            raise KeyUnusable(_ODD)


def _seed(number: bytes) -> bytes:
    """PuTTY writes it as a number, lowest byte first, without the zeros at its end."""
    seed = number.rstrip(b"\0").ljust(_ED25519, b"\0")
    if len(seed) != _ED25519:
        raise KeyUnusable(_ODD)
    return seed
