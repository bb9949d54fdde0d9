"""Access lists, read and written as text (SDDL), so that all but three calls of the system is tested anywhere.

Surprise: a file that is made with a mode is still open to whomever its folder is open to; `chmod` knows only "read-only".
Whoever administers the machine gets at everything and is not counted among others; ssh of Windows sees it alike.

Source: Security Descriptor Definition Language and ACE Strings of the Windows documentation; check_secure_file_permission of Win32-OpenSSH.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from nbtui.platforms.opening import Opening

_ADMINISTRATORS: Final = frozenset({"SY", "BA", "LA", "DA", "CO", "OW"})
"""SYSTEM, the group, the account, those of the domain; and whoever owns the file."""

_TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

_NAMES: Final = {
    "WD": "Everyone",
    "BU": "Users",
    "AU": "Authenticated Users",
    "IU": "Interactive",
    "BG": "Guests",
    "AN": "Anonymous",
}
_RIGHTS: Final = {
    "CC": 0x1, "DC": 0x2, "LC": 0x4, "SW": 0x8, "RP": 0x10, "WP": 0x20, "DT": 0x40, "LO": 0x80, "CR": 0x100,
    "SD": 0x10000, "RC": 0x20000, "WD": 0x40000, "WO": 0x80000,
    "FA": 0x1F01FF, "FR": 0x120089, "FW": 0x120116, "FX": 0x1200A0,
    "GA": 0x10000000, "GX": 0x20000000, "GW": 0x40000000, "GR": 0x80000000,
}  # fmt: skip
_READS = 0x1 | 0x10000000 | 0x80000000
"""FILE_READ_DATA, which lists a folder; or all of it; or what the generic right stands for."""

_WRITES = 0x2 | 0x4 | 0x40 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000
"""Data, more data, what a folder holds, the list itself, the owner."""

_NO_LISTS = {1, 50}
"""ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED: a stick with FAT, some shares; there nothing is private anyway."""

_ENTRY = re.compile(r"\((\w+);(\w*);(\w*);[^;()]*;[^;()]*;([\w-]+)")
"""Type, flags, rights, trustee; the rest of a conditional one does not matter."""


class Calls(Protocol):
    """Of advapi32.dll. All raise OSError."""

    def me(self) -> str:
        """The SID of who runs this."""

    def list_of(self, path: str) -> str:
        """Owner and access list, as `O:…D:…`."""

    def set_list(self, path: str, text: str) -> None:
        """Set the access list `D:…`; one with P inherits nothing."""


class Entry(NamedTuple):
    """Who may do something to a file."""

    who: str
    """SID, or two letters that stand for one."""

    rights: int


def entries(text: str) -> Iterator[Entry]:
    """Yield what an access list allows.

    >>> list(entries("O:SYD:P(A;;FA;;;SY)(A;ID;0x1200a9;;;BU)(A;OICIIO;GA;;;CO)(D;;FA;;;WD)"))
    [Entry(who='SY', rights=2032127), Entry(who='BU', rights=1179817)]
    >>> list(entries("O:SYD:NO_ACCESS_CONTROL"))
    [Entry(who='WD', rights=2032127)]
    """
    listed = text.partition("D:")[2]
    if not listed or "NO_ACCESS_CONTROL" in listed:  # no list at all refuses nobody
        yield Entry("WD", _RIGHTS["FA"])
        return
    for kind, flags, rights, who in _ENTRY.findall(listed):
        only_inherited = "IO" in re.findall("..", flags)
        if kind in {"A", "XA"} and not only_inherited:
            yield Entry(who, _rights(rights))


def _rights(text: str) -> int:
    """Of `FRFX` or `0x1200a9`."""
    if number := re.fullmatch("0x([0-9a-f]+)", text, re.IGNORECASE):
        return int(number[1], 16)
    rights = 0
    for two in re.findall("..", text):
        rights |= _RIGHTS.get(two, 0)
    return rights


@dataclass(frozen=True, kw_only=True, slots=True)
class Permissions:
    """See `nbtui.platforms.permissions`."""

    calls: Calls

    def readable(self, path: str | Path, _facts: os.stat_result) -> Opening | None:
        """See `nbtui.platforms.permissions`; where the list cannot be read, nobody is blamed."""
        return self._opening(path, _READS, _only_me(path))

    def writable(self, path: str | Path) -> Opening | None:
        """See `nbtui.platforms.permissions`."""
        return self._opening(path, _WRITES, _only_me(path))

    def enterable(self, path: str | Path) -> Opening | None:
        """See `nbtui.platforms.permissions`."""
        return self._opening(path, _READS | _WRITES, _only_me(path))

    def foreign(self, path: str | Path, _facts: os.stat_result) -> Opening | None:
        """See `nbtui.platforms.permissions`."""
        try:
            owner = _owner(self.calls.list_of(str(path)))
        except OSError:
            return None
        if owner not in self._trusted():
            return Opening("belongs to somebody else", f'takeown /F "{path}"')
        found = self.writable(path)
        return found and found._replace(why="others can write to it")

    def _opening(self, path: str | Path, rights: int, hint: str) -> Opening | None:
        try:
            others = self._others(self.calls.list_of(str(path)), rights)
        except OSError:
            return None
        return Opening(", ".join(others), hint) if others else None

    def _others(self, text: str, rights: int) -> list[str]:
        trusted = self._trusted()
        return [
            _NAMES.get(one.who, one.who)
            for one in entries(text)
            if one.rights & rights and one.who not in trusted
        ]

    def _trusted(self) -> frozenset[str]:
        return _ADMINISTRATORS | {self.calls.me(), _TRUSTED_INSTALLER}

    def shut(self, path: str | Path) -> str:
        """See `nbtui.platforms.permissions`; SYSTEM stays, or backups and scanners would fail.

        What lies in a folder has a list of its own, and by that is reached through a folder that nobody may enter.
        """
        inside = [*Path(path).iterdir()] if Path(path).is_dir() else []
        self._set_list(path, inherit="OICI" if Path(path).is_dir() else "")
        for one in inside:
            self._set_list(one, inherit="")
        return _only_me(path)

    def _set_list(self, path: str | Path, *, inherit: str) -> None:
        who = (self.calls.me(), "SY", "BA")
        allowed = "".join(f"(A;{inherit};FA;;;{one})" for one in who)
        self.calls.set_list(str(path), f"D:P{allowed}")

    def keep_writers_out(self, path: str | Path) -> str:
        """See `nbtui.platforms.permissions`; others are kept from reading too, one list is easier to trust than a mended one."""
        return self.shut(path)

    def as_before(self, temporary: Path, path: Path) -> None:
        """See `nbtui.platforms.permissions`."""
        try:
            if path.exists():
                before = self.calls.list_of(str(path))
                self.calls.set_list(str(temporary), "D:" + before.partition("D:")[2])
            else:
                self.shut(temporary)
        except OSError as exc:
            if getattr(exc, "winerror", None) not in _NO_LISTS:
                raise


def _owner(text: str) -> str:
    """Whose it is.

    >>> _owner("O:S-1-5-21-7-1001D:P(A;;FA;;;SY)"), _owner("O:BAG:SYD:")
    ('S-1-5-21-7-1001', 'BA')
    """
    found = re.match(r"O:(S-[\d-]+|\w\w)", text)
    return found[1] if found else ""


def _only_me(path: str | Path) -> str:
    """For cmd.exe; in PowerShell the variable is `$env:USERNAME`."""
    return f'icacls "{path}" /inheritance:r /grant:r "%USERNAME%:F"'
