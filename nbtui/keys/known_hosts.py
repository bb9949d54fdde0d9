r"""known_hosts files: reading, matching and adding lines; see `nbtui.keys.rewriting` for other changes.

Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. A line that cannot be read is skipped, as ssh does; so is a
key type that no longer counts (ssh-dss). Surprise: a name is hashed with its `[host]:port` form and always
in lower case, and `@revoked` lines match by the same patterns as all others.
"""

import base64
import hmac
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha1, sha256
from pathlib import Path
from typing import Literal

from nbtui.files import read_file
from nbtui.keys.wire import Malformed, key_type

SSH_PORT = 22
LIMIT = 64 << 20
"""Bytes of a file: half a million hosts."""
Marker = Literal["", "@cert-authority", "@revoked"]
KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
"""Those that a host may still prove itself with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownKey:
    """One line that could be read."""

    patterns: str
    """First field: hashed, or names and patterns separated by commas."""

    key_type: str
    blob: bytes = field(repr=False)
    marker: Marker = ""
    file: str = ""
    line: int = 0
    """Counted from 1."""

    @property
    def fingerprint(self) -> str:
        """See `fingerprint`."""
        return fingerprint(self.blob)

    def matches(self, name: str) -> bool:
        """This line is about `name` (see `lookup_name`); a negated pattern that matches says no."""
        if self.patterns.startswith("|1|"):
            return _hash_matches(self.patterns, name)
        patterns = self.patterns.lower().split(",")
        if any(_glob(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
            return False
        return any(_glob(name, pattern) for pattern in patterns)


def lookup_name(host: str, port: int, alias: str | None = None) -> str:
    """The name under which a host is looked up: the alias, else the host with a port that is not 22.

    >>> lookup_name("Example.org", 22), lookup_name("::1", 2222)
    ('example.org', '[::1]:2222')
    """
    if alias:
        return alias.lower()
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


def fingerprint(blob: bytes) -> str:
    """SHA256 of a public key as ssh shows it.

    >>> fingerprint(b"")
    'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    return "SHA256:" + base64.b64encode(sha256(blob).digest()).decode().rstrip("=")


def parse(text: str, *, file: str = "") -> Iterator[KnownKey]:
    r"""Yield the lines that can be read.

    >>> [key.line for key in parse("# a comment\nbroken\nh ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n")]
    [3]
    """
    for number, line in enumerate(text.split("\n"), start=1):
        known = _parse_line(line, file=file, number=number)
        if known is not None:
            yield known


def read(paths: Iterable[str]) -> tuple[KnownKey, ...]:
    """All keys of the files that there are; one that cannot be read holds none, as for ssh."""
    found: list[KnownKey] = []
    for path in paths:
        try:
            content = read_file(path, limit=LIMIT)
        except (OSError, ValueError):
            continue
        found.extend(parse(content.decode(errors="replace"), file=path))
    return tuple(found)


def line_for(name: str, blob: bytes, *, hashed: bool = False) -> str:
    """A line, without its newline, that makes a key known under a name; one that would mean more is hashed."""
    first = hashed_name(name) if hashed or not is_plain(name) else name
    return f"{first} {key_type(blob)} {base64.b64encode(blob).decode()}"


def is_plain(name: str) -> bool:
    """The name can stand in a line and means itself alone; an alias may be any text.

    >>> is_plain("[10.0.0.7]:2222"), is_plain("a,b"), is_plain("*"), is_plain("")
    (True, False, False, False)
    """
    return (
        bool(name)
        and name[0] not in "#@|!"
        and not re.search(r"[\s,*?\x00-\x20\x7f]", name)
    )


def hashed_name(name: str, salt: bytes | None = None) -> str:
    """The first field of a line whose name cannot be read from it."""
    salt = os.urandom(20) if salt is None else salt
    digest = hmac.digest(salt, name.encode(), sha1)
    return "|".join(["", "1", *(base64.b64encode(x).decode() for x in (salt, digest))])


def append(path: Path, line: str) -> None:
    """Add a line at the end; a new file is 0600, a new folder 0700. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "ab+") as file:
        file.write(_newline_missing(file.fileno()) + line.encode() + b"\n")


def _newline_missing(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"


def _parse_line(line: str, *, file: str, number: int) -> KnownKey | None:
    fields = line.split()
    marker: Marker = ""
    if fields and (fields[0] == "@cert-authority" or fields[0] == "@revoked"):
        marker = "@cert-authority" if fields[0] == "@cert-authority" else "@revoked"
        fields = fields[1:]
    if len(fields) < 3 or fields[0][0] in "#@" or fields[1] not in KEY_TYPES:  # noqa: PLR2004  # names, type, key
        return None
    blob = _decode(fields[2], fields[1])
    if blob is None:
        return None
    return KnownKey(
        patterns=fields[0],
        key_type=fields[1],
        blob=blob,
        marker=marker,
        file=file,
        line=number,
    )


def _decode(text: str, claimed: str) -> bytes | None:
    try:
        blob = base64.b64decode(text, validate=True)
        return blob if key_type(blob) == claimed else None
    except (ValueError, Malformed):  # no base64, or not even ASCII
        return None


def _glob(name: str, pattern: str) -> bool:
    """Only * and ? are special, so a bracket, as in [host]:port, stands for itself."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))


def _hash_matches(patterns: str, name: str) -> bool:
    try:
        _, _, salt, digest = patterns.split("|")
        made = hmac.digest(base64.b64decode(salt), name.encode(), sha1)
        return hmac.compare_digest(made, base64.b64decode(digest))
    except ValueError:  # no base64, or not even ASCII
        return False
