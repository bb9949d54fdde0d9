"""The console functions of Windows, called by ctypes.

Source: the Windows Console documentation; INPUT_RECORD is 20 bytes, its event begins at byte 4.
"""

import ctypes
import struct
import sys
from ctypes import wintypes

from nbtui.platforms.consoles import STDIN

_HANDLES = {STDIN: -10, 1: -11}
"""STD_INPUT_HANDLE, STD_OUTPUT_HANDLE."""

_RECORD = struct.Struct("<HxxiHHHHI")
"""EventType; then of a KEY_EVENT: bKeyDown, repeat count, virtual key, scan code, UnicodeChar, state."""

_KEY_EVENT = 1
_RECORDS = 256


def keys_down(records: bytes) -> bytes:
    r"""UTF-16-LE code units of the keys that went down, each as often as it repeats.

    >>> keys_down(_RECORD.pack(1, 1, 2, 65, 30, ord("a"), 0) + _RECORD.pack(1, 0, 1, 65, 30, ord("a"), 0))
    b'a\x00a\x00'
    """
    return b"".join(
        unit.to_bytes(2, "little") * repeat
        for kind, down, repeat, _, _, unit, _ in _RECORD.iter_unpack(records)
        if kind == _KEY_EVENT and down and unit
    )


if sys.platform == "win32":

    class Kernel32:
        """See `nbtui.platforms.windows.terminal.Calls`."""

        def __init__(self) -> None:
            self._dll = ctypes.WinDLL("kernel32", use_last_error=True)
            self._dll.GetStdHandle.restype = wintypes.HANDLE

        def _handle(self, stream: int) -> wintypes.HANDLE:
            return wintypes.HANDLE(self._dll.GetStdHandle(_HANDLES[stream]))

        def mode(self, stream: int) -> int:
            """See `Calls.mode`."""
            mode = wintypes.DWORD()
            _check(self._dll.GetConsoleMode(self._handle(stream), ctypes.byref(mode)))
            return mode.value

        def set_mode(self, stream: int, mode: int) -> None:
            """See `Calls.set_mode`."""
            _check(self._dll.SetConsoleMode(self._handle(stream), wintypes.DWORD(mode)))

        def wait_for_input(self, seconds: float) -> bool:
            """See `Calls.wait_for_input`."""
            milliseconds = wintypes.DWORD(int(seconds * 1000))
            return not self._dll.WaitForSingleObject(self._handle(STDIN), milliseconds)

        def units(self) -> bytes:
            """See `Calls.units`."""
            records = ctypes.create_string_buffer(_RECORD.size * _RECORDS)
            read = wintypes.DWORD()
            _check(
                self._dll.ReadConsoleInputW(
                    self._handle(STDIN), records, _RECORDS, ctypes.byref(read)
                )
            )
            return keys_down(records.raw[: read.value * _RECORD.size])

    def _check(succeeded: int) -> None:
        if not succeeded:
            raise ctypes.WinError(ctypes.get_last_error())
