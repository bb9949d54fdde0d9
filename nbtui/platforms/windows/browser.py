"""Windows knows the user's browser by itself, and confines none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OPENS_ITSELF: Final = True
"""See `nbtui.platforms.browser`."""


def candidates(_environ: Mapping[str, str]) -> tuple[str, ...]:
    """See `nbtui.platforms.browser`."""
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """Opened by ShellExecute."""

    startfile: Callable[[str], None]
    """os.startfile; raises OSError."""

    def open_page(self, page: str) -> bool:
        """See `nbtui.platforms.browser`."""
        try:
            self.startfile(page)
        except OSError:
            return False
        return True


def folders(_environ: Mapping[str, str]) -> Iterator[Path]:
    """See `nbtui.platforms.browser`."""
    yield from ()
