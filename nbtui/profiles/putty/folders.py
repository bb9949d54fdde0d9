"""Sessions in files: PuTTY's folder on Unix, and KiTTY's portable one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.files import read_file
from nbtui.profiles.putty.lines import (
    parse_host_keys,
    parse_kitty_settings,
    parse_settings,
)
from nbtui.profiles.putty.names import text_of, unescaped
from nbtui.profiles.putty.source import RawHostKey, RawSession, Unreadable
from nbtui.quoting import quote

LIMIT = 1 << 20
"""Bytes of a session; PuTTY writes about 8 kB."""
KEYS_LIMIT = 64 << 20
"""Bytes of the file of host keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnixFolder:
    """`~/.putty`, or a copy of it; see `Source`."""

    folder: Path
    code_page: str

    @property
    def place(self) -> str:
        """See `Source.place`."""
        return str(self.folder / "sessions")

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        """See `Source.sessions`."""
        for path in _files(self.folder / "sessions"):
            name = unescaped(path.name, self.code_page)
            text = _text(path, self.code_page)
            yield (
                Unreadable(name, text.why)
                if isinstance(text, Unreadable)
                else RawSession(name, dict(parse_settings(text)))
            )

    def host_keys(self) -> Iterator[RawHostKey]:
        """See `Source.host_keys`."""
        text = _text(self.folder / "sshhostkeys", self.code_page, limit=KEYS_LIMIT)
        if isinstance(text, str):
            yield from parse_host_keys(text)


@dataclass(frozen=True, kw_only=True, slots=True)
class KittyFolder:
    """Where kitty.ini stands; folders below Sessions are part of a name; see `Source`."""

    folder: Path
    code_page: str

    @property
    def place(self) -> str:
        """See `Source.place`."""
        return str(self.folder / "Sessions")

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        """See `Source.sessions`."""
        top = self.folder / "Sessions"
        for path in _files(top, deep=True):
            parts = path.relative_to(top).parts
            name = "/".join(unescaped(part, self.code_page) for part in parts)
            text = _text(path, self.code_page)
            yield (
                Unreadable(name, text.why)
                if isinstance(text, Unreadable)
                else RawSession(name, dict(parse_kitty_settings(text, self.code_page)))
            )

    def host_keys(self) -> Iterator[RawHostKey]:
        """See `Source.host_keys`."""
        folder = self.folder / "SshHostKeys"
        for path in _files(folder) if folder.is_dir() else ():
            text = _text(path, self.code_page)
            if isinstance(text, str):
                name = unescaped(path.name, self.code_page)
                yield RawHostKey(name, text.strip().strip("\\"))


def _files(folder: Path, *, deep: bool = False) -> Iterator[Path]:
    """Those of a folder, in the order of their names; not hidden ones. Raises ConfigError."""
    try:
        inner = sorted(folder.iterdir())
    except OSError as exc:
        raise ConfigError(
            exc.strerror or str(exc),
            file=str(folder),
            hint=f"look at it: ls -lad {quote(str(folder))}",
        ) from exc
    for path in inner:
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path, deep=True) if deep else ()
        else:
            yield path


def _text(path: Path, code_page: str, *, limit: int = LIMIT) -> str | Unreadable:
    try:
        return text_of(read_file(path, limit=limit), code_page)
    except OSError as exc:
        return Unreadable(str(path), f"{path}: {exc.strerror or exc}")
