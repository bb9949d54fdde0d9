"""Keys and values are counted up to the one that is not there: winreg's calls raise OSError for it.

Surprise: between two calls somebody may add or remove a key, so that one is told twice or not at all.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from itertools import count
from typing import Any

Handle = Any
"""What winreg gives for a key; nobody but winreg looks into it."""


class Registry:
    """See `nbtui.platforms.registry`."""

    def __init__(
        self,
        *,
        open_key: Callable[[str], AbstractContextManager[Handle]],
        enum_key: Callable[[Handle, int], str],
        enum_value: Callable[[Handle, int], tuple[str, Any, int]],
    ) -> None:
        """With winreg's calls of the same names; `open_key` knows the hive."""
        self._open_key = open_key
        self._enum_key = enum_key
        self._enum_value = enum_value

    def keys(self, key: str) -> Iterator[str]:
        """The names of the keys below one."""
        with suppress(OSError), self._open_key(key) as handle:
            for index in count():
                yield self._enum_key(handle, index)

    def values(self, key: str) -> Iterator[tuple[str, str | int]]:
        """Its values that are text or a number."""
        with suppress(OSError), self._open_key(key) as handle:
            for index in count():
                name, value, _kind = self._enum_value(handle, index)
                if isinstance(value, str | int):
                    yield name, value
