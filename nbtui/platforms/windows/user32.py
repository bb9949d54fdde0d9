"""The clipboard functions of Windows, by ctypes. Source: Clipboard of the Windows documentation."""

import ctypes
import sys
from typing import Any

_CF_UNICODETEXT = 13
_GMEM_MOVEABLE = 0x2

if sys.platform == "win32":

    class User32:
        """See `nbtui.platforms.windows.clipboard.Calls`."""

        def __init__(self) -> None:
            self._dll = ctypes.WinDLL("user32", use_last_error=True)
            self._kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
            self._dll.SetClipboardData.argtypes = [ctypes.c_uint, ctypes.c_void_p]
            self._dll.SetClipboardData.restype = ctypes.c_void_p
            self._kernel32.GlobalAlloc.argtypes = [ctypes.c_uint, ctypes.c_size_t]
            for name in ("GlobalAlloc", "GlobalLock"):
                getattr(self._kernel32, name).restype = ctypes.c_void_p
            for name in ("GlobalLock", "GlobalUnlock", "GlobalFree"):
                getattr(self._kernel32, name).argtypes = [ctypes.c_void_p]

        def put(self, units: bytes) -> None:
            """See `Calls.put`."""
            _check(self._dll.OpenClipboard(None))
            try:
                _check(self._dll.EmptyClipboard())
                self._hand_over(self._filled(units))
            finally:
                self._dll.CloseClipboard()

        def _filled(self, units: bytes) -> Any:
            memory = self._kernel32.GlobalAlloc(_GMEM_MOVEABLE, len(units))
            _check(memory)
            ctypes.memmove(self._kernel32.GlobalLock(memory), units, len(units))
            self._kernel32.GlobalUnlock(memory)
            return memory

        def _hand_over(self, memory: Any) -> None:
            """What the clipboard has taken is its own."""
            try:
                _check(self._dll.SetClipboardData(_CF_UNICODETEXT, memory))
            except OSError:
                self._kernel32.GlobalFree(memory)
                raise

    def _check(succeeded: Any) -> None:
        if not succeeded:
            raise ctypes.WinError(ctypes.get_last_error())
