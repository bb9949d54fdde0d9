"""The single values of profiles.toml: what each may be.

Every reader takes what tomli gave and returns what the model wants, or raises `Wrong`. Host and user are
checked as ssh does (valid_hostname and valid_ruser of OpenSSH's ssh.c), because both end in shell lines.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from nbtui.model.text import clean_line

if TYPE_CHECKING:
    from nbtui.profiles.places import KeyPath

T = TypeVar("T")

_MAX_PORT = 65535
_HUGE = 10**18
_NOT_IN_HOST = re.compile(r"[\s\x00-\x1f\x7f'\"`$\\;&<>|(){}]")
_NOT_IN_USER = re.compile(r"[\x00-\x1f\x7f'\"`;&<>|(){}]|\s-|\\$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[^:\[\]]+):([0-9]{1,5})")


class Wrong(Exception):
    """A value that cannot be used."""

    def __init__(self, why: str, *, hint: str = "", path: "KeyPath" = ()) -> None:
        super().__init__(why)
        self.why = why
        """Such as `must be text, not 7`."""
        self.hint = hint
        self.path = path
        """Where below the table that was read."""


def text(value: object) -> str:
    """One line of text that says something."""
    if not isinstance(value, str):
        raise Wrong(f"must be text, not {shown(value)}", hint='write it in quotes: "…"')
    if not value.strip():
        raise Wrong("must not be empty", hint="remove the line, or write a value")
    if "\n" in value or _CONTROL.search(value):
        raise Wrong("must be one line without control characters")
    return value


def lines(value: object) -> str:
    """Text of one line or more."""
    if isinstance(value, str) and not _CONTROL.search(value):
        return value
    if isinstance(value, str):
        raise Wrong("must not hold control characters")
    return text(value)


def texts(value: object) -> tuple[str, ...]:
    """A text, or a list of them."""
    return each(text, value) if isinstance(value, list) else (text(value),)


def each(read: Callable[[object], T], value: object) -> tuple[T, ...]:
    """A list, every element read by `read`."""
    if not isinstance(value, list):
        raise Wrong(f"must be a list, not {shown(value)}", hint="write it in brackets: […]")
    return tuple(within(index, read, one) for index, one in enumerate(value))


def within(key: str | int, read: Callable[[object], T], value: object) -> T:
    """Read the value of a key of a table, or an element of a list."""
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(wrong.why, hint=wrong.hint, path=(key, *wrong.path)) from None


def label(value: object) -> str:
    """A name for people: as `clean_line` leaves it, so nothing can hide in it."""
    name = text(value)
    if name != clean_line(name):
        raise Wrong(
            "must be plain words, with single blanks between them",
            hint=f'write "{clean_line(name)}"',
        )
    return name


def labels(value: object) -> tuple[str, ...]:
    """A label, or a list of them."""
    return each(label, value) if isinstance(value, list) else (label(value),)


def profile_name(value: object) -> str:
    """A label that no command line takes for an option. Slashes and blanks inside are fine."""
    name = label(value)
    if name.startswith("-"):
        raise Wrong("a profile's name must not begin with -", hint="name it otherwise")
    return name


def flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Wrong(
            f"must be true or false, not {shown(value)}", hint="write it without quotes"
        )
    return value


def family(value: object) -> str:
    """Of addresses, as ssh's AddressFamily."""
    if value not in ("any", "inet", "inet6"):
        raise Wrong(f"must be any, inet or inet6, not {shown(value)}")
    return str(value)


def port(value: object) -> int:
    """A TCP port."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        raise Wrong(f"must be a number, not {shown(value)}", hint="write it without quotes")
    if type(value) is not int or not 1 <= value <= _MAX_PORT:
        raise Wrong(f"must be a port from 1 to {_MAX_PORT}, not {shown(value)}")
    return value


def host(value: object) -> str:
    """An address or a name; IPv6 stands without brackets."""
    name = text(value)
    if "@" in name:
        raise Wrong("must be the host alone", hint="move what stands before @ to user = …")
    if re.fullmatch(r"\[.*\](:\d*)?|[^:]*:\d*", name):
        raise Wrong(
            f"must be the host alone, not {shown(name)}",
            hint='write host = "::1" without brackets, and the port as port = 22',
        )
    return _host_as_in_ssh(name)


def alias(value: object) -> str:
    """A name for known_hosts; `%k` of a ProxyCommand brings it into a shell's line, where ssh lets anything pass."""
    name = text(value)
    if name.startswith("-") or _NOT_IN_HOST.search(name):
        raise Wrong(f"{shown(name)} cannot be an alias: write it as a host's name")
    return name


def user(value: object) -> str:
    """A login name."""
    name = text(value)
    if name.startswith("-") or _NOT_IN_USER.search(name):
        raise Wrong(f"{shown(name)} cannot be a user: ssh would refuse it as well")
    return name


def jump(value: object) -> str:
    """What ProxyJump takes: `[user@]host[:port],…`, hops also as ssh://, or `none`."""
    from nbtui.profiles.hops import parse_chain  # noqa: PLC0415  # socket, urllib: for jumps only

    chain = text(value)
    try:
        hops = parse_chain(chain)
    except ValueError as exc:
        raise Wrong(clean_line(str(exc)), hint='write "[user@]host[:port],…"') from None
    for hop in hops:
        _host_as_in_ssh(hop.host)
        user(hop.user or "anybody")
    return chain


def listen(value: object) -> str:
    """`host:port` or just a port, which means localhost. Returns `host:port`."""
    alone = int(value) if isinstance(value, str) and _is_number(value) else value
    if isinstance(alone, int):
        return f"localhost:{port(alone)}"
    return address(value)


def address(value: object) -> str:
    """`host:port`, IPv6 in brackets."""
    where = text(value)
    found = _ADDRESS.fullmatch(where)
    if found is None:
        raise Wrong(
            f"must be host:port, not {shown(where)}",
            hint='write "localhost:27017", or "[::1]:27017" for IPv6',
        )
    port(int(found[2]))
    _host_as_in_ssh(found[1])
    return where


def amount(value: object) -> float:
    """A number from 0 up, such as a price."""
    limit = 1e9  # keeps inf, and integers no float can hold, out
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"must be a number, not {shown(value)}")
    if not 0 <= value <= limit:
        raise Wrong(f"must be from 0 to {limit:.0e}, not {shown(value)}")
    return float(value)


def cores(value: object) -> int:
    """A number of processors."""
    if type(value) is not int or not 1 <= value <= _MAX_PORT:
        raise Wrong(f"must be a whole number from 1 up, not {shown(value)}")
    return value


def shown(value: object) -> str:
    """A value for a message: short, and clean.

    >>> shown("a"), shown(True), shown([1]), shown({})
    ('"a"', 'true', 'a list', 'a table')
    """
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return _quoted(clean_line(value, limit=40))
        case bool():
            return str(value).lower()
        case int() if abs(value) > _HUGE:
            return "a number this large"  # str() refuses thousands of digits
        case _:
            return clean_line(str(value), limit=40)


def _quoted(text: str) -> str:
    import json  # noqa: PLC0415  # 1 ms that a good file need not pay

    return json.dumps(text, ensure_ascii=False)


def _is_number(value: str) -> bool:
    return bool(re.fullmatch("[0-9]{1,5}", value))


def _host_as_in_ssh(name: str) -> str:
    if name.startswith("-") or _NOT_IN_HOST.search(name):
        raise Wrong(f"{shown(name)} cannot be a host: ssh would refuse it as well")
    return name
