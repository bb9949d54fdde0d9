"""The clipboard of Windows, because its old console knows no OSC 52.

Surprise: one program at a time has it open, and those that watch it open it whenever it changes.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from nbtui.clock import Clock
from nbtui.errors import NbtuiError

_PATIENCE: Final = 0.5
_PAUSE: Final = 0.02
"""Seconds; the dashboard waits meanwhile."""


class Calls(Protocol):
    """Of user32.dll."""

    def put(self, units: bytes) -> None:
        """Replace what is there by text: UTF-16-LE, with its end.

        Raises: OSError: another program has it open, or there is no desktop.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Clipboard:
    """See `nbtui.platforms.clipboard`."""

    calls: Calls
    clock: Clock

    def copy(self, text: str) -> None:
        """See `nbtui.platforms.clipboard`."""
        units = text.encode("utf-16-le", "replace") + bytes(2)
        deadline = self.clock.monotonic() + _PATIENCE
        while True:
            try:
                return self.calls.put(units)
            except OSError as exc:
                if self.clock.monotonic() >= deadline:
                    raise NbtuiError("another program keeps the clipboard open") from exc
                self.clock.wait(_PAUSE)
