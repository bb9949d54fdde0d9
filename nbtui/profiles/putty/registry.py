r"""Sessions in the registry of Windows, and in files that regedit made of it: the same keys, in two forms.

KiTTY, which is a PuTTY with more to it, keeps its own below another key.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from nbtui.errors import ConfigError
from nbtui.files import pieces_of
from nbtui.profiles.putty.names import unescaped
from nbtui.profiles.putty.reg import Broken, NotReg, Value, decoded, parse_reg
from nbtui.profiles.putty.source import RawHostKey, RawSession, Unreadable

PROGRAMS = (r"Software\SimonTatham\PuTTY", r"Software\9bis.com\KiTTY")
MOST = 20_000
"""Sessions of one file; more is no file of a person's."""

_KEY = re.compile(
    r"(?:HKEY_CURRENT_USER|HKEY_USERS\\[^\\]+|HKCU)\\(?:"
    + "|".join(map(re.escape, PROGRAMS))
    + r")\\(?:Sessions\\(?P<session>[^\\]+)|(?P<keys>SshHostKeys))",
    re.IGNORECASE,
)


class Registry(Protocol):
    """See `nbtui.platforms.registry`; below HKEY_CURRENT_USER."""

    def keys(self, key: str, /) -> Iterable[str]:
        """The names of the keys below one; none where it is not there."""

    def values(self, key: str, /) -> Iterable[tuple[str, str | int]]:
        """Its texts and numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrySource:
    """The registry of who runs this; see `Source`."""

    registry: Registry
    program: str
    """One of `PROGRAMS`."""

    code_page: str

    @property
    def place(self) -> str:
        """See `Source.place`."""
        return rf"HKEY_CURRENT_USER\{self.program}"

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        """See `Source.sessions`."""
        top = rf"{self.program}\Sessions"
        for key in self.registry.keys(top):
            values = self.registry.values(rf"{top}\{key}")
            settings = {name: str(value) for name, value in values}
            yield RawSession(unescaped(key, self.code_page), settings)

    def host_keys(self) -> Iterator[RawHostKey]:
        """See `Source.host_keys`."""
        for name, value in self.registry.values(rf"{self.program}\SshHostKeys"):
            yield RawHostKey(unescaped(name, self.code_page), str(value))


@dataclass(frozen=True, kw_only=True, slots=True)
class RegFile:
    """A file that regedit exported, of any size; see `Source`."""

    path: Path
    code_page: str
    wanted: frozenset[str]
    """Settings that matter; the others are not kept in memory."""

    @property
    def place(self) -> str:
        """See `Source.place`."""
        return str(self.path)

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        """See `Source.sessions`."""
        for number, found in enumerate(self._found()):
            if number == MOST:
                yield Unreadable(found.name, f"only the first {MOST} sessions are read")
                return
            yield found.outcome(self.path)

    def host_keys(self) -> Iterator[RawHostKey]:
        """See `Source.host_keys`."""
        for key, value in self._values():
            if key["keys"] and isinstance(value, Value):
                yield RawHostKey(unescaped(value.name, self.code_page), value.text)

    def _found(self) -> Iterator["_Found"]:
        found: _Found | None = None
        before: str | None = None
        for key, value in self._values():
            written = key["session"]
            if written is None:
                continue
            if found is None or written != before:
                if found is not None:
                    yield found
                found = _Found(unescaped(written, self.code_page), {}, [])
            before = written
            found.take(value, self.wanted)
        if found is not None:
            yield found

    def _values(self) -> Iterator[tuple[Mapping[str, str | None], Value | Broken]]:
        texts = decoded(self._chunks(), self.code_page)
        try:
            for value in parse_reg(texts, self.code_page, wanted=_is_ours):
                if found := _KEY.fullmatch(value.key):
                    yield found.groupdict(), value
        except NotReg:
            raise ConfigError(
                "is no file that regedit has exported", file=str(self.path), hint=_EXPORT
            ) from None

    def _chunks(self) -> Iterator[bytes]:
        try:
            yield from pieces_of(self.path)
        except OSError as exc:
            raise ConfigError(
                exc.strerror or str(exc), file=str(self.path), hint=_EXPORT
            ) from exc


class _Found(NamedTuple):
    """A session as far as it was read."""

    name: str
    settings: dict[str, str]
    broken: list[Broken]

    def take(self, value: Value | Broken, wanted: frozenset[str]) -> None:
        """What cannot be read and does not matter is passed over; of the rest the first is enough."""
        if isinstance(value, Value) and value.name in wanted:
            self.settings[value.name] = value.text
        if isinstance(value, Broken) and not self.broken and value.name in {"", *wanted}:
            self.broken.append(value)

    def outcome(self, path: Path) -> RawSession | Unreadable:
        if not self.broken:
            return RawSession(self.name, self.settings)
        first = self.broken[0]
        return Unreadable(self.name, f"{path}:{first.line}: {first.why}")


def _is_ours(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


_EXPORT = r"reg export HKCU\Software\SimonTatham\PuTTY putty.reg"
