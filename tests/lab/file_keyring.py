"""A keyring for tests: a real backend of the package `keyring`, on a file that a test can read.

Used by PYTHON_KEYRING_BACKEND=lab.file_keyring.FileKeyring with the tests on PYTHONPATH; LAB_KEYRING names the file.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError


class FileKeyring(KeyringBackend):
    """See the module."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the package is typed in part

    def _read(self) -> dict[str, str]:
        path = Path(os.environ["LAB_KEYRING"])
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ["LAB_KEYRING"]).write_text(json.dumps(kept))

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        if kept.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError(username)
        self._write(kept)


class LockedKeyring(FileKeyring):
    """One that nobody unlocks."""

    def get_password(self, service: str, username: str) -> Any:
        raise KeyringError(f"locked, and it would say {username} of {service}")

    set_password = delete_password = get_password  # type: ignore[assignment]  # all three say no


class SleepingKeyring(FileKeyring):
    """One that waits for a person who does not come."""

    def get_password(self, service: str, username: str) -> Any:  # noqa: ARG002  # the backend's signature
        time.sleep(3600)  # noqa: TID251  # a daemon thread, left behind
