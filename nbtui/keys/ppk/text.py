"""The text of a .ppk file as fields; nothing is decrypted here, and nothing heavy is imported.

Source: the PuTTY manual, appendix C.2. Surprise: its lines have one order, so that one line too many is found by
the next one not being where it belongs. The public half stands in the clear, in an encrypted key too.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from nbtui.errors import NbtuiError
from nbtui.keys.certificate import SUFFIX, plain_key
from nbtui.keys.ppk.derivation import Argon2
from nbtui.keys.wire import Malformed, Reader
from nbtui.model.text import clean_line

MAGIC = b"PuTTY-User-Key-File-"
ENCRYPTIONS = ("none", "aes256-cbc")
_LIMIT = 64 << 10
"""Bytes; the largest RSA key that is of any use takes 13 KiB, and a certificate may be in it."""
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_FIRST = re.compile(rb"(\d{1,3}): ?([\x21-\x7e]+)")
_NUMBER = re.compile(rb"[0-9]{1,10}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_PUBLIC_FIELDS = {
    "ssh-rsa": 2,
    "ssh-ed25519": 1,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
}
"""Behind the type."""
_MAC_BYTES = {2: 20, 3: 32}
_NEW_KEY = "ssh-keygen -t ed25519"
_REFUSED = {
    "ssh-dss": "is a DSA key, which hosts no longer take",
    "ssh-ed448": "is an Ed448 key, which OpenSSH's hosts do not take",
}


class BadPpk(NbtuiError):
    """A .ppk that cannot be used as it is; the message goes on from "KEY …", and so stands KEY in the hint."""

    hint = "copy KEY again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ppk:
    """A .ppk file of version 2 or 3."""

    version: int
    algorithm: str
    """As the file says it; that of a certificate where one is built in."""

    encryption: str
    """One of ENCRYPTIONS."""

    comment: bytes
    """Any bytes but line ends."""

    public: bytes
    """As the file has it: a public key, or a certificate for one."""

    argon2: Argon2 | None
    """How the keys come from the passphrase; None: as in version 2, or there are none."""

    private: bytes = field(repr=False)
    """Encrypted, or not."""

    mac: bytes
    """Over all of the above, the private half decrypted."""

    @property
    def encrypted(self) -> bool:
        """It has a passphrase."""
        return self.encryption != "none"

    @property
    def key(self) -> bytes:
        """The public key, without its certificate."""
        return plain_key(self.public)

    @property
    def certificate(self) -> bytes | None:
        """The one that is built in."""
        return self.public if self.algorithm.endswith(SUFFIX) else None


def is_ppk(data: bytes) -> bool:
    """It says so in its first line."""
    return data.lstrip().startswith(MAGIC)


def parse(data: bytes) -> Ppk:
    r"""Read a .ppk.

    >>> parse(b"PuTTY-User-Key-File-1: ssh-rsa\r\n")
    Traceback (most recent call last):
    nbtui.keys.ppk.text.BadPpk: is a PuTTY key (.ppk) of version 1, which only test versions of PuTTY wrote

    Raises: BadPpk: it is none that is read here, is damaged, or asks for too much of this machine.
    """
    if len(data) > _LIMIT:
        raise BadPpk(f"is too large for a PuTTY key (.ppk): over {_LIMIT >> 10} KiB")
    lines = _Lines(data.lstrip().removeprefix(MAGIC))
    version, algorithm = lines.first()
    encryption = _encryption(lines.value("Encryption"))
    comment = lines.value("Comment")
    public = lines.block("Public-Lines")
    derived = version > 2 and encryption != "none"  # noqa: PLR2004  # of version 3 on
    argon2 = lines.argon2() if derived else None
    private = lines.block("Private-Lines")
    mac = lines.hexadecimal("Private-MAC")
    if len(mac) != _MAC_BYTES[version]:
        raise BadPpk(f"is a damaged PuTTY key (.ppk): its Private-MAC has {len(mac)} bytes")
    return Ppk(
        version=version, algorithm=algorithm, encryption=encryption, comment=comment, private=private,
        public=_checked(algorithm, public), argon2=argon2, mac=mac,
    )  # fmt: skip


class _Lines:
    """Takes lines from the front; each has its place."""

    def __init__(self, data: bytes) -> None:
        self._lines = _LINE_ENDS.split(data)
        self._at = 0

    def first(self) -> tuple[int, str]:
        """Version and algorithm."""
        found = _FIRST.fullmatch(self._next("the type of the key"))
        if found is None:
            raise BadPpk(
                "is a damaged PuTTY key (.ppk): its first line names no version and type of a key"
            )
        version, algorithm = int(found[1]), found[2].decode()
        _check_version(version)
        _check_algorithm(algorithm)
        return version, algorithm

    def value(self, header: str) -> bytes:
        """What stands behind a header, which must come next."""
        name, colon, value = self._next(header).partition(b":")
        if not colon or name != header.encode():
            raise BadPpk(
                f"is a damaged PuTTY key (.ppk): its line {self._at} is not {header}"
            )
        return value.removeprefix(b" ")

    def number(self, header: str) -> int:
        """A decimal number."""
        value = self.value(header)
        if not _NUMBER.fullmatch(value):
            raise self._odd(header, value)
        return int(value)

    def hexadecimal(self, header: str) -> bytes:
        """Bytes as hexadecimal digits."""
        value = self.value(header)
        if not _HEX.fullmatch(value):
            raise self._odd(header, value)
        return bytes.fromhex(value.decode())

    def block(self, header: str) -> bytes:
        """As many lines of Base64 as the header says."""
        count = self.number(header)
        lines = self._lines[self._at : self._at + count]
        if len(lines) < count:
            raise BadPpk(f"is a damaged PuTTY key (.ppk): it ends before its {header} do")
        self._at += count
        try:
            return base64.b64decode(b"".join(lines), validate=True)
        except binascii.Error as exc:
            raise BadPpk(
                f"is a damaged PuTTY key (.ppk): its {header} are no Base64"
            ) from exc

    def argon2(self) -> Argon2:
        """The lines of the key derivation."""
        found = Argon2(
            flavour=clean_line(self.value("Key-Derivation"), limit=30),
            memory=self.number("Argon2-Memory"),
            passes=self.number("Argon2-Passes"),
            lanes=self.number("Argon2-Parallelism"),
            salt=self.hexadecimal("Argon2-Salt"),
        )
        if wrong := found.refusal():
            again = "puttygen KEY --reencrypt -o KEY"
            raise BadPpk(f"is a PuTTY key (.ppk) that {wrong}", hint=again)
        return found

    def _next(self, what: str) -> bytes:
        if self._at == len(self._lines):
            raise BadPpk(
                f"is a damaged PuTTY key (.ppk): it ends where {what} should stand"
            )
        self._at += 1
        return self._lines[self._at - 1]

    def _odd(self, header: str, value: bytes) -> BadPpk:
        said = clean_line(value, limit=30)
        return BadPpk(
            f"is a damaged PuTTY key (.ppk): its line {self._at} gives {header} as {said!r}"
        )


def _check_version(version: int) -> None:
    if version == 1:
        old = "which only test versions of PuTTY wrote"
        hint = "puttygen KEY --reencrypt -o KEY"
        raise BadPpk(f"is a PuTTY key (.ppk) of version 1, {old}", hint=hint)
    if version not in _MAC_BYTES:
        raise BadPpk(
            f"is a PuTTY key (.ppk) of version {version}; 2 and 3 are read here",
            hint="puttygen KEY -O private-openssh-new -o KEY.openssh",
        )


def _check_algorithm(algorithm: str) -> None:
    plain = algorithm.removesuffix(SUFFIX)
    if plain in _REFUSED:
        raise BadPpk(_REFUSED[plain], hint=_NEW_KEY)
    if plain not in _PUBLIC_FIELDS:
        said = clean_line(algorithm, limit=60)
        raise BadPpk(f"is a PuTTY key (.ppk) of type {said}, not known here", hint=_NEW_KEY)


def _encryption(value: bytes) -> str:
    if value not in (one.encode() for one in ENCRYPTIONS):
        said = clean_line(value, limit=30)
        raise BadPpk(f"is a PuTTY key (.ppk) encrypted with {said}, not known here")
    return value.decode()


def _checked(algorithm: str, public: bytes) -> bytes:
    """The public half, which is of this type."""
    try:
        if Reader(public).text() == algorithm:
            key_fields(plain_key(public))
            return public
    except Malformed:
        pass
    raise BadPpk(
        f"is a damaged PuTTY key (.ppk): its public half is no key of type {algorithm}"
    )


def key_fields(key: bytes) -> tuple[bytes, ...]:
    """Of a public key, what stands behind its type. Raises Malformed."""
    reader = Reader(key)
    fields = tuple(reader.string() for _ in range(_PUBLIC_FIELDS[reader.text()]))
    if reader.at < len(key):
        raise Malformed("more than a key")
    return fields
