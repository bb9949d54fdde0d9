"""Cached host keys of PuTTY as public keys. Pure.

PuTTY keeps `type@port:host` and the key's numbers in hexadecimal. Source: the `cache_str` functions of PuTTY's
crypto/rsa.c and crypto/ecc-ssh.c; RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8032 section 5.1.2.
"""

import re
from collections.abc import Iterable, Iterator

from nbtui.keys.wire import string
from nbtui.profiles.importing.host_keys import AcceptedKey
from nbtui.profiles.putty.source import RawHostKey

_NAME = re.compile(r"([a-z0-9-]+)@(\d{1,5}):(.+)")
_NUMBER = re.compile(r"0x([0-9a-f]{1,4096})", re.IGNORECASE)
_CURVES = {"nistp256": 32, "nistp384": 48, "nistp521": 66}
"""Bytes of a coordinate."""
_ED25519 = 32
_HIGHEST_PORT = 65535


def cached_keys(raw: Iterable[RawHostKey]) -> Iterator[AcceptedKey]:
    """Those that can be read and still count for something; DSA and SSH-1 do not.

    >>> [key.host for key in cached_keys([RawHostKey("rsa2@22:vm", "0x10001,0xab"), RawHostKey("dss@22:x", "")])]
    ['vm']
    """
    for one in raw:
        found = _NAME.fullmatch(one.name)
        numbers = one.value.strip().split(",")
        blob = _blob(found[1], numbers) if found else None
        if found and blob and 0 < int(found[2]) <= _HIGHEST_PORT:
            yield AcceptedKey(found[3], int(found[2]), blob)


def _blob(kind: str, parts: list[str]) -> bytes | None:
    curve = kind.removeprefix("ecdsa-sha2-")
    if curve in _CURVES and parts[0] == curve:
        parts = parts[1:]
    numbers = [int(found[1], 16) for part in parts if (found := _NUMBER.fullmatch(part))]
    if len(numbers) != len(parts) or len(numbers) != 2:  # noqa: PLR2004  # e and n, or x and y
        return None
    first, second = numbers
    try:
        if kind == "rsa2":
            return string("ssh-rsa") + _mpint(first) + _mpint(second)
        if kind == "ssh-ed25519":
            return string(kind) + string(_compressed(first, second))
        if curve in _CURVES:
            size = _CURVES[curve]
            point = b"\4" + first.to_bytes(size, "big") + second.to_bytes(size, "big")
            return string(kind) + string(curve) + string(point)
    except OverflowError:  # a number that is larger than its field
        return None
    return None


def _mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _compressed(x: int, y: int) -> bytes:
    """The point as its y with the lowest bit of its x on top."""
    if y.bit_length() >= _ED25519 * 8:
        raise OverflowError
    return (y | (x & 1) << (_ED25519 * 8 - 1)).to_bytes(_ED25519, "little")
