"""A paramiko transport to a host of the lab, without the link: for tests of what rides on one."""

import getpass
import socket
from threading import Condition

import paramiko

from lab.sshd import SshHost
from nbtui.clock import SystemClock
from nbtui.errors import LinkLost
from nbtui.ssh.transport import LinkTransport
from nbtui.ssh.wire import Wire


def dial(host: SshHost, *, port: int | None = None) -> LinkTransport:
    """An authenticated transport of the link's kind.

    Args: port: of whatever stands between; the host's own when not given.
    """
    sock = socket.create_connection(("127.0.0.1", port or host.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = LinkTransport(
        Wire(sock, clock=SystemClock()),
        host=host.name,
        key_types=("ssh-ed25519",),
        on_end=lambda _transport: None,
    )
    key = paramiko.Ed25519Key.from_private_key_file(str(host.key))
    transport.connect(username=getpass.getuser(), pkey=key)
    return transport


class Lifeline:
    """What the link is to a forward: the live transport, or none for a while."""

    def __init__(self, host: SshHost) -> None:
        self._host = host
        self._changed = Condition()
        self._transport: paramiko.Transport | None = dial(host)

    def __call__(self, wait: float) -> paramiko.Transport:
        """See `nbtui.ssh.link.Link.transport`."""
        with self._changed:
            self._changed.wait_for(lambda: self._alive() is not None, wait)
            transport = self._alive()
        if transport is None:
            message = "down"
            raise LinkLost(message)
        return transport

    def _alive(self) -> paramiko.Transport | None:
        transport = self._transport
        return transport if transport is not None and transport.is_active() else None

    def cut(self) -> None:
        """Lose the transport."""
        if self._transport is not None:
            self._transport.close()
            self._transport.join()

    def mend(self) -> None:
        """Another transport takes its place."""
        transport = dial(self._host)
        with self._changed:
            self._transport = transport
            self._changed.notify_all()
