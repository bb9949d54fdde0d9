"""Single SSH packets under AES-GCM, with as few copies as Python allows.

Stock copies what a packet carries six times on its way in and seven times on its way out. Here data of a channel is
encrypted from where it was read, and handed out as a view of what was decrypted. Source: RFC 4253 section 6, RFC 5647 section 7.
"""

import mmap
import os
import struct

import paramiko
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LONGEST = 256 << 10
"""Bytes of the longest packet that is taken, as in OpenSSH (packet.c, PACKET_MAX_SIZE)."""
MOST_DATA = 128 << 10
"""Bytes of data that one packet of ours carries at most, whatever the host would take."""
DATA = 94
"""RFC 4254 section 5.2: SSH_MSG_CHANNEL_DATA."""
LENGTH, BLOCK, TAG = 4, 16, 16
"""Bytes of a packet's length, of a block, and of what proves that nothing was changed."""
HEAD = struct.Struct(">BBII")
"""Length of the padding, kind, channel, length of the data."""
_NONCE = struct.Struct(">4sQ")
_LAST = (1 << 64) - 1


def room() -> memoryview:
    """For the longest packet; takes memory only as far as it was written to, which an idle link never does."""
    return memoryview(mmap.mmap(-1, LONGEST))


class Outgoing(paramiko.Message):
    """Data for a channel, which is read into the very place that it is encrypted from; may be sent again and again."""

    def __init__(self, channel: int, most: int) -> None:
        """Args: most: bytes of data."""
        self._channel = channel
        self._plain = memoryview(bytearray(HEAD.size + most + LENGTH + BLOCK))
        self._end = 0
        self.room = self._plain[HEAD.size : HEAD.size + most]
        """Where the data is put."""

    def hold(self, size: int) -> None:
        """Say how many bytes of `room` are to be sent."""
        self._end = HEAD.size + size
        HEAD.pack_into(self._plain, 0, 0, DATA, self._channel, size)

    def asbytes(self) -> bytes:
        """For stock's ciphers."""
        return bytes(self._plain[1 : self._end])

    def padded(self) -> memoryview:
        """With its padding, ready to be encrypted."""
        padding = _padding(self._end - 1)
        end = self._end + padding
        self._plain[0] = padding
        self._plain[self._end : end] = os.urandom(padding)
        return self._plain[:end]


def _padding(size: int) -> int:
    """Bytes of padding for a payload; the length before it is not encrypted and does not count."""
    return BLOCK + 3 - (size + 4) % BLOCK


class _Nonces:
    """RFC 5647 section 7.1: one for each packet."""

    def __init__(self, first: bytes) -> None:
        self._fixed, self._count = _NONCE.unpack(first)

    def next(self) -> bytes:
        nonce = _NONCE.pack(self._fixed, self._count)
        self._count = self._count + 1 & _LAST
        return nonce


class Sealer:
    """Encrypts packets; not for two threads at once."""

    def __init__(self, engine: AESGCM, first: bytes) -> None:
        self._engine, self._nonces = engine, _Nonces(first)
        self._sealed = room()

    def seal(self, message: paramiko.Message) -> bytes | memoryview:
        """The packet; good until the next."""
        if isinstance(message, Outgoing):
            return self._seal_data(message.padded())
        payload = message.asbytes()
        padding = _padding(len(payload))
        plain = b"".join((bytes((padding,)), payload, os.urandom(padding)))
        length = len(plain).to_bytes(LENGTH)
        return length + self._engine.encrypt(self._nonces.next(), plain, length)

    def _seal_data(self, plain: memoryview) -> memoryview:
        length = len(plain).to_bytes(LENGTH)
        packet = self._sealed[: LENGTH + len(plain) + TAG]
        packet[:LENGTH] = length
        self._engine.encrypt_into(self._nonces.next(), plain, length, packet[LENGTH:])
        return packet


class Opener:
    """Decrypts packets."""

    def __init__(self, engine: AESGCM, first: bytes) -> None:
        self._engine, self._nonces = engine, _Nonces(first)

    def open(self, packet: memoryview) -> bytes:
        """From the length of the padding on. Raises SSHException."""
        try:
            return self._engine.decrypt(
                self._nonces.next(), packet[LENGTH:], packet[:LENGTH]
            )
        except InvalidTag as exc:
            raise paramiko.SSHException("a packet was changed on its way") from exc
