"""The criteria of a Match line. Source: ssh_config(5), Match; match_cfg_line of OpenSSH's readconf.c.

Surprise: `exec` runs a program of the user's, so it is only asked when all before it held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.patterns import match_host, match_list, match_networks

_LONE = ("final", "canonical")
_WITH_ARGUMENT = (
    "host",
    "originalhost",
    "user",
    "localuser",
    "localnetwork",
    "tagged",
    "command",
    "sessiontype",
    "version",
    "exec",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known when a Match line is reached; later lines may still change it."""

    host: str
    """After HostName, as far as that is said."""

    original_host: str
    user: str
    local_user: str
    tag: str
    final: bool
    """This is the second pass."""

    addresses: Callable[[], tuple[str, ...]]
    run: Callable[[str], bool]
    """Expand the tokens of a command, run it, say whether it ended with 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One word of the line."""

    name: str
    argument: str = ""
    negated: bool = False


def parse_criteria(line: Line) -> tuple[Criterion, ...]:
    """Read a Match line.

    Raises:
        ConfigError: an unknown criterion, one without its argument, or `all` in the wrong place.
    """
    criteria = tuple(_read(line, iter(line.args)))
    at = [position for position, one in enumerate(criteria) if one.name == "all"]
    if at and (at[0] > 1 or at[0] != len(criteria) - 1):
        raise line.wrong("Match all must stand alone, or right after final or canonical")
    return criteria


def wants_final_pass(criteria: tuple[Criterion, ...]) -> bool:
    """Whether the files are to be read a second time."""
    return any(one.name == "final" and not one.negated for one in criteria)


def for_everybody(criteria: tuple[Criterion, ...]) -> bool:
    """It is `Match all` in one of its spellings, which says nothing about a host."""
    return {one.name for one in criteria} <= {"all", *_LONE}


def applies(line: Line, criteria: tuple[Criterion, ...], facts: Facts) -> bool:
    """Whether all criteria hold, asked from left to right up to the first that does not.

    Raises:
        ConfigError: a network that is none.
    """
    try:
        return all(_holds(one, facts) is not one.negated for one in criteria)
    except ValueError as exc:
        raise line.wrong(str(exc)) from None


def _read(line: Line, words: Iterator[str]) -> Iterator[Criterion]:
    for word in words:
        name, equals, argument = word.removeprefix("!").partition("=")
        name, negated = name.lower(), word.startswith("!")
        if name == "all" or name in _LONE:
            yield Criterion(name=name, negated=negated)
        elif name in _WITH_ARGUMENT:
            value = argument if equals else next(words, None)
            if value is None or (not value and name not in ("tagged", "command")):
                raise line.wrong(f"Match {name} says nothing")
            yield Criterion(name=name, argument=value, negated=negated)
        else:
            raise line.wrong(f"Match knows no {name or word}")


def _holds(one: Criterion, facts: Facts) -> bool:
    match one.name:
        case "all":
            return True
        case "final" | "canonical":
            return facts.final
        case "host":
            return match_host(facts.host, one.argument)
        case "originalhost":
            return match_host(facts.original_host, one.argument)
        case "user":
            return match_list(facts.user, one.argument)
        case "localuser":
            return match_list(facts.local_user, one.argument)
        case _:
            return _holds_rarely(one, facts)


def _holds_rarely(one: Criterion, facts: Facts) -> bool:
    match one.name:
        case "exec":
            return facts.run(one.argument)
        case "localnetwork":
            return match_networks(facts.addresses(), one.argument)
        case "tagged":
            return match_list(facts.tag, one.argument) if facts.tag else not one.argument
        case "command":
            return not one.argument  # what ssh would see: a login without a command
        case "sessiontype":
            return match_list("shell", one.argument)
        case _:
            return False  # version: we are no OpenSSH
