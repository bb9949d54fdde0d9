"""profiles.toml as it is: read by everybody, also by who never writes it.

Surprise: what only a faulty file needs (line numbers, nearest names) is imported when one is read.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.files import read_file
from nbtui.paths import Paths
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.saved import Saved
from nbtui.quoting import quote

LIMIT = 16 << 20
"""Bytes of profiles.toml."""


class Reader:
    """The saved profiles of one configuration folder."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def load(self) -> Saved:
        """What the file says; a file that is not there says nothing.

        Raises:
            ConfigError: it cannot be read, is not TOML, or holds a value that cannot be used.
        """
        return self.check(self.read())

    def read(self) -> bytes:
        """The file as it is, for an editor; empty when it is not there.

        Raises:
            ConfigError: it cannot be read.
        """
        with self.file_errors():
            try:
                return read_file(self.paths.profiles_toml, limit=LIMIT)
            except FileNotFoundError:
                return b""

    def check(self, content: bytes) -> Saved:
        """What the file would say with this content.

        Raises:
            ConfigError: see `load`; the place is one of `content`.
        """
        return self.text(content).saved()

    def text(self, content: bytes) -> ProfilesText:
        """The content as text. Raises: ConfigError: it is not UTF-8."""
        return ProfilesText.decode(content, file=str(self.paths.profiles_toml))

    @contextmanager
    def file_errors(self) -> Iterator[None]:
        """What the system says of the file, as a ConfigError."""
        try:
            yield
        except OSError as exc:
            raise _unusable(self.paths.profiles_toml, exc) from exc


def _unusable(file: Path, exc: OSError) -> ConfigError:
    full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
    where = quote(str(file.parent if full else file))
    hint = f"make room: df -h {where}" if full else f"look at it: ls -lad {where}"
    return ConfigError(exc.strerror or str(exc), file=str(file), hint=hint)
