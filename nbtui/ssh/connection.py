"""One connection through a forward: bytes between a socket here and a channel, both ways at once.

Surprise: b"" from a paramiko channel means "the far end said it is done" as well as "the link died"; only
`eof_received` tells them apart, and the second must reach the program here as a reset, or it would take half an
answer for a whole one. Surprise: `shutdown(SHUT_RDWR)` sends a polite end before any reset, so an abort shuts the
reading half only, and the whole just for a writer that is stuck, whose polite end cannot get out.
"""

import contextlib
import socket
import struct
from collections.abc import Callable
from threading import Lock, Thread

import paramiko

from nbtui.ssh.channels import LIBRARY_ERRORS

_CHUNK = 1 << 20
_OVERHEAD = 64
"""Bytes that paramiko keeps free in each packet."""


class Connection:
    """See the module. Closing the socket is up to who accepted it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._lock = Lock()
        self._channel: paramiko.Channel | None = None
        self._aborted = False
        self._writing = False
        self._ways = 2

    def carry(self, channel: paramiko.Channel) -> None:
        """Carry until both ways have ended, each by itself, or something breaks."""
        with self._lock:
            self._channel = channel
            aborted = self._aborted
        if aborted:
            channel.close()
            return
        up = Thread(target=self._one_way, args=(self._up, channel), daemon=True)
        up.start()
        self._one_way(self._down, channel)
        channel.status_event.wait()  # closed by us after both ways, or by the far end
        self._shut(socket.SHUT_RD)  # wakes the way up if the far end takes no more
        up.join()

    def abort(self) -> None:
        """End it so that the program here sees a reset; from any thread, twice is fine."""
        with self._lock:
            self._aborted = True
            channel = self._channel
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._shut(socket.SHUT_RD)
        if channel is not None:
            with contextlib.suppress(*LIBRARY_ERRORS):
                channel.close()

    def sever(self) -> None:
        """Wake a writer that `abort` could not, because the program here does not read.

        Whoever is only slow to notice on a busy machine is left to end with its reset.
        """
        if self._writing:
            self._shut(socket.SHUT_RDWR)

    def _up(self, channel: paramiko.Channel) -> None:
        buffer = bytearray(channel.out_max_packet_size - _OVERHEAD)
        view = memoryview(buffer)
        while size := self.sock.recv_into(buffer):
            channel.sendall(bytes(view[:size]))
        if not self._aborted:  # the far end would say that it is done, and that would look like an end in order
            channel.shutdown_write()

    def _down(self, channel: paramiko.Channel) -> None:
        while data := channel.recv(_CHUNK):
            self._writing = True
            self.sock.sendall(data)
            self._writing = False
        if not channel.eof_received or self._aborted:
            raise ConnectionResetError
        self._shut(socket.SHUT_WR)

    def _one_way(
        self, way: Callable[[paramiko.Channel], None], channel: paramiko.Channel
    ) -> None:
        try:
            way(channel)
        except LIBRARY_ERRORS:
            if not (channel.eof_received and channel.closed):  # else it ended in order
                self.abort()
        with self._lock:
            self._ways -= 1
            last = self._ways == 0
        if last:
            with contextlib.suppress(*LIBRARY_ERRORS):
                channel.close()

    def _shut(self, how: int) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(how)
