"""Shell links (.lnk).

Written by us and not by WScript.Shell: that takes a PowerShell, which firms lock, and turns what the code page lacks into `?`.

Source: [MS-SHLLINK] 7.0; what stands in an item of an ID list only the shell knows: libfwsi's documentation of Windows shell items.
"""

import struct
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from subprocess import list2cmdline
from typing import Final

from nbtui.platforms.icons import Icon

_CLASS: Final = uuid.UUID("00021401-0000-0000-c000-000000000046").bytes_le
_COMPUTER: Final = uuid.UUID("20d04fe0-3aea-1069-a2d8-08002b30309d").bytes_le
_HAS_LIST, _HAS_NAME, _HAS_ARGUMENTS, _UNICODE, _HAS_EXPANDED = 0x1, 0x4, 0x20, 0x80, 0x200
_NORMAL = 1
"""Of the window: SW_SHOWNORMAL."""

_FOLDER, _FILE = 0x31, 0x32
_LONG_NAME = 0xBEEF0004
_EXPANDED = 0xA0000001
_PATH_UNITS = 260
_MOST = 259
"""Characters of a comment that the shell shows without complaint."""


def suffix() -> str:
    """See `nbtui.platforms.shortcuts`."""
    return ".lnk"


def content(icon: Icon) -> bytes:
    """See `nbtui.platforms.shortcuts`."""
    program, *arguments = icon.argv
    items = b"".join(map(_sized, _items(PureWindowsPath(program))))
    flags = _HAS_NAME | _HAS_ARGUMENTS | _UNICODE | _HAS_EXPANDED
    listed = struct.pack("<H", len(items) + 2) + items + bytes(2) if items else b""
    return (
        struct.pack("<I16sI", 0x4C, _CLASS, flags | (_HAS_LIST if items else 0))
        + struct.pack("<I24xIIIH10x", 0, 0, 0, _NORMAL, 0)
        + listed
        + _text(icon.comment[:_MOST])
        + _text(list2cmdline(arguments))
        + _expanded(program)
        + bytes(4)
    )


def _items(program: PureWindowsPath) -> Iterator[bytes]:
    """From the computer down to the program; nothing for one of another computer, the path alone then leads there."""
    if not program.drive.endswith(":"):
        return
    yield b"\x1f\x50" + _COMPUTER
    yield b"\x2f" + f"{program.drive}\\".encode("ascii").ljust(22, b"\0")
    *folders, file = program.parts[1:]
    for name in folders:
        yield _item(_FOLDER, name)
    yield _item(_FILE, file)


def _item(kind: int, name: str) -> bytes:
    """A folder or file; who cannot read its long name has the other, with `?` for what it lacks."""
    short = name.encode("ascii", "replace") + b"\0"
    short += bytes(len(short) % 2)
    attributes = 0x10 if kind == _FOLDER else 0x80
    head = struct.pack("<BBIIH", kind, 0, 0, 0, attributes) + short
    long = name.encode("utf-16-le") + bytes(2)
    block = struct.pack("<HIIIHH", 3, _LONG_NAME, 0, 0, 0x14, 0) + long
    offset = struct.pack("<H", len(head) + 2)
    return head + struct.pack("<H", len(block) + 4) + block + offset


def _sized(item: bytes) -> bytes:
    return struct.pack("<H", len(item) + 2) + item


def _text(text: str) -> bytes:
    units = text.encode("utf-16-le")
    return struct.pack("<H", len(units) // 2) + units


def _expanded(path: str) -> bytes:
    """The path as text, which is how it is found after all when the list of items is not understood."""
    ansi = path.encode("ascii", "replace")[: _PATH_UNITS - 1].ljust(_PATH_UNITS, b"\0")
    units = path.encode("utf-16-le")[: 2 * (_PATH_UNITS - 1)]
    body = struct.pack("<I", _EXPANDED) + ansi + units.ljust(2 * _PATH_UNITS, b"\0")
    return struct.pack("<I", len(body) + 4) + body


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Of the person's own icons."""

    known: Callable[[str], str]
    """Where a folder is that has a CSIDL; OneDrive may have moved the desktop."""

    def folder(self, _environ: Mapping[str, str], *, menu: bool) -> Path:
        """See `nbtui.platforms.shortcuts`."""
        if not menu:
            return Path(self.known("CSIDL_DESKTOPDIRECTORY"))
        return Path(
            self.known("CSIDL_APPDATA"), "Microsoft", "Windows", "Start Menu", "Programs"
        )
