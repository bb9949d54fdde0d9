"""There is no registry."""

from collections.abc import Iterator


class Registry:
    """See `nbtui.platforms.registry`."""

    def keys(self, _key: str) -> Iterator[str]:
        """Of none."""
        yield from ()

    def values(self, _key: str) -> Iterator[tuple[str, str | int]]:
        """Of none."""
        yield from ()
