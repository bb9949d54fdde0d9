"""The terminal has the clipboard: it is where the person sits, also behind ssh."""

from collections.abc import Callable
from typing import Final

copy: Final[Callable[[str], None] | None] = None
"""See `nbtui.platforms.clipboard`."""
