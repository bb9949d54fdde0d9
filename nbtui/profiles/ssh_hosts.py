"""Hosts of ssh_config as profiles. Nothing is resolved or run for it.

Surprise: a profile of a host keeps the host's alias as its `host`, so all of ssh_config goes on applying to it. Only
what the host's own block decides comes along; what a pattern or a Match says before it, or beside it where all
values count, stays a gap that ssh_config fills at each connect. So the profile means what the alias means.
A file that is not heeded when nbtui connects is another matter: all of it comes along that can.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from nbtui.errors import ConfigError
from nbtui.model.profile import Profile
from nbtui.model.text import clean_line
from nbtui.profiles.forwards import forwards_of
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.notebook_forward import notebook_apart
from nbtui.profiles.openssh.blocks import About, Blocks
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import PROXY, Options, slot_of
from nbtui.profiles.openssh.values import port_of
from nbtui.profiles.pasted import host_name, way

_ORIGIN = "ssh_config:"
_FORWARDS = frozenset({"localforward", "remoteforward", "dynamicforward"})
_ALL_COUNT = frozenset({"identityfile", "certificatefile"})
_SIMPLE = frozenset(
    {
        "user",
        "port",
        "hostkeyalias",
        "addressfamily",
        "identityagent",
        "hostname",
        PROXY,
        "no jump",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SshHosts:
    """One ssh_config to take hosts from."""

    blocks: Blocks
    heeded: bool
    """nbtui reads it at each connect."""

    environ: Mapping[str, str]
    """For `${NAME}` in a forward."""

    def candidates(
        self, names: Collection[str], *, asked: bool = False
    ) -> Iterator[Candidate | Skipped]:
        """The hosts of these names.

        Args: asked: somebody named them, so that they come in whatever they are.
        """
        for name, header in self.blocks.names().items():
            if name not in names:
                continue
            found = self._candidate(name, header, asked=asked)
            shown = clean_line(name)
            if isinstance(found, Candidate) and shown != name:
                yield Skipped(
                    name=shown, why="its name is no plain text", place=header.place
                )
            else:
                yield found

    def _candidate(self, name: str, header: Line, *, asked: bool) -> Candidate | Skipped:
        if self.blocks.names_in_vain(name):
            why = "ssh does not heed it: the Include that leads there stands in a block of other hosts"
            return Skipped(name=clean_line(name), why=why, place=header.place)
        about = tuple(self.blocks.about(name))
        try:
            profile, notes = self._profile(name, tuple(self._ours(about)))
        except ConfigError as exc:
            return Skipped(name=clean_line(name), why=exc.message, place=header.place)
        if profile.user == "git" and not asked:
            why = "git is no user to run a notebook as; it comes in by its name"
            return Skipped(name=name, why=why, place=header.place)
        return Candidate(
            profile=profile,
            origin=f"{_ORIGIN}{name}",
            place=header.place,
            notes=(*notes, *self._left_out(about)),
            commands=(profile.proxy_command,) if profile.proxy_command else (),
        )

    def _ours(self, about: tuple[About, ...]) -> Iterator[Line]:
        """The lines that come along."""
        others = {slot_of(one.line) for one in about if not self._counts(one)}
        others |= _ALL_COUNT if self.heeded and self.blocks.twice else set()
        before: set[str] = set()
        for one in about:
            slot = slot_of(one.line)
            if one.scope == "perhaps" and self.heeded:
                before |= _SIMPLE  # its Match must not see what it would not have seen
            elif not self._counts(one):
                before.add(slot)
            elif _is_fixed(one.line) and _may_come(slot, before, others):
                yield one.line

    def _counts(self, one: About) -> bool:
        if self.heeded:
            return one.scope == "own" and _is_fixed(one.line)
        return one.scope in ("own", "shared")

    def _profile(
        self, name: str, lines: tuple[Line, ...]
    ) -> tuple[Profile, tuple[str, ...]]:
        options = Options()
        options.take(lines)
        jump, proxy = way(options)
        asked, notes = forwards_of(options, self.environ)
        jupyter, forwards = notebook_apart(asked)
        return Profile(
            name=name,
            host=name if self.heeded else host_name(options, name),
            user=options.text("user"),
            port=port_of(options) if options.first("port") else None,
            identity_file=_values(options, "identityfile"),
            certificate_file=_values(options, "certificatefile"),
            identity_agent=options.text("identityagent"),
            jump=None if self.heeded and proxy else jump,
            proxy_command=None if self.heeded else proxy,
            address_family=options.choice("addressfamily", ("any", "inet", "inet6")),
            host_key_alias=options.text("hostkeyalias"),
            jupyter=jupyter,
            forwards=forwards,
        ), notes

    def _left_out(self, about: tuple[About, ...]) -> Iterator[str]:
        if self.heeded:
            return
        for one in about:
            if slot_of(one.line) not in _SIMPLE | _ALL_COUNT | _FORWARDS:
                continue
            if one.scope == "perhaps":
                yield f"{_told(one.line)}: a Match decides about it, so it is left out"
            elif not _is_fixed(one.line):
                yield f"{_told(one.line)}: a token stands for something else there, so it is left out"


def _told(line: Line) -> str:
    return f"{line.place}: {line.keyword} {clean_line(line.rest.strip())}"


def _may_come(slot: str, before: set[str], others: set[str]) -> bool:
    """ssh_config says nothing else before it; nor anywhere, where all values count."""
    if slot in _ALL_COUNT:
        return slot not in others
    return slot in _FORWARDS or (slot in _SIMPLE and slot not in before)


def _is_fixed(line: Line) -> bool:
    """It means the same in a profile, which knows tokens in a proxy command and forwards alone."""
    if line.keyword in _FORWARDS or line.keyword in ("proxycommand", "hostname"):
        return True
    return "%" not in line.rest and "${" not in line.rest


def _values(options: Options, keyword: str) -> tuple[str, ...]:
    words = (line.args[0] for line in options.gathered(keyword))
    return tuple(word for word in words if word.lower() != "none")
