"""The system's keyring (Secret Service, macOS Keychain, Windows Credential Locker), by the package `keyring`.

The package is an extra, and imported when a profile first needs it. Surprise: a backend may ask a person to unlock
it, or wait for a desktop that is not there, so each call is left behind after a while.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from importlib.util import find_spec
from threading import Thread
from typing import TypeVar

from nbtui.ssh.remembered import Kind

SERVICE = "nbtui"
"""Under which everything of ours stands."""
PATIENCE = 30.0
"""Seconds that a person has to unlock it."""
T = TypeVar("T")
log = logging.getLogger(__name__)


def installed() -> bool:
    """The package is there; says nothing of a keyring that works."""
    return find_spec("keyring") is not None


class SystemKeyring:
    """See `nbtui.ssh.remembered.Vault`."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._stuck: Thread | None = None

    def read(self, kind: Kind, owner: str) -> str | None:
        """See `Vault.read`."""

        def ask() -> str | None:
            import keyring  # noqa: PLC0415  # see the module

            return keyring.get_password(SERVICE, f"{kind} {owner}")

        return self._aside(ask, None)

    def write(self, kind: Kind, owner: str, secret: str) -> None:
        """See `Vault.write`."""

        def tell() -> None:
            import keyring  # noqa: PLC0415  # see the module

            keyring.set_password(SERVICE, f"{kind} {owner}", secret)

        self._aside(tell, None)

    def delete(self, kind: Kind, owner: str) -> bool:
        """See `Vault.delete`."""

        def take() -> bool:
            import keyring  # noqa: PLC0415  # see the module

            name = f"{kind} {owner}"
            there = keyring.get_password(SERVICE, name) is not None
            if there:
                keyring.delete_password(SERVICE, name)
            return there

        return self._aside(take, False)

    def _aside(self, work: Callable[[], T], otherwise: T) -> T:
        if self._stuck is not None and self._stuck.is_alive():
            return otherwise
        outcome: Future[T] = Future()
        thread = Thread(target=_settle, args=(work, outcome), name="keyring", daemon=True)
        thread.start()
        try:
            return outcome.result(self._patience)
        except TimeoutError:
            self._stuck = thread  # it is asked again once it has answered
            log.warning("the keyring did not answer in %g s", self._patience)
        except Exception as exc:  # noqa: BLE001  # of whatever backend; its words may hold anything
            log.warning("the keyring cannot be used: %s", type(exc).__name__)
        return otherwise


def _settle(work: Callable[[], T], outcome: "Future[T]") -> None:
    try:
        outcome.set_result(work())
    except BaseException as exc:  # noqa: BLE001  # it is raised again where it is waited for
        outcome.set_exception(exc)
