"""The lines that may be about a host, and how sure that is, without running or resolving anything.

Surprise: no Match line is asked, because one may run a program, and what it looks at is known to a real reading
alone (`reader`). What stands below one is uncertain, and so is a file that is included there.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from nbtui.profiles.here import SshConfigFiles
from nbtui.profiles.openssh.files import MAX_DEPTH, MOST
from nbtui.profiles.openssh.hosts import included_by, is_concrete, lines_of
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.patterns import match_words

Scope = Literal["own", "shared", "perhaps", "never"]
"""own: the block names the host; shared: it is for others too; perhaps: a Match decides; never: it is for others."""


class About(NamedTuple):
    """A line that applies, or may."""

    line: Line
    scope: Scope


@dataclass(kw_only=True, slots=True)
class Block:
    """Lines that stand below one header of one file, up to the next or to an Include."""

    header: Line | None
    """Host or Match; None at the top of a file."""

    outer: "Block | None"
    """Where the file of this one is included."""

    lines: list[Line] = field(default_factory=list)

    def scope(self, host: str) -> Scope:
        """Whether it is about the host."""
        around = self.outer.scope(host) if self.outer else "shared"
        if self.header is None or around == "never":
            return around
        own = _scope(self.header, host)
        return "perhaps" if around == "perhaps" and own != "never" else own


class Blocks:
    """All of ssh_config, each file as often as it is included."""

    def __init__(self, files: SshConfigFiles) -> None:
        self.files: set[str] = set()
        """Real paths of what was read."""
        self.twice = False
        """A `Match final` asks for a second reading, in which blocks of the HostName apply as well."""
        self._reads = 0
        self._blocks = [
            block
            for one in files.in_order()
            for block in self._read(one.path, one.folder, checked=one.checked)
        ]

    def names(self) -> dict[str, Line]:
        """The concrete names of all Host lines, with the line where each stands first."""
        found: dict[str, Line] = {}
        for block in self._blocks:
            if block.header is not None and block.header.keyword == "host":
                for name in filter(is_concrete, block.header.args):
                    found.setdefault(name, block.header)
        return found

    def names_in_vain(self, host: str) -> bool:
        """Its blocks stand in files that a block of other hosts includes, so they never apply."""
        return all(block.scope(host) in ("never", "shared") for block in self._blocks)

    def about(self, host: str) -> Iterator[About]:
        """The lines of all blocks but those for others, in the order in which ssh reads them."""
        for block in self._blocks:
            scope = block.scope(host)
            if scope != "never":
                yield from (About(line, scope) for line in block.lines)

    def _read(
        self, path: str | Path, folder: Path, *, checked: bool, outer: Block | None = None
    ) -> Iterator[Block]:
        self._reads += 1
        self.files.add(os.path.realpath(path))
        block = Block(header=None, outer=outer)
        for line in lines_of(path, checked=checked):
            if line.keyword in ("host", "match"):
                yield block
                block = Block(header=line, outer=outer)
                self.twice |= line.keyword == "match" and "final" in line.rest.lower()
            elif line.keyword == "include" and _depth(outer) < MAX_DEPTH:
                yield block
                for inner in included_by(line, folder) if self._reads < MOST else ():
                    yield from self._read(inner, folder, checked=True, outer=block)
                block = Block(header=block.header, outer=outer)
            else:
                block.lines.append(line)
        yield block


def _depth(block: Block | None) -> int:
    depth = 0
    while block is not None:
        block, depth = block.outer, depth + 1
    return depth


def _scope(header: Line, host: str) -> Scope:
    if header.keyword == "match":
        return "shared" if [word.lower() for word in header.args] == ["all"] else "perhaps"
    if host not in header.args and not _has_pattern(header):
        return "never"  # most are, and to look at each pattern takes longer
    if not match_words(host, header.args):
        return "never"
    return "own" if host in header.args else "shared"


def _has_pattern(header: Line) -> bool:
    return not all(map(is_concrete, header.args))
