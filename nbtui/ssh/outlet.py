"""What goes into a channel, read from a socket right into the packet that it leaves in.

Stock's `send` copies it five times before it is encrypted. What is used of paramiko's channel here (its lock, its
window and the condition of it) are the attributes of `paramiko.Channel`; `tests/live/test_link.py` fails when they move.
"""

import socket

import paramiko

from nbtui.ssh.gcm import MOST_DATA, Outgoing
from nbtui.ssh.transport import LinkTransport

_OVERHEAD = 64
"""Bytes that paramiko keeps free in each packet."""


class Outlet:
    """For one thread."""

    def __init__(self, channel: paramiko.Channel, transport: LinkTransport) -> None:
        self._channel = channel
        self._transport = transport
        self._most = min(channel.out_max_packet_size - _OVERHEAD, MOST_DATA)
        self._data = Outgoing(channel.remote_chanid, self._most)

    def pass_on(self, sock: socket.socket) -> bool:
        """Wait until the far end takes something and the socket has it, and send that; False: the socket has ended.

        Raises:
            OSError: the channel is closed or on a connection that was replaced, or the socket broke.
            EOFError, SSHException: the link broke.
        """
        room = self._wait_for_room()
        size = sock.recv_into(self._data.room[:room])
        if not size:
            return False
        _check_open(self._channel)
        if self._transport.farewell.replaced.is_set():
            raise OSError("the connection to the host was replaced")
        self._data.hold(size)
        self._transport.send(self._data)
        self._take_room(size)  # nobody else sends here, so it may come last
        return True

    def _wait_for_room(self) -> int:
        """Bytes that may be sent; at least one."""
        channel = self._channel
        with channel.lock:
            while not channel.out_window_size:
                _check_open(channel)
                channel.out_buffer_cv.wait()
            return min(channel.out_window_size, self._most)

    def _take_room(self, size: int) -> None:
        with self._channel.lock:
            self._channel.out_window_size -= size


def _check_open(channel: paramiko.Channel) -> None:
    if channel.closed or channel.eof_sent:
        raise OSError("the channel is closed")
