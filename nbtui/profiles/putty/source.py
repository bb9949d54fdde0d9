"""What every place with saved sessions brings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

DEFAULTS = "Default Settings"
"""The session whose settings count where another one says nothing."""


class RawSession(NamedTuple):
    """A saved session as PuTTY keeps it."""

    name: str
    """As a person sees it: escapes undone."""

    settings: Mapping[str, str]
    """Numbers in decimal; PuTTY's own names of the settings."""


class RawHostKey(NamedTuple):
    """A host key that somebody accepted in PuTTY."""

    name: str
    """Such as `ssh-ed25519@22:myvm`."""

    value: str
    """Numbers in hexadecimal, with commas between them."""


class Unreadable(NamedTuple):
    """Something that should be a session and cannot be read."""

    name: str
    why: str


class Source(Protocol):
    """One place. Nothing but reading; what cannot be read is `Unreadable`, and all else is brought."""

    @property
    def place(self) -> str:
        """For people: a file, a folder, the registry."""

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        """All of them, `DEFAULTS` among them, in the order of the place.

        Raises: ConfigError: the place as a whole cannot be read.
        """

    def host_keys(self) -> Iterable[RawHostKey]:
        """All of them; none where they cannot be read."""
