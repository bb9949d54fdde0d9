"""Access lists of files, by ctypes.

SetFileSecurity and not SetNamedSecurityInfo: it sets one file's list as it stands, on Wine too, and leaves what is inside a folder alone.

Source: Authorization Functions of the Windows documentation. The numbers are those of accctrl.h, sddl.h and winnt.h.
"""

import ctypes
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any

_SE_FILE_OBJECT = 1
_OWNER, _LIST = 0x1, 0x4
_PROTECTED, _UNPROTECTED = 0x80000000, 0x20000000
_REVISION = 1
_TOKEN_QUERY = 0x8
_TOKEN_USER = 1

_OWN_LIST = re.compile(r"(?:[OG]:[^:(]*?)*D:[A-Z]*P")
"""The flags of a list that inherits nothing."""


def is_protected(text: str) -> bool:
    """Whether an access list is one of its own.

    >>> is_protected("D:PAI(A;;FA;;;SY)"), is_protected("D:AI(A;ID;FA;;;SY)")
    (True, False)
    """
    return bool(_OWN_LIST.match(text))


if sys.platform == "win32":

    class Advapi32:
        """See `nbtui.platforms.windows.permissions.Calls`."""

        def __init__(self) -> None:
            self._dll = ctypes.WinDLL("advapi32", use_last_error=True)
            self._kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel32.GetCurrentProcess.restype = wintypes.HANDLE
            self._kernel32.LocalFree.argtypes = [ctypes.c_void_p]

        def me(self) -> str:
            """See `Calls.me`."""
            with self._token() as token:
                size = wintypes.DWORD()
                self._dll.GetTokenInformation(
                    token, _TOKEN_USER, None, 0, ctypes.byref(size)
                )
                room = ctypes.create_string_buffer(size.value)
                _check(
                    self._dll.GetTokenInformation(
                        token, _TOKEN_USER, room, size, ctypes.byref(size)
                    )
                )
                sid = ctypes.c_void_p.from_buffer(room)  # TOKEN_USER begins with it
                with self._allocated() as text:
                    _check(self._dll.ConvertSidToStringSidW(sid, ctypes.byref(text)))
                    return ctypes.wstring_at(_address(text))

        def list_of(self, path: str) -> str:
            """See `Calls.list_of`."""
            about = wintypes.DWORD(_OWNER | _LIST)
            with self._allocated() as descriptor, self._allocated() as text:
                _succeeded(
                    self._dll.GetNamedSecurityInfoW(
                        ctypes.c_wchar_p(path), _SE_FILE_OBJECT, about,
                        None, None, None, None, ctypes.byref(descriptor),
                    )
                )  # fmt: skip
                _check(
                    self._dll.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                        descriptor, _REVISION, about, ctypes.byref(text), None
                    )
                )
                return ctypes.wstring_at(_address(text))

        def set_list(self, path: str, text: str) -> None:
            """See `Calls.set_list`."""
            own = _PROTECTED if is_protected(text) else _UNPROTECTED
            with self._allocated() as descriptor:
                _check(
                    self._dll.ConvertStringSecurityDescriptorToSecurityDescriptorW(
                        ctypes.c_wchar_p(text), _REVISION, ctypes.byref(descriptor), None
                    )
                )
                about = wintypes.DWORD(_LIST | own)
                _check(
                    self._dll.SetFileSecurityW(ctypes.c_wchar_p(path), about, descriptor)
                )

        @contextmanager
        def _token(self) -> Iterator[wintypes.HANDLE]:
            token = wintypes.HANDLE()
            process = wintypes.HANDLE(self._kernel32.GetCurrentProcess())
            _check(self._dll.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)))
            try:
                yield token
            finally:
                self._kernel32.CloseHandle(token)

        @contextmanager
        def _allocated(self) -> Iterator[ctypes.c_void_p]:
            """A pointer that a call fills in, and what it points to is given back."""
            pointer = ctypes.c_void_p()
            try:
                yield pointer
            finally:
                self._kernel32.LocalFree(pointer)

    def _address(pointer: ctypes.c_void_p) -> int:
        return pointer.value or 0

    def _check(succeeded: Any) -> None:
        if not succeeded:
            raise ctypes.WinError(ctypes.get_last_error())

    def _succeeded(status: int) -> None:
        if status:
            raise ctypes.WinError(status)
