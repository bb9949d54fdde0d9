"""The agent's address on Windows: a named pipe and a key in a file of the user's.

Other users may open a pipe, so each end proves that it can read the key file (`nbtui.ipc.handshake`)
before anything else is said, in a thread per client: one that says nothing holds up nobody.
`multiprocessing.connection` carries bytes only, never a pickle. The first agent owns the pipe's first
instance; a second one cannot have it.

Surprise: the same module speaks over Unix sockets elsewhere, which is how its tests run on POSIX.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, Timer
from typing import Protocol, Self

from nbtui.errors import AgentError
from nbtui.ipc.errors import AgentRunning, NoAgent
from nbtui.ipc.framing import LIMIT, Channel, Wire
from nbtui.ipc.handshake import prove_as_agent, prove_as_client
from nbtui.paths import Paths

_HANDSHAKE = 5.0
"""Seconds that a client may take to prove itself."""


class Pipe(Protocol):
    """What is used of a connection of `multiprocessing.connection`."""

    def send_bytes(self, buf: bytes, /) -> None:
        """Send one message."""

    def recv_bytes(self, maxlength: int, /) -> bytes:
        """Wait for one message."""

    def close(self) -> None:
        """Close."""


class PipeWire:
    """See `nbtui.ipc.framing.Wire`; the pipe itself keeps messages apart."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def send(self, payload: bytes) -> None:
        """See `Wire.send`."""
        self._pipe.send_bytes(payload)

    def recv(self) -> bytes | None:
        """See `Wire.recv`."""
        try:
            return self._pipe.recv_bytes(LIMIT)
        except EOFError:
            return None
        except (TypeError, RuntimeError) as exc:  # the handle was closed under the call
            raise OSError from exc

    def close(self) -> None:
        """See `Wire.close`; Windows ends pending reads of a pipe when its handle is closed."""
        with contextlib.suppress(OSError):
            self._pipe.close()


class Listener:
    """See `nbtui.ipc.address`."""

    def __init__(self, *, pipes: connection.Listener, address: str, key: bytes) -> None:
        self._pipes, self._address, self._key = pipes, address, key
        self._proved: SimpleQueue[Channel | None] = SimpleQueue()
        self._closed = False
        self._doorman = Thread(target=self._admit, name="pipe listener", daemon=True)
        self._doorman.start()

    @classmethod
    def open(cls, paths: Paths) -> Self:
        """See `nbtui.ipc.address.listen`."""
        paths.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        address = pipe_name(paths)
        try:
            pipes = connection.Listener(address)
        except OSError as exc:
            raise AgentRunning("another agent is running") from exc
        return cls(pipes=pipes, address=address, key=_made_key(_key_file(paths)))

    def _admit(self) -> None:
        while not self._closed:
            with contextlib.suppress(OSError, EOFError):
                pipe = self._pipes.accept()
                Thread(target=self._prove, args=(PipeWire(pipe),), daemon=True).start()

    def _prove(self, wire: Wire) -> None:
        try:
            with _bounded(wire):
                prove_as_agent(wire, self._key)
        except (AgentError, OSError):
            wire.close()
        else:
            self._proved.put(Channel(wire))

    def accept(self) -> Channel | None:
        """Wait for the next client that proved itself; None: `close` was called."""
        channel = self._proved.get()
        if channel is None:
            self._proved.put(None)  # whoever waits next is to know as well
        return channel

    def close(self) -> None:
        """Stop listening and wake a blocked `accept`; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):  # a visit of our own wakes the doorman
            connection.Client(self._address).close()
        self._doorman.join()
        self._pipes.close()
        self._proved.put(None)


def dial(paths: Paths, *, timeout: float) -> Channel:
    """See `nbtui.ipc.address.dial`."""
    try:
        key = _key_file(paths).read_bytes()
        wire = PipeWire(connection.Client(pipe_name(paths)))
    except OSError as exc:
        raise NoAgent("no agent is running") from exc
    try:
        with _bounded(wire, timeout):
            prove_as_client(wire, key)
    except (AgentError, OSError) as exc:
        wire.close()
        reason = "whoever listens at the agent's address is not this user's agent"
        raise AgentError(reason) from exc
    return Channel(wire)


def pipe_name(paths: Paths) -> str:
    """The address, in the form that the platform's `multiprocessing.connection` takes."""
    if sys.platform == "win32":
        return rf"\\.\pipe\nbtui-{paths.key}"
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on Windows
        return str(paths.agent_socket)


@contextmanager
def _bounded(wire: Wire, seconds: float = _HANDSHAKE) -> Iterator[None]:
    """Close the wire when what happens inside takes longer."""
    timer = Timer(seconds, wire.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _key_file(paths: Paths) -> Path:
    return paths.runtime_dir / f"agent-{paths.key}.key"


def _made_key(path: Path) -> bytes:
    """The key, made on first use; profile folders of Windows are closed to other users."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a Path cannot open a descriptor
            file.write(os.urandom(32))
    return path.read_bytes()
