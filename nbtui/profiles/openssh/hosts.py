"""The names that ssh_config offers, to draw a list of: nothing is resolved, no Match exec runs.

Surprise: what cannot be read is passed over in silence here. It is said when a host is acted on.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.profiles.here import SshConfigFiles
from nbtui.profiles.openssh.files import MOST, included, read_config
from nbtui.profiles.openssh.lines import Line, parse_line
from nbtui.profiles.openssh.tokens import expand_tilde


def hosts(files: SshConfigFiles) -> tuple[str, ...]:
    """Concrete names of all Host lines, each once, in the order of the files, those of Include among them.

    Include lines with tokens or variables are passed over: tokens mean nothing without a host.
    """
    found: dict[str, None] = {}
    read: set[str] = set()
    for one in files.in_order():
        names = _names(one.path, one.folder, checked=one.checked, read=read)
        found.update(dict.fromkeys(names))
    return tuple(found)


def _names(
    path: str | Path, folder: Path, *, checked: bool, read: set[str]
) -> Iterator[str]:
    """Of a file and those that it includes; each is read once, or `Include *` would read itself for ever."""
    if str(path) in read or len(read) > MOST:
        return
    read.add(str(path))
    for line in lines_of(path, checked=checked):
        if line.keyword == "host":
            yield from filter(is_concrete, line.args)
        elif line.keyword == "include":
            for inner in included_by(line, folder):
                yield from _names(inner, folder, checked=True, read=read)


def is_concrete(word: str) -> bool:
    """An argument of Host that names one host, and is no pattern."""
    return bool(word) and not set(word) & set("*?!")


def included_by(line: Line, folder: Path) -> Iterator[str]:
    """The files of an Include line; arguments with tokens or variables are passed over."""
    for argument in line.args:
        if "%" not in argument and "${" not in argument:
            yield from included(expand_tilde(argument, Path.home()), folder=folder)


def lines_of(path: str | Path, *, checked: bool) -> Iterator[Line]:
    """The lines of a file, as far as it can be read."""
    text = ""
    with suppress(ConfigError):
        text = read_config(path, checked=checked) or ""
    for number, raw in enumerate(text.split("\n"), start=1):
        with suppress(ConfigError):
            line = parse_line(raw, file=str(path), number=number)
            if line is not None:
                yield line
