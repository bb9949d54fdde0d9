"""A command on the host, with a pty or without: what attach and shell talk to.

Surprise: paramiko's `sendall` spins for ever once the sending half was closed, hence the lock and the flag.
"""

import contextlib
from threading import Lock

import paramiko

from nbtui.clock import Clock, SystemClock
from nbtui.errors import LinkLost
from nbtui.ssh.channels import (
    LIBRARY_ERRORS,
    NoSession,
    channel_errors,
    close_channel,
    is_lost,
    open_session,
)
from nbtui.ssh.shell import ControlShell
from nbtui.ssh.streams import Streams

SIGNALLED = 255
"""Exit status when a signal ended the command; ssh(1)."""
_CUT = "the connection to the host was lost"
_PLACE = 3.0
"""Seconds in which the control shell's place becomes free."""
_MOMENT = 0.05


class SshTerminal:
    """See `nbtui.model.shell.Terminal`. Made by `open_terminal`."""

    def __init__(
        self,
        channel: paramiko.Channel,
        transport: paramiko.Transport,
        *,
        pty: bool,
        owed: contextlib.ExitStack,
    ) -> None:
        self._channel = channel
        self._transport = transport
        self._pty = pty
        self._owed = owed
        self._streams = Streams(channel)
        self._sending = Lock()
        self._ended = False

    def read(self) -> tuple[bytes, bytes]:
        """See `Terminal.read`."""
        return self._streams.read()

    def write(self, data: bytes) -> None:
        """See `Terminal.write`; what a command that ended does not want is dropped."""
        with self._sending:
            if self._ended:
                return
            try:
                self._channel.sendall(data)
            except LIBRARY_ERRORS as exc:
                if is_lost(self._transport):
                    raise LinkLost(_CUT) from exc

    def end_of_input(self) -> None:
        """See `Terminal.end_of_input`."""
        with self._sending:
            self._ended = True
            with contextlib.suppress(*LIBRARY_ERRORS):
                self._channel.shutdown_write()

    def resize(self, columns: int, rows: int) -> None:
        """See `Terminal.resize`."""
        if self._pty:
            with contextlib.suppress(*LIBRARY_ERRORS):
                self._channel.resize_pty(columns, rows)

    def status(self) -> int:
        """See `Terminal.status`."""
        status = self._channel.recv_exit_status()
        if status < 0 and is_lost(self._transport):
            raise LinkLost(_CUT)
        return SIGNALLED if status < 0 else status

    def close(self) -> None:
        """See `Terminal.close`."""
        close_channel(self._channel)
        self._owed.close()


def open_terminal(
    transport: paramiko.Transport,
    command: str,
    *,
    lender: ControlShell,
    term: str = "xterm-256color",
    columns: int = 80,
    rows: int = 24,
    pty: bool = False,
    clock: Clock | None = None,
) -> SshTerminal:
    """Start a command of the login shell's language.

    Args:
        transport: to the host.
        command: empty: the login shell.
        lender: where the host grants no further session, this one's is borrowed until the terminal is closed.
        term: what TERM is to say, with a pty.
        columns: of the pty.
        rows: of the pty.
        pty: whether the command has a terminal of its own; then stdout and stderr are one.
        clock: time.

    Raises:
        LinkLost, TimedOut: see `nbtui.ssh.channels.open_session`.
        NoSession: not even the borrowed place is enough.
        NbtuiError: the host gives no pty or does not start the command.
    """
    with contextlib.ExitStack() as owed:
        channel = _find_place(transport, lender, owed, clock or SystemClock())
        owed.callback(close_channel, channel)
        if pty:
            with channel_errors(transport, what="a terminal (pty)"):
                channel.get_pty(term, columns, rows)
        with channel_errors(transport, what="to start the command"):
            if command:
                channel.exec_command(command)
            else:
                channel.invoke_shell()
        return SshTerminal(channel, transport, pty=pty, owed=owed.pop_all())


def _find_place(
    transport: paramiko.Transport,
    lender: ControlShell,
    owed: contextlib.ExitStack,
    clock: Clock,
) -> paramiko.Channel:
    with contextlib.suppress(NoSession):
        return open_session(transport)
    owed.enter_context(lender.lend())
    patient = clock.monotonic() + _PLACE
    while True:
        try:
            return open_session(transport)
        except NoSession:
            if clock.monotonic() >= patient:
                raise
        clock.wait(_MOMENT)
