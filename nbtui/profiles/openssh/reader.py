"""Reads the two files for one host and keeps what applies.

Surprise: a Match line looks at what was said above it, so the files are walked line by line, for this host
alone. `Match final` makes a second pass, in which Host lines are held against the HostName found in the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nbtui.errors import ConfigError
from nbtui.profiles.here import Here, SshConfigFiles
from nbtui.profiles.openssh.files import MAX_DEPTH, MOST, included, read_config
from nbtui.profiles.openssh.keywords import HEEDED, IDLE, MISSED, nearest_keyword
from nbtui.profiles.openssh.lines import Line, parse_lines
from nbtui.profiles.openssh.match import (
    Facts,
    applies,
    for_everybody,
    parse_criteria,
    wants_final_pass,
)
from nbtui.profiles.openssh.options import Options, bad
from nbtui.profiles.openssh.patterns import match_list, match_words
from nbtui.profiles.openssh.tokens import BadToken, expand, expand_all, expand_tilde
from nbtui.profiles.openssh.values import canonical_host, token_values

Run = Callable[[str], int]
"""Runs a command line in the user's shell and tells its exit status, for Match exec."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """Where a line stands."""

    active: bool
    """The lines of this block apply to the host."""

    never: bool
    """It is in a file that a block that does not apply includes."""

    folder: Path
    """For relative names of Include."""

    tilde: bool
    """Include may begin with ~: it may not in the system's file."""

    depth: int


class Reader:
    """One reading, for one host."""

    def __init__(
        self,
        original_host: str,
        options: Options,
        *,
        files: SshConfigFiles,
        here: Here,
        run: Run,
    ) -> None:
        self.warnings: dict[str, None] = {}
        """What a person ought to know, in the order of the files, each once."""
        self.named = False
        """A block that is not for everybody applies."""
        self._original = original_host
        self._options = options
        self._files = files
        self._here = here
        self._run = run
        self._final: str | None = None
        self._wants_final = False
        self._reads = 0

    def read(self) -> str:
        """Fill the options; returns the host to dial, canonical.

        Raises:
            ConfigError: with file and line.
        """
        self._pass()
        host = canonical_host(self._host())
        if self._wants_final:
            self._final = host
            self._pass()
        return host

    def _pass(self) -> None:
        for one in self._files.in_order():
            if one.needed and not one.path.exists():
                raise ConfigError(
                    "there is no such file",
                    file=str(one.path),
                    hint="name another ssh_config",
                )
            block = _Block(
                active=True, never=False, folder=one.folder, tilde=one.tilde, depth=0
            )
            self._read_file(one.path, block, checked=one.checked)

    def _read_file(self, path: str | Path, block: _Block, *, checked: bool) -> None:
        if block.depth > MAX_DEPTH:
            why = f"files include each other more than {MAX_DEPTH} deep"
            raise ConfigError(
                why, file=str(path), hint="remove the Include that comes back"
            )
        self._reads += 1
        if self._reads > MOST:
            raise ConfigError("files are included too often", file=str(path))
        text = read_config(path, checked=checked)
        for line in parse_lines(text or "", file=str(path)):
            block = self._line(line, block)

    def _line(self, line: Line, block: _Block) -> _Block:
        match line.keyword:
            case "host":
                return replace(block, active=self._host_applies(line, block))
            case "match":
                return replace(block, active=self._match_applies(line, block))
            case "include":
                self._include(line, block)
                return block
            case _:
                self._setting(line, block)
                return block

    def _setting(self, line: Line, block: _Block) -> None:
        if not block.active:
            return
        if line.keyword in HEEDED:
            self._options.take([line])
        elif line.keyword not in IDLE | MISSED:
            self._unknown(line)
        if line.keyword in MISSED and line.args[:1] not in (("no",), ("none",), ("false",)):
            self._warn(line, f"nbtui does not heed {line.keyword}")

    def _unknown(self, line: Line) -> None:
        if match_list(line.keyword, (self._options.text("ignoreunknown") or "").lower()):
            return
        near = nearest_keyword(line.keyword)
        also = f"; did you mean {near}?" if near else ""
        self._warn(line, f"there is no {line.keyword} in ssh_config{also}")

    def _warn(self, line: Line, text: str) -> None:
        self.warnings[f"{line.file}:{line.number}: {text}"] = None

    def _host_applies(self, line: Line, block: _Block) -> bool:
        if not line.args or "" in line.args:
            raise line.wrong("Host says nothing")
        active = not block.never and match_words(self._final or self._original, line.args)
        self.named |= active and set(line.args) != {"*"}
        return active

    def _match_applies(self, line: Line, block: _Block) -> bool:
        criteria = parse_criteria(line)
        self._wants_final |= wants_final_pass(criteria)
        active = not block.never and applies(line, criteria, self._facts(line))
        self.named |= active and not for_everybody(criteria)
        return active

    def _facts(self, line: Line) -> Facts:
        return Facts(
            host=self._host(),
            original_host=self._original,
            user=self._options.text("user") or self._here.user,
            local_user=self._here.user,
            tag=self._options.text("tag") or "",
            final=self._final is not None,
            addresses=self._here.addresses,
            run=lambda command: self._exec(line, command),
        )

    def _exec(self, line: Line, command: str) -> bool:
        try:
            return self._run(expand(command, self._tokens())) == 0
        except BadToken as exc:
            raise line.wrong(str(exc)) from None

    def _tokens(self) -> Mapping[str, str]:
        host = self._host()
        return token_values(
            self._options,
            here=self._here,
            host=host,
            original_host=self._original,
            key=self._options.text("hostkeyalias") or host,
        )

    def _host(self) -> str:
        line = self._options.first("hostname")
        if self._final is not None or line is None:
            return self._final or self._original
        try:
            return expand(line.args[0], {"h": self._original})
        except BadToken as exc:
            raise bad(line, exc) from None

    def _include(self, line: Line, block: _Block) -> None:
        never = block.never or not block.active
        inner = replace(block, never=never, depth=block.depth + 1)
        for argument in line.args:
            pattern = self._place(line, argument, block)
            for path in included(pattern, folder=block.folder) if pattern else ():
                self._read_file(path, inner, checked=True)

    def _place(self, line: Line, argument: str, block: _Block) -> str:
        try:
            place = expand_all(argument, self._tokens(), self._here.environ)
        except BadToken as exc:  # ssh goes on as well
            self._warn(line, str(exc))
            return ""
        if place.startswith("~") and not block.tilde:
            raise line.wrong("Include of the system's file may not begin with ~")
        return expand_tilde(place, self._here.home)
