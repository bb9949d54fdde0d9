"""SSH packets that are read many at a time: a packetizer for paramiko's `packetizer_class`.

Stock makes two calls of the system for each packet. Here one read fetches what is there, and what is data of a channel
goes straight to whom it is for. Only under AES-GCM: other ciphers, and all before the first keys, are left to stock.
"""

from threading import Lock
from typing import Any, Protocol

import paramiko
from paramiko.packet import NeedRekeyException, Packetizer

from nbtui.ssh.gcm import BLOCK, DATA, HEAD, LENGTH, LONGEST, TAG, Opener, Sealer, room
from nbtui.ssh.wire import Wire


class Sink(Protocol):
    """Takes what arrives for a channel. Neither call may block, send on the link, or touch the channel's lock."""

    def feed(self, data: bytes | memoryview) -> None:
        """Take it; it may be kept."""

    def end(self) -> None:
        """Nothing more comes: the far end is done, or the channel is closed. Comes once at least."""


class _Ahead:
    """What was read from the wire and not taken yet."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._room = room()
        self._start = self._end = 0

    def __len__(self) -> int:
        return self._end - self._start

    def take(self) -> memoryview | None:
        """The next packet, good until the next `read`; None: not all of it is here. Raises SSHException: it is none."""
        here = self._end - self._start
        if here < LENGTH:
            return None
        size = int.from_bytes(self._room[self._start : self._start + LENGTH])
        if not BLOCK <= size <= LONGEST - LENGTH - TAG:
            raise paramiko.SSHException(f"a packet of {size} bytes")
        if here < LENGTH + size + TAG:
            return None
        return self.take_bytes(LENGTH + size + TAG)

    def take_bytes(self, size: int) -> memoryview:
        """Good until the next `read`; fewer, if there are not so many."""
        taken = self._room[self._start : min(self._start + size, self._end)]
        self._start += len(taken)
        return taken

    def read(self) -> None:
        """Once. Raises TimeoutError, OSError, EOFError."""
        if self._start:
            self._room[: len(self)] = self._room[self._start : self._end]
            self._start, self._end = 0, len(self)
        size = self._wire.recv_into(self._room[self._end :])
        if not size:
            raise EOFError
        self._end += size


class Packets(Packetizer):
    """See the module. One thread reads, any number write."""

    REKEY_BYTES = 1 << 30
    """Each way; RFC 4253 section 9. Stock's half of it would be a second's worth here."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)  # type: ignore[arg-type]  # it is socket enough
        self._ahead = _Ahead(wire)
        self._turn = Lock()
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None
        self._sent = self._received = 0
        self._number = 0
        self._shaken = False
        self.routes: dict[int, Sink] = {}
        """Who takes the data of a channel, by the channel's number here."""

    def set_outbound_cipher(self, *facts: Any, **named: Any) -> None:
        """See stock: what we send has new keys."""
        super().set_outbound_cipher(*facts, **named)
        self._sealer = None
        if named["aead"]:
            self._sealer = Sealer(named["block_engine"], named["iv_out"])
        self._sent = 0

    def set_inbound_cipher(self, *facts: Any, **named: Any) -> None:
        """See stock: what we get has new keys."""
        super().set_inbound_cipher(*facts, **named)
        self._opener = None
        if named["aead"]:
            self._opener = Opener(named["block_engine"], named["iv_in"])
        self._received = 0

    def need_rekey(self) -> bool:
        """See stock."""
        return max(self._sent, self._received) >= self.REKEY_BYTES or super().need_rekey()

    def complete_handshake(self) -> None:
        """See stock, which does it for each packet."""
        if not self._shaken:
            self._shaken = True
            super().complete_handshake()

    def reset_seqno_in(self) -> None:
        """See stock."""
        super().reset_seqno_in()
        self._number = 0

    def send_message(self, data: paramiko.Message) -> None:
        """See stock."""
        if self._sealer is None:
            super().send_message(data)
            return
        with self._turn:
            packet = self._sealer.seal(data)
            self.write_all(packet)
            self._sent += len(packet)

    def read_message(self) -> tuple[int, paramiko.Message]:
        """See stock; data that goes to a sink is no message any more."""
        if self._opener is None:
            return super().read_message()
        while True:
            packet = self._ahead.take()
            if packet is None:
                self._read()
                continue
            self._received += len(packet)
            self._number = self._number + 1 & 0xFFFFFFFF
            message = self._parse(self._opener.open(packet))
            if message is not None:
                return message
            self._check_age()

    def _parse(self, plain: bytes) -> tuple[int, paramiko.Message] | None:
        """Kind and message; None: it went to a sink. Raises SSHException."""
        padding, kind, channel, size = HEAD.unpack_from(plain)
        end = len(plain) - padding
        if kind == DATA and (sink := self.routes.get(channel)) is not None:
            if HEAD.size + size != end:
                raise paramiko.SSHException("data of another length than it says")
            sink.feed(memoryview(plain)[HEAD.size : end])
            return None
        if end < 2:  # noqa: PLR2004  # the two bytes before the content
            raise paramiko.SSHException("a packet without content")
        message = paramiko.Message(plain[2:end])
        message.seqno = self._number - 1 & 0xFFFFFFFF
        return kind, message

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:  # noqa: FBT001, FBT002  # stock's signature
        """See stock; what was read ahead comes first."""
        ahead = bytes(self._ahead.take_bytes(n))
        if len(ahead) == n:
            return ahead
        return ahead + super().read_all(n - len(ahead), check_rekey and not ahead)

    def _read(self) -> None:
        """Read once. Raises EOFError, OSError, NeedRekeyException: new keys are due, and we are between two packets."""
        try:
            self._ahead.read()
        except TimeoutError:
            if not len(self._ahead):
                self._check_age()
        except OSError:
            if not self.closed:
                raise
        if self.closed:
            raise EOFError

    def _check_age(self) -> None:
        """Have the transport see to new keys. Raises NeedRekeyException: they are due."""
        if self.need_rekey():
            raise NeedRekeyException
