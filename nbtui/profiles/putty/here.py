"""Where saved sessions may be: of this machine and user, or in a file or folder that somebody names."""

import codecs
import locale
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.profiles.putty.fields import WANTED
from nbtui.profiles.putty.folders import KittyFolder, UnixFolder
from nbtui.profiles.putty.registry import PROGRAMS, RegFile, Registry, RegistrySource
from nbtui.profiles.putty.source import Source
from nbtui.quoting import quote

WESTERN = "cp1252"
"""Of files that come from a Windows whose code page nobody knows."""


def sources_here(
    environ: Mapping[str, str], *, registry: Registry, home: Path
) -> Iterator[Source]:
    """The places of this user that have sessions; where there are none, nothing is read but a folder or a key."""
    code_page = locale.getencoding()
    for program in PROGRAMS:
        if any(True for _ in registry.keys(rf"{program}\Sessions")):
            yield RegistrySource(registry=registry, program=program, code_page=code_page)
    for folder in _unix_folders(environ, home):
        if (folder / "sessions").is_dir():
            yield UnixFolder(folder=folder, code_page=code_page)
            return


def code_page_like(here: str) -> str:
    """Of a file of Windows: this machine's own, where it has one.

    >>> code_page_like("cp1251"), code_page_like("utf-8"), code_page_like("646")
    ('cp1251', 'cp1252', 'cp1252')
    """
    return here if codecs.lookup(here).name.startswith("cp") else WESTERN


def _unix_folders(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """As PuTTY looks. Source: make_filename of PuTTY's unix/storage.c."""
    if named := environ.get("PUTTYDIR"):
        yield Path(named)
    yield home / ".putty"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "putty")


def source_at(path: Path, *, code_page: str | None) -> Iterator[Source]:
    """What a file or folder holds.

    Args: code_page: of a file or folder of Windows; None: this machine's, see `code_page_like`.

    Raises: ConfigError: nothing that could be read.
    """
    western = code_page or code_page_like(locale.getencoding())
    if not path.exists():
        raise ConfigError("there is no such file or folder", file=str(path), hint=_LOOK)
    if not path.is_dir():
        yield RegFile(path=path, code_page=western, wanted=WANTED)
        return
    found = list(_in_folder(path, code_page, western))
    if not found:
        what = "holds no sessions of PuTTY or KiTTY and no .reg file"
        raise ConfigError(what, file=str(path), hint=f"ls -la {quote(str(path))}")
    yield from found


def _in_folder(path: Path, code_page: str | None, western: str) -> Iterator[Source]:
    unix = code_page or locale.getencoding()
    if path.name == "sessions":
        yield UnixFolder(folder=path.parent, code_page=unix)
    elif (path / "sessions").is_dir() and not (path / "kitty.ini").exists():
        yield UnixFolder(folder=path, code_page=unix)
    elif (path / "Sessions").is_dir():
        yield KittyFolder(folder=path, code_page=western)
    for file in sorted(path.glob("*.[rR][eE][gG]")):
        yield RegFile(path=file, code_page=western, wanted=WANTED)


_LOOK = "name a .reg file, a folder like ~/.putty, or KiTTY's folder: --from PATH"
