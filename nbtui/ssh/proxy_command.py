"""A command whose standard streams are the connection (ssh's ProxyCommand).

Surprise: paramiko's own runs no shell and selects on pipes, which fails on Windows. Here a thread reads each
pipe, on all platforms alike. What the command says on its standard error is kept for the message.
"""

import contextlib
import os
import subprocess
from collections import deque
from threading import Condition, Thread
from typing import IO

from nbtui.model.text import clean_line
from nbtui.platforms.commandlines import only
from nbtui.platforms.processes import end_group

AHEAD = 1 << 20
"""Bytes read from the command before anybody wants them."""
LAST_WORDS = 0.5
"""Seconds in which what it said may still arrive."""
SAID = 4096
"""Bytes kept of its standard error."""


class ProxyStream:
    """See `nbtui.ssh.wire.RawStream`."""

    def __init__(self, command: str, *, auth_sock: str | None) -> None:
        """Start the command. Raises OSError.

        Args:
            command: a line for the shell, tokens expanded.
            auth_sock: agent of who asks; the command (`ssh -W`) may want it.
        """
        self._more = Condition()
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._over = False
        self._timeout: float | None = None
        self._said = b""
        self._process = _start(command, auth_sock)
        self._readers = [
            Thread(target=read, name="proxy command", daemon=True)
            for read in (self._read_output, self._read_errors)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def status(self) -> int | None:
        """Exit status; None while it runs."""
        return self._process.poll()

    @property
    def said(self) -> str:
        """What it last said on its standard error, clean; once it ended, all of that."""
        self._readers[1].join(LAST_WORDS)
        return clean_line(self._said)

    def recv(self, size: int, /) -> bytes:
        """See `RawStream.recv`."""
        with self._more:
            if not self._more.wait_for(lambda: self._chunks or self._over, self._timeout):
                raise TimeoutError
            if not self._chunks:
                return b""
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
            self._buffered -= min(size, len(chunk))
            self._more.notify_all()
            return chunk[:size]

    def send(self, data: bytes, /) -> int:
        """See `RawStream.send`."""
        return os.write(_pipe(self._process.stdin).fileno(), data)

    def settimeout(self, seconds: float | None, /) -> None:
        """See `RawStream.settimeout`; a write to a pipe cannot be given one, `close` ends it."""
        self._timeout = seconds

    def close(self) -> None:
        """End the command; its threads end with its pipes."""
        with self._more:
            self._over = True
            self._more.notify_all()
        _stop(self._process)

    def _read_output(self) -> None:
        pipe = _pipe(self._process.stdout)
        with pipe, contextlib.suppress(OSError, ValueError):
            while data := os.read(pipe.fileno(), 65536):
                with self._more:
                    self._more.wait_for(lambda: self._buffered < AHEAD or self._over)
                    self._chunks.append(data)
                    self._buffered += len(data)
                    self._more.notify_all()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS)  # else it would be ended before it has said why
        with self._more:
            self._over = True
            self._more.notify_all()

    def _read_errors(self) -> None:
        pipe = _pipe(self._process.stderr)
        with pipe, contextlib.suppress(OSError, ValueError):
            while data := os.read(pipe.fileno(), 4096):
                self._said = (self._said + data)[-SAID:]
        self._process.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101  # all three are asked for; this tells the type checker
    return pipe


def _start(command: str, auth_sock: str | None) -> subprocess.Popen[bytes]:
    env = dict(os.environ)  # the command is the user's own and sees what ssh would show it
    if auth_sock:
        env["SSH_AUTH_SOCK"] = auth_sock
    return subprocess.Popen(  # noqa: S602  # ProxyCommand is a shell line by definition
        only(command),
        shell=True,
        env=env,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is not for it
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        end_group(process)
    with contextlib.suppress(OSError):
        _pipe(process.stdin).close()
