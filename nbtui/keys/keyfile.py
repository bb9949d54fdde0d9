"""What a file that should hold a private key really holds, told from its bytes alone.

Surprise: OpenSSH's own format and PuTTY's keep the public key in the clear beside the encrypted private one, so a
host can be asked whether it would take the key before anybody is asked for a passphrase.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from nbtui.keys.ppk.text import BadPpk, is_ppk, parse
from nbtui.keys.wire import OPENSSH_MAGIC, Malformed, Reader

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s*(.*?)-----END \1-----", re.DOTALL)
_PUBLIC = re.compile(rb"(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA|---- BEGIN SSH2 PUBLIC KEY")


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateKey:
    """A private key that can be tried."""

    encrypted: bool
    public: bytes | None = None
    """The public half where the format shows it."""

    certificate: bytes | None = None
    """The one that stands in the same file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAKey:
    """A file that cannot be used as it is."""

    what: str
    """Goes on from "KEY …": "is a public key"."""

    hint: str
    """What to do; `KEY` stands for the path, to be quoted."""

    public: bytes | None = None
    """It is a public key: an agent may hold the private half."""


def inspect(data: bytes) -> PrivateKey | NotAKey:
    r"""Tell what a file is.

    >>> inspect(b"{\\rtf1 ...}").what
    'is a rich text (RTF) document, not a key'
    """
    if is_ppk(data):
        return _putty(data)
    return _document(data) or _other_key(data) or _private(data)


def public_key(line: bytes) -> bytes | None:
    """The blob of a one-line public key or certificate file; None when it is not one."""
    fields = line.split(None, 2)
    if len(fields) < 2:  # noqa: PLR2004  # type and key
        return None
    try:
        blob = base64.b64decode(fields[1], validate=True)
        return blob if Reader(blob).string() == fields[0] else None
    except (binascii.Error, Malformed):
        return None


def _document(data: bytes) -> NotAKey | None:
    """Files that an editor made of a key."""
    if not data.strip():
        return NotAKey(what="is empty", hint="copy the private key to KEY again")
    if data.startswith(b"{\\rtf"):
        return NotAKey(
            what="is a rich text (RTF) document, not a key",
            hint="save the key as plain text, for example: textutil -convert txt KEY",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return NotAKey(
            what="is in UTF-16, not plain text",
            hint="iconv -f UTF-16 -t ASCII KEY > KEY.new && mv KEY.new KEY && chmod 600 KEY",
        )
    if b"PRIVATE KEY-----\r\n" in data:
        return NotAKey(what="has Windows line endings (CRLF)", hint="sed -i 's/\\r$//' KEY")
    return None


def _other_key(data: bytes) -> NotAKey | None:
    """Key material, but not a private key that we read."""
    text = data.lstrip()
    if _PUBLIC.match(text) or text.startswith(
        (b"-----BEGIN PUBLIC", b"-----BEGIN RSA PUBLIC")
    ):
        return NotAKey(
            what="is a public key, not a private one",
            hint="name the file without .pub as identity_file",
            public=public_key(text.split(b"\n")[0]),
        )
    if text.startswith(b"-----BEGIN DSA"):
        return NotAKey(
            what="is a DSA key, which hosts no longer take", hint="ssh-keygen -t ed25519"
        )
    return None


def _private(data: bytes) -> PrivateKey | NotAKey:
    found = _PEM.search(data)
    if found is None or not found[1].endswith(b"PRIVATE KEY"):
        return NotAKey(
            what="is not a private key in any format that is read here",
            hint="ssh-keygen -l -f KEY says what it is",
        )
    if found[1] == b"OPENSSH PRIVATE KEY":
        return _openssh(found[2])
    return PrivateKey(
        encrypted=b"ENCRYPTED" in found[1] or b"Proc-Type: 4,ENCRYPTED" in found[2]
    )


def _putty(data: bytes) -> PrivateKey | NotAKey:
    try:
        ppk = parse(data)
    except BadPpk as exc:
        return NotAKey(what=exc.message, hint=exc.hint)
    return PrivateKey(encrypted=ppk.encrypted, public=ppk.key, certificate=ppk.certificate)


def _openssh(body: bytes) -> PrivateKey | NotAKey:
    """The clear part of OpenSSH's format. Source: PROTOCOL.key of OpenSSH."""
    try:
        reader = Reader(base64.b64decode(body))
        reader.take(len(OPENSSH_MAGIC))
        cipher = reader.text()
        reader.string()  # name of the key derivation
        reader.string()  # its options
        reader.number()  # number of keys, always 1
        return PrivateKey(encrypted=cipher != "none", public=reader.string())
    except (binascii.Error, Malformed):
        return NotAKey(
            what="is damaged: its key data ends too early", hint="copy KEY again"
        )
