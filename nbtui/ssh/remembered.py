"""Passphrases and passwords: in memory for as long as the agent lives, and in the system's keyring where a profile says so.

Answers to keyboard-interactive never come here: they may be codes.
"""

from threading import Lock
from typing import Literal, Protocol

Kind = Literal["passphrase", "password"]


class Kept(Protocol):
    """What a login asks of them. `owner` is a key file (its path) or a login (`user@host:port`)."""

    def get(self, kind: Kind, owner: str) -> str | None:
        """The next one to try; None: somebody has to be asked."""

    def keep(self, kind: Kind, owner: str, secret: str) -> None:
        """What a person just said."""

    def forget(self, kind: Kind, owner: str, secret: str) -> None:
        """This one was refused; `get` does not give it again."""

    def proved(self, kind: Kind, owner: str, secret: str) -> None:
        """This one was right."""


class Vault(Protocol):
    """A keyring; it may ask a person to unlock it, and raises nothing."""

    def read(self, kind: Kind, owner: str) -> str | None:
        """What it holds; None also when it cannot be asked."""

    def write(self, kind: Kind, owner: str, secret: str) -> None:
        """Put it there, if it can be."""

    def delete(self, kind: Kind, owner: str) -> bool:
        """Take it away; whether there was one."""


class Secrets:
    """In memory, shared by all links; see `Kept`."""

    def __init__(self, vault: Vault | None = None) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[Kind, str], str] = {}
        self._vault = vault

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._kept)}>"

    def of(self, *, keyring: bool) -> Kept:
        """For one login; with what the keyring holds where its profile says so."""
        return WithKeyring(self, self._vault) if keyring and self._vault else self

    def get(self, kind: Kind, owner: str) -> str | None:
        """See `Kept.get`."""
        with self._lock:
            return self._kept.get((kind, owner))

    def keep(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.keep`."""
        with self._lock:
            self._kept[kind, owner] = secret

    def forget(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.forget`; one that is not there is no error."""
        with self._lock:
            if self._kept.get((kind, owner)) == secret:
                del self._kept[kind, owner]

    def proved(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.proved`."""
        self.keep(kind, owner, secret)

    def erase(self, kind: Kind, owner: str) -> bool:
        """Take it away, here and from the keyring; whether there was one in either."""
        with self._lock:
            known = self._kept.pop((kind, owner), None) is not None
        kept = self._vault is not None and self._vault.delete(kind, owner)
        return known or kept


class WithKeyring:
    """One login whose profile has `keyring = true`: memory, then the keyring, then a person; see `Kept`."""

    def __init__(self, memory: Secrets, vault: Vault) -> None:
        self._memory, self._vault = memory, vault
        self._refused: set[tuple[Kind, str, str]] = set()

    def get(self, kind: Kind, owner: str) -> str | None:
        """See `Kept.get`."""
        known = self._memory.get(kind, owner) or self._vault.read(kind, owner)
        return None if known is None or (kind, owner, known) in self._refused else known

    def keep(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.keep`: only what was right comes into the keyring."""
        self._memory.keep(kind, owner, secret)

    def forget(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.forget`."""
        self._refused.add((kind, owner, secret))
        self._memory.forget(kind, owner, secret)
        if self._vault.read(kind, owner) == secret:
            self._vault.delete(kind, owner)

    def proved(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Kept.proved`."""
        self._memory.keep(kind, owner, secret)
        if self._vault.read(kind, owner) != secret:
            self._vault.write(kind, owner, secret)
