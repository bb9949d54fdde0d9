"""Patterns of ssh_config(5): `*` and `?`, lists with `!`, networks.

No regular expressions: each is used once, and to compile thousands takes longer than all the rest.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def match_pattern(text: str, pattern: str) -> bool:
    """Whether the whole text fits; upper and lower case are different.

    >>> match_pattern("gpu1", "gpu?"), match_pattern("gpu", "gpu?"), match_pattern("gpu", "g*u")
    (True, False, True)
    """
    at, here, star, mark = (
        0,
        0,
        -1,
        0,
    )  # in text and pattern; the last star, and where it ends
    while at < len(text):
        char = pattern[here : here + 1]
        if char == "*":
            star, mark, here = here, at, here + 1
        elif char in ("?", text[at]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = mark, star + 1
        else:
            return False
    return not pattern[here:].strip("*")


def match_words(text: str, patterns: Iterable[str]) -> bool:
    """As the arguments of Host: one fits, and none of the negated ones.

    >>> match_words("gpu1", ["gpu*", "!gpu1"]), match_words("a", ["!b"])
    (False, False)
    """
    fits = [
        not pattern.startswith("!")
        for pattern in patterns
        if match_pattern(text, pattern.removeprefix("!"))
    ]
    return bool(fits) and all(fits)


def match_list(text: str, patterns: str) -> bool:
    """As the argument of `Match user`: words between commas."""
    return match_words(text, patterns.split(","))


def match_host(host: str, patterns: str) -> bool:
    """As the argument of `Match host`: case does not count."""
    return match_list(host.lower(), patterns.lower())


def match_networks(addresses: Iterable[str], networks: str) -> bool:
    """As the argument of `Match localnetwork`: whether an address is in the list of CIDR networks.

    Raises:
        ValueError: one of them is no network.

    >>> match_networks(["10.1.2.3"], "192.168.0.0/16,10.0.0.0/8")
    True
    """
    wanted = [ip_network(word, strict=False) for word in networks.split(",")]
    mine = [ip_address(address.partition("%")[0]) for address in addresses]
    return any(address in network for address in mine for network in wanted)
