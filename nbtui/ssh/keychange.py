"""A host that has another key than the one on file: what is where, and writing the new one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nbtui.clock import Clock
from nbtui.errors import HostKeyChanged, HostKeyError
from nbtui.keys import rewriting
from nbtui.keys.known_hosts import KnownKey, fingerprint, lookup_name
from nbtui.keys.wire import key_type
from nbtui.model.target import Target
from nbtui.quoting import quote


class Sightings(Protocol):
    """Remembers when which host had which key."""

    def saw(self, name: str, fingerprint: str) -> None:
        """The host has the key now; under a name as in known_hosts. Raises nothing."""


class Forgetful:
    """Sightings that are not kept."""

    def saw(self, name: str, fingerprint: str) -> None:
        """Forget it."""


def name_of(target: Target) -> str:
    """The name under which a host's keys stand in known_hosts."""
    return lookup_name(target.host, target.port, target.host_key_alias)


_SHORT = {"ssh-rsa": "RSA", "ssh-ed25519": "ED25519"}


def short_type(blob: bytes) -> str:
    r"""The type of a key as ssh shows it to people.

    >>> short_type(b"\0\0\0\x0bssh-ed25519")
    'ED25519'
    """
    return _SHORT.get(key_type(blob), "ECDSA")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyChange:
    """What is on file and what is offered in its place."""

    target: Target
    name: str
    """Under which its keys stand in known_hosts."""

    place: str
    """The host with its port, for messages."""

    offered: bytes = field(repr=False)
    """The plain key that the host proved to have."""

    stored: tuple[KnownKey, ...]
    """What is on file for it, the key of the same type first."""

    @property
    def fingerprint(self) -> str:
        """Of the key that is offered."""
        return fingerprint(self.offered)

    @property
    def of_system(self) -> tuple[KnownKey, ...]:
        """Those that stand in files of the whole system, which are not ours to write."""
        return tuple(
            one for one in self.stored if one.file in self.target.global_known_hosts
        )

    def error(self) -> HostKeyChanged:
        """The change as a reason to go no further."""
        old = (*self.of_system, *self.stored)[0]
        hint = f"once it is confirmed, root of this machine must replace line {old.line} of {old.file}"
        return HostKeyChanged(
            host=self.place,
            stored=f"{short_type(old.blob)} {old.fingerprint}",
            offered_type=short_type(self.offered),
            offered=self.fingerprint,
            file=old.file,
            line=old.line,
            hint=hint if self.of_system else "",
        )

    def write(self, *, clock: Clock) -> tuple[Path, ...]:
        """Put the new key in place of the old ones, in every file that has one; where those are kept.

        Raises:
            HostKeyChanged: a file of the whole system has one.
            HostKeyError: a file says something else by now, or cannot be written.
        """
        if self.of_system:
            raise self.error()
        new: bytes | None = self.offered
        kept = []
        for file in dict.fromkeys(one.file for one in self.stored):
            kept.append(self._write(file, new, clock))
            new = None  # the other files only lose theirs
        return tuple(kept)

    def _write(self, file: str, new: bytes | None, clock: Clock) -> Path:
        try:
            return rewriting.replace(
                Path(file),
                self.name,
                new,
                instead_of={one.blob for one in self.stored if one.file == file},
                hashed=self.target.hash_known_hosts,
                clock=clock,
            )
        except rewriting.Moved as exc:
            said = f"{file} was changed meanwhile"
            raise HostKeyError(said, host=self.place, hint="nbtui connect NAME") from exc
        except OSError as exc:
            said = f"{file} cannot be written: {exc.strerror}"
            raise HostKeyError(said, host=self.place, hint=f"ls -ld {quote(file)}") from exc
