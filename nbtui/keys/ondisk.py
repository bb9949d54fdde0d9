"""Key files on this machine's disk: what stands under a path, and what may be wrong with it."""

import os
from dataclasses import dataclass
from pathlib import Path

from nbtui.files import read_file
from nbtui.keys.keyfile import NotAKey, PrivateKey, inspect, public_key
from nbtui.platforms.permissions import readable
from nbtui.quoting import quote

_LIMIT = 1 << 20
"""Bytes; no key is larger, and a mistyped path may name a disk image."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Why one way in was not taken."""

    text: str
    """Names what it is about."""

    hint: str = ""
    """One imperative line."""

    too_open: str = ""
    """The path, where nothing but the file's mode is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFile:
    """A private key on disk, not opened yet."""

    path: str
    data: bytes
    encrypted: bool
    public: bytes | None
    """Public half, where it can be known without the passphrase."""

    certificate: bytes | None = None
    """The one that stands in the same file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicOnly:
    """The public half of a key that an agent may hold."""

    path: str
    public: bytes
    note: Note
    """What to say when no agent holds it."""


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


def certificate_beside(path: str) -> bytes | None:
    """The certificate in `path`-cert.pub; None when there is none."""
    return read_public(f"{path}-cert.pub")


def read_public(path: str) -> bytes | None:
    """The public key or certificate of a one-line file; None when there is none."""
    try:
        return public_key(read_file(path, limit=_LIMIT))
    except OSError:
        return None


def _not_a_key(path: str, what: NotAKey) -> Note | PublicOnly:
    note = Note(text=f"{path} {what.what}", hint=what.hint.replace("KEY", quote(path)))
    if what.public is None:
        return note
    return PublicOnly(path=path, public=what.public, note=note)


def _too_open(path: str, found: os.stat_result) -> Note | None:
    """As ssh: a private key of ours that others can read is not used."""
    if opening := readable(path, found):
        return Note(
            text=f"{path} can be read by others ({opening.why}) and is not used",
            hint=opening.hint,
            too_open=path,
        )
    return None


def _key_file(path: str, data: bytes, what: PrivateKey) -> KeyFile:
    return KeyFile(
        path=path,
        data=data,
        encrypted=what.encrypted,
        public=what.public or read_public(f"{path}.pub"),
        certificate=what.certificate,
    )
