"""The data types of RFC 4251 section 5, as far as key material uses them."""

import struct

from nbtui.errors import NbtuiError

OPENSSH_MAGIC = b"openssh-key-v1\0"
"""How a private key in OpenSSH's own format begins."""


class Malformed(NbtuiError):
    """Bytes that end too early or do not say what they must."""


class Reader:
    r"""Takes fields from the front of a byte string.

    >>> Reader(b"\0\0\0\2hi").string()
    b'hi'
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises Malformed."""
        if size > len(self.data) - self.at:
            raise Malformed("the key material ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int = 4) -> int:
        """An unsigned integer of 4 (uint32) or 8 (uint64) bytes."""
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        """A string: length, then bytes. An mpint has the same shape."""
        return self.take(self.number())

    def text(self) -> str:
        """A string as text; what is not UTF-8 becomes U+FFFD."""
        return self.string().decode(errors="replace")

    def strings(self) -> tuple[bytes, ...]:
        """A string that holds strings and nothing else."""
        inner = Reader(self.string())
        found = []
        while inner.at < len(inner.data):
            found.append(inner.string())
        return tuple(found)


def string(data: bytes | str) -> bytes:
    r"""Encode a string.

    >>> string("hi")
    b'\x00\x00\x00\x02hi'
    """
    raw = data.encode() if isinstance(data, str) else data
    return struct.pack(">I", len(raw)) + raw


def key_type(blob: bytes) -> str:
    """What the first field of a public key or certificate says. Raises Malformed."""
    return Reader(blob).text()
