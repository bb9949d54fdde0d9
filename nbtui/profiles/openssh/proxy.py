"""What ProxyJump or ProxyCommand says, whichever decides."""

from nbtui.profiles.hops import Hop, parse_chain
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import PROXY, Options, bad


def jump_of(options: Options) -> tuple[Hop, ...]:
    """The chain of ProxyJump as written, nearest hop first; empty when there is none.

    Raises:
        ConfigError: a hop that is none.
    """
    line = options.first(PROXY)
    if line is None or line.keyword != "proxyjump":
        return ()
    return chain_of(line, jump_text(line))


def chain_of(line: Line, text: str) -> tuple[Hop, ...]:
    """Read a chain that the line says, perhaps with its tokens expanded. Raises as `jump_of` does."""
    try:
        return parse_chain(text)
    except ValueError as exc:
        raise bad(line, exc) from None


def jump_text(line: Line) -> str:
    """The chain as it stands; here a comment ends it anywhere in the line."""
    return _value(line).partition("#")[0].rstrip()


def command_text(line: Line) -> str | None:
    """The command of ProxyCommand as it stands; None when the line says something else, or `none`."""
    if line.keyword == "proxyjump" or _value(line).lower() == "none":
        return None
    return _value(line)


def _value(line: Line) -> str:
    return line.rest.lstrip(" \t=")
