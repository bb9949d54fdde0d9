"""What has been said so far about one host: first value wins, some keywords gather.

Surprise: ProxyJump and ProxyCommand are one option with two spellings: whichever comes first shuts the other
out, `ProxyCommand none` included. `ProxyJump none` shuts out later ProxyJumps only (since OpenSSH 10.3).
Source: ssh_config(5), ProxyJump; parse_jump of OpenSSH's readconf.c.
"""

from collections.abc import Iterable

from nbtui.errors import ConfigError
from nbtui.profiles.openssh.lines import Line

GATHERED = frozenset(
    {"certificatefile", "dynamicforward", "identityfile", "localforward", "remoteforward"}
)
"""Keywords whose values all count."""

PROXY = "proxy"
"""The key of whichever of ProxyJump and ProxyCommand decides."""

NO_JUMP = "no jump"
"""The key of `ProxyJump none`."""

_SLOTS = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "identityfile2": "identityfile",
    "proxycommand": PROXY,
    "proxyjump": PROXY,
    "skeyauthentication": "kbdinteractiveauthentication",
    "tisauthentication": "kbdinteractiveauthentication",
}
_NO_TIMEOUT = "no timeout"
_WHOLE_LINE = frozenset({"proxycommand", "proxyjump"})
_LISTS = frozenset(
    {"globalknownhostsfile", "localforward", "remoteforward", "userknownhostsfile"}
)


class Options:
    """The settings of one host, as they are found."""

    def __init__(self) -> None:
        self._first: dict[str, Line] = {}
        self._gathered: dict[str, list[Line]] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Add settings that apply; what was said before wins.

        Raises:
            ConfigError: more arguments than the keyword takes.
        """
        for line in lines:
            self._take(line)

    def first(self, keyword: str) -> Line | None:
        """The line that decides, or None."""
        return self._first.get(keyword)

    def gathered(self, keyword: str) -> tuple[Line, ...]:
        """All lines of a keyword of `GATHERED`, the same value once."""
        return tuple(self._gathered.get(keyword, ()))

    def text(self, keyword: str) -> str | None:
        """The argument of the line that decides."""
        line = self._first.get(keyword)
        return line.args[0] if line else None

    def flag(self, keyword: str, *, default: bool) -> bool:
        """A yes or no.

        Raises:
            ConfigError: it is neither.
        """
        word = self.choice(keyword, _FLAGS)
        return default if word is None else _FLAGS[word]

    def choice(self, keyword: str, choices: Iterable[str]) -> str | None:
        """One word of those, in lower case; None when nothing was said.

        Raises:
            ConfigError: it is another word.
        """
        line = self._first.get(keyword)
        if line is None:
            return None
        word = line.args[0].lower()
        if word not in choices:
            raise line.wrong(f"{keyword} must be one of {', '.join(choices)}")
        return word

    def _take(self, line: Line) -> None:
        if line.keyword not in _WHOLE_LINE:
            _check(line)
        slot = slot_of(line)
        if slot in GATHERED:
            self._gather(slot, line)
        elif not (line.keyword == "proxyjump" and NO_JUMP in self._first):
            self._first.setdefault(slot, line)

    def _gather(self, slot: str, line: Line) -> None:
        lines = self._gathered.setdefault(slot, [])
        if all(line.args != other.args for other in lines):
            lines.append(line)


_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


def slot_of(line: Line) -> str:
    """The key of what the line says; two lines of one key say the same thing."""
    word = line.rest.lstrip(" \t=").lower()
    if line.keyword == "proxyjump" and word == "none":
        return NO_JUMP
    if line.keyword == "connecttimeout" and word == "none":
        return _NO_TIMEOUT  # to ssh that is as if nothing had been said
    return _SLOTS.get(line.keyword, line.keyword)


def _check(line: Line) -> None:
    if not line.args or "" in line.args:
        raise line.wrong(f"{line.keyword} says nothing")
    if len(line.args) > 1 and line.keyword not in _LISTS:
        raise line.wrong(f"{line.keyword} takes one value")


def bad(line: Line, why: object) -> ConfigError:
    """The error about the value of a line."""
    return line.wrong(f"{line.keyword}: {why}")
