"""Another key in a known_hosts file, and nothing else in it: text in, text out; then the file itself.

Only lines without a marker change. Other names on a line keep their key, hashed names stay hashed; comments,
order and line ends stay. Surprise: a pattern that matches the name cannot lose it, so it is told not to: `!name`.
"""

import os
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

from nbtui.clock import Clock
from nbtui.files import PRIVATE, read_file, replace_file, target_of
from nbtui.keys.known_hosts import LIMIT, KnownKey, is_plain, line_for, parse
from nbtui.keys.wire import key_type

_FIELDS = re.compile(r"(\s*)(\S+)(\s+)\S+(\s+)\S+(.*)", re.DOTALL)
"""Blanks, names, blanks, type, blanks, key, and the rest: a comment, a carriage return."""


class Moved(Exception):
    """The file holds other keys for the name than it did when somebody looked."""


def rewritten(text: str, name: str, key: bytes | None, *, hashed: bool = False) -> str:
    r"""The text with `key` in place of all keys of a name; None: with none of them.

    Args:
        text: a whole file.
        name: see `nbtui.keys.known_hosts.lookup_name`.
        key: takes the place of the old key of its type, else of the first one.
        hashed: hide the name, if it gets a line of its own.

    >>> old = "a,b ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n"
    >>> rewritten(old, "a", None)
    'b ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n'
    """
    found = {known.line: known for known in of_name(text, name)}
    heir = _heir(list(found.values()), key)
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if number not in found:
            lines.append(line)
        elif key is not None and number == heir:
            lines.extend(_inherited(line, name, key, hashed=hashed))
        else:
            lines.extend(_without(line, name))
    return "\n".join(lines)


def of_name(text: str, name: str) -> list[KnownKey]:
    """The lines without a marker that are about a name."""
    return [known for known in parse(text) if not known.marker and known.matches(name)]


def replace(
    path: Path,
    name: str,
    key: bytes | None,
    *,
    instead_of: Collection[bytes],
    hashed: bool,
    clock: Clock,
) -> Path:
    """Write a file anew with `key` in place of the keys of a name; the old one is kept beside it.

    Args:
        path: of a file that there is; a symbolic link is written through.
        name: see `rewritten`.
        key: see `rewritten`.
        instead_of: the keys that it must hold for the name.
        hashed: see `rewritten`.
        clock: for the date in the backup's name.

    Returns:
        Where the file is kept as it was.

    Raises:
        Moved: it holds other keys; nothing was changed.
        OSError: it cannot be read or written; nothing was changed.
    """
    path = target_of(path)
    before = read_file(path, limit=LIMIT)
    text = before.decode(errors="surrogateescape")
    if {known.blob for known in of_name(text, name)} != set(instead_of):
        raise Moved
    after = rewritten(text, name, key, hashed=hashed).encode(errors="surrogateescape")
    kept = _keep(path, before, clock)
    replace_file(path, after, clock=clock)
    return kept


def _heir(found: list[KnownKey], key: bytes | None) -> int:
    """The line that the key goes to."""
    if key is None or not found:
        return 0
    same_type = [known for known in found if known.key_type == key_type(key)]
    return (same_type or found)[0].line


def _inherited(line: str, name: str, key: bytes, *, hashed: bool) -> Iterator[str]:
    lead, names, gap, other_gap, rest = _fields(line)
    fresh = line_for(name, key, hashed=hashed)
    if names.startswith("|1|") or (names.lower() == name and is_plain(name)):
        _, kind, blob = fresh.split(" ")
        yield f"{lead}{names}{gap}{kind}{other_gap}{blob}{rest}"
    else:
        yield from _without(line, name)
        yield fresh + ("\r" if line.endswith("\r") else "")


def _without(line: str, name: str) -> Iterator[str]:
    """The line for whom else it is about; nothing when there is nobody."""
    lead, names, *_ = _fields(line)
    if names.startswith("|1|"):
        return
    if not is_plain(name):  # an alias such as `*`: what the line says of others is not ours
        yield line
        return
    patterns = [one for one in names.split(",") if one.lower() != name]
    if not any(one and not one.startswith("!") for one in patterns):
        return
    rest = line[len(lead) + len(names) :]
    left = f"{lead}{','.join(patterns)}{rest}"
    if of_name(left, name):
        left = f"{lead}{','.join([*patterns, f'!{name}'])}{rest}"
    yield left


def _fields(line: str) -> tuple[str, str, str, str, str]:
    found = _FIELDS.fullmatch(line)
    assert found is not None  # noqa: S101  # the parser has read it
    lead, names, gap, other_gap, rest = found.groups()
    return lead, names, gap, other_gap, rest


def _keep(path: Path, content: bytes, clock: Clock) -> Path:
    """A copy beside the file, for its owner alone."""
    when = datetime.fromtimestamp(clock.wall()).astimezone()
    stem = f"{path.name}.old-{when:%Y%m%d-%H%M%S}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for number in count(1):
        kept = path.with_name(stem if number == 1 else f"{stem}-{number}")
        try:
            handle = os.open(kept, flags, PRIVATE)
        except FileExistsError:
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return kept
    raise AssertionError  # there is always another number
