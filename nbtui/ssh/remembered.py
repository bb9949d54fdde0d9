"""Passphrases and passwords, for as long as the agent lives; in memory only."""

from threading import Lock
from typing import Literal

Kind = Literal["passphrase", "password"]


class Secrets:
    """Shared by all links. Answers to keyboard-interactive never come here: they may be codes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[Kind, str], str] = {}

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._kept)}>"

    def get(self, kind: Kind, owner: str) -> str | None:
        """The secret of a key file (its path) or of a login (`user@host:port`)."""
        with self._lock:
            return self._kept.get((kind, owner))

    def keep(self, kind: Kind, owner: str, secret: str) -> None:
        """Remember one that was right."""
        with self._lock:
            self._kept[kind, owner] = secret

    def forget(self, kind: Kind, owner: str) -> None:
        """Drop one that was refused; one that is not there is no error."""
        with self._lock:
            self._kept.pop((kind, owner), None)
