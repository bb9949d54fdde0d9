"""A program on the VM whose standard streams are a channel: over pipes, or on a pty.

As sshd does it: over pipes the channel ends when the program has ended and both its outputs are closed, on a
pty when the program has ended; a client that goes away closes the pipes or hangs the terminal up.
Surprise: a process that several threads share must not run Python between fork and exec, so the controlling
terminal is taken by a short Python program that then becomes the one asked for.
"""

import contextlib
import os
import select
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO

import paramiko

assert sys.platform != "win32"  # noqa: S101  # tells mypy what `nbtui.demo.needs` sees to

_CHUNK = 1 << 15
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.argv[1], sys.argv[1:])"
)


def over_pipes(
    channel: paramiko.Channel,
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    home: Path,
) -> None:
    """Run a program; returns when its channel is closed."""
    with contextlib.closing(channel):
        program = _start(argv, environ, home, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)  # fmt: skip
        assert program.stdin  # noqa: S101  # for mypy
        assert program.stdout  # noqa: S101  # for mypy
        assert program.stderr  # noqa: S101  # for mypy
        _thread(_feed, channel, program.stdin)
        errors = _thread(_drain, program.stderr, channel.sendall_stderr)
        _drain(program.stdout, channel.sendall)
        errors.join()
        _say_status(channel, program.wait())


def _feed(channel: paramiko.Channel, stdin: IO[bytes]) -> None:
    with contextlib.suppress(OSError), stdin:  # the program need not read to the end
        while data := channel.recv(_CHUNK):
            stdin.write(data)
            stdin.flush()


def _drain(output: IO[bytes], send: Callable[[bytes], object]) -> None:
    with output, contextlib.suppress(OSError):
        while data := os.read(output.fileno(), _CHUNK):
            send(data)


class Terminal:
    """A pty with a program on it."""

    def __init__(self, *, columns: int, rows: int) -> None:
        master, self._slave = os.openpty()
        self._master = os.fdopen(master, "r+b", buffering=0)
        self._woken, self._waker = socket.socketpair()
        self.resize(columns=columns, rows=rows)

    def resize(self, *, columns: int, rows: int) -> None:
        """The window of the client has another size."""
        with contextlib.suppress(OSError, ValueError):  # it has ended
            termios.tcsetwinsize(self._master, (rows, columns))

    def hang_up(self) -> None:
        """End it; from any thread."""
        with contextlib.suppress(OSError):  # it has ended
            self._waker.send(b"x")

    def run(
        self,
        channel: paramiko.Channel,
        argv: Sequence[str],
        *,
        environ: Mapping[str, str],
        home: Path,
    ) -> None:
        """Run a program on it; returns when the program has ended and the channel is closed."""
        words = [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, *argv]
        with contextlib.closing(channel):
            tty = self._slave
            program = _start(words, environ, home, stdin=tty, stdout=tty, stderr=tty)
            os.close(tty)
            _thread(self._type, channel)
            _thread(self._wait, program)
            self._show(channel)
            self._master.close()  # hangs up, if the program is still there
            _say_status(channel, program.wait())
        self._waker.close()
        self._woken.close()

    def _type(self, channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended
            while data := channel.recv(_CHUNK):
                while data:
                    data = data[self._master.write(data) :]
        if channel.closed:
            self.hang_up()

    def _wait(self, program: "subprocess.Popen[bytes]") -> None:
        program.wait()
        self.hang_up()

    def _show(self, channel: paramiko.Channel) -> None:
        """Send what is printed until the program has ended, its last words included."""
        ended = False
        with contextlib.suppress(
            OSError
        ):  # the client went, or nobody has the pty open: EIO
            while True:
                watched = [
                    self._master.fileno(),
                    *([] if ended else [self._woken.fileno()]),
                ]
                ready, _, _ = select.select(watched, [], [], 0 if ended else None)
                ended = ended or self._woken.fileno() in ready
                if self._master.fileno() in ready:
                    channel.sendall(self._master.read(_CHUNK))
                elif not ready:
                    return


def _start(
    argv: Sequence[str],
    environ: Mapping[str, str],
    home: Path,
    *,
    stdin: int,
    stdout: int,
    stderr: int,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # what the client asks for, as sshd runs it
        list(argv), stdin=stdin, stdout=stdout, stderr=stderr, env=dict(environ), cwd=home,
        start_new_session=True,
    )  # fmt: skip


def _thread(target: Callable[..., None], *args: object) -> Thread:
    thread = Thread(target=target, args=args, name="program", daemon=True)
    thread.start()
    return thread


def _say_status(channel: paramiko.Channel, status: int) -> None:
    """An end by signal is told as a shell would tell it."""
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        channel.shutdown_write()
        channel.send_exit_status(status if status >= 0 else 128 - status)
