"""The VM's SSH server: one key may log in, as whoever it likes; sessions and forwards to this machine.

Surprise: paramiko asks on the connection's own thread and answers the client when the method returns, so
what takes time goes to a thread; only a forward is connected first, to tell the client the truth.
"""

import contextlib
import socket
import sys
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

from nbtui.demo.direct import carry, reach
from nbtui.demo.folder import Folder

assert sys.platform != "win32"  # noqa: S101  # tells mypy what `nbtui.demo.needs` sees to

from nbtui.demo.program import Terminal, over_pipes  # noqa: E402  # see above

_LOOK_EVERY = 1.0
"""Seconds after which a connection without new channels is looked at."""


class Sshd:
    """Listens on a port of loopback until it is closed."""

    def __init__(
        self, *, folder: Folder, host_key: paramiko.PKey, key: paramiko.PKey
    ) -> None:
        self._folder, self._host_key, self._key = folder, host_key, key
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Take connections until `close`."""
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _thread(self._talk, sock)

    def close(self) -> None:
        """Take no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes `serve`
        self._listener.close()

    def _talk(self, sock: socket.socket) -> None:
        connection = Connection(folder=self._folder, key=self._key)
        with contextlib.closing(paramiko.Transport(sock)) as transport:
            transport.add_server_key(self._host_key)
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=connection)
                while transport.is_active():
                    channel = transport.accept(_LOOK_EVERY)
                    if channel is not None:
                        connection.opened(channel)
        connection.hang_up()


class Connection(paramiko.ServerInterface):
    """What one client may do; see `paramiko.ServerInterface` for each method."""

    def __init__(self, *, folder: Folder, key: paramiko.PKey) -> None:
        self._folder, self._key = folder, key
        self._environ = folder.vm_environ()
        self._lock = Lock()
        self._terminals: dict[int, tuple[Terminal, str]] = {}
        self._reached: dict[int, socket.socket] = {}
        self._held: list[paramiko.Channel] = []

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002  # paramiko's signature
        """Keys only."""
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:  # noqa: ARG002  # paramiko's signature
        """The demo's own key opens."""
        return AUTH_SUCCESSFUL if key == self._key else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  # paramiko's signature
        """Sessions, as many as one likes."""
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_direct_tcpip_request(
        self,
        chanid: int,
        origin: tuple[str, int],  # noqa: ARG002  # paramiko's signature
        destination: tuple[str, int],
    ) -> int:
        """Forwards to ports of this machine."""
        try:
            sock = reach(*destination)
        except OSError:
            return OPEN_FAILED_CONNECT_FAILED
        if sock is None:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        with self._lock:
            self._reached[chanid] = sock
        return OPEN_SUCCEEDED

    def opened(self, channel: paramiko.Channel) -> None:
        """A channel is there; one for a forward is put to work.

        Surprise: a channel that nobody holds is closed by paramiko, so one that waits for its command is held.
        """
        with self._lock:
            self._held = [one for one in self._held if not one.closed] + [channel]
            sock = self._reached.pop(channel.get_id(), None)
        if sock is not None:
            _thread(carry, channel, sock)

    def check_channel_pty_request(  # noqa: PLR0917  # paramiko's signature
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,  # noqa: ARG002  # paramiko's signature
        pixelheight: int,  # noqa: ARG002  # paramiko's signature
        modes: bytes,  # noqa: ARG002  # paramiko's signature
    ) -> bool:
        """A pty, before the program that it is for."""
        try:
            terminal = Terminal(columns=width, rows=height)
        except OSError:
            return False
        with self._lock:
            self._terminals[channel.get_id()] = (terminal, term.decode("ascii", "replace"))
        return True

    def check_channel_window_change_request(
        self,
        channel: paramiko.Channel,
        width: int,
        height: int,
        pixelwidth: int,  # noqa: ARG002  # paramiko's signature
        pixelheight: int,  # noqa: ARG002  # paramiko's signature
    ) -> bool:
        """The client's window changed."""
        with self._lock:
            found = self._terminals.get(channel.get_id())
        if found:
            found[0].resize(columns=width, rows=height)
        return bool(found)

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        """A login shell."""
        self._run(channel, "-l")
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """A command line for the login shell."""
        self._run(channel, "-c", command.decode("utf-8", "surrogateescape"))
        return True

    def _run(self, channel: paramiko.Channel, *words: str) -> None:
        argv = [self._environ["SHELL"], *words]
        home = self._folder.home
        with self._lock:
            terminal, term = self._terminals.get(channel.get_id(), (None, ""))
        if terminal is None:
            _thread(over_pipes, channel, argv, environ=self._environ, home=home)
        else:
            environ = {**self._environ, "TERM": term}
            _thread(terminal.run, channel, argv, environ=environ, home=home)

    def hang_up(self) -> None:
        """The client is gone."""
        with self._lock:
            terminals, self._terminals = list(self._terminals.values()), {}
            reached, self._reached = list(self._reached.values()), {}
        for terminal, _ in terminals:
            terminal.hang_up()
        for sock in reached:
            sock.close()


def _thread(target: Callable[..., None], *args: Any, **facts: Any) -> None:
    Thread(target=target, args=args, kwargs=facts, name="sshd", daemon=True).start()
