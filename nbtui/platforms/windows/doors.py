"""The agent's address on Windows: a named pipe and a key in a file of the user's.

Other users may open a pipe, so each end proves that it can read the key file (`nbtui.platforms.windows.handshake`)
before anything else is said, in a thread per client: one that says nothing holds up nobody.
`multiprocessing.connection` carries bytes only, never a pickle. The first agent owns the pipe's first
instance; a second one cannot have it.

Surprise: under another name the same module speaks over Unix sockets, which is how its tests run on POSIX.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, Timer
from typing import Protocol, Self

from nbtui.errors import AgentError
from nbtui.platforms.opening import Opening
from nbtui.platforms.windows.handshake import prove_as_agent, prove_as_client
from nbtui.platforms.wires import LIMIT, Address, Occupied, Visit, Wire

_HANDSHAKE = 5.0
"""Seconds that a client may take to prove itself."""

Naming = Callable[[Address], str]


class Guard(Protocol):
    """See `nbtui.platforms.permissions`."""

    def enterable(self, path: Path, /) -> Opening | None:
        """See there."""

    def shut(self, path: Path, /) -> object:
        """See there."""


class Pipe(Protocol):
    """What is used of a connection of `multiprocessing.connection`."""

    def send_bytes(self, buf: bytes, /) -> None:
        """Send one message."""

    def recv_bytes(self, maxlength: int, /) -> bytes:
        """Wait for one message."""

    def close(self) -> None:
        """Close."""


class PipeWire:
    """See `nbtui.platforms.wires.Wire`; the pipe itself keeps messages apart."""

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


class Door:
    """See `nbtui.platforms.wires.Entrance`."""

    def __init__(self, *, pipes: connection.Listener, name: str, key: bytes) -> None:
        self._pipes, self._name, self._key = pipes, name, key
        self._proved: SimpleQueue[Visit | None] = SimpleQueue()
        self._closed = False
        self._doorman = Thread(target=self._admit, name="pipe listener", daemon=True)
        self._doorman.start()

    @classmethod
    def open(cls, address: Address, *, guard: Guard, named: Naming | None = None) -> Self:
        """See `nbtui.platforms.doors`.

        Args:
            address: of the agent.
            guard: of the folder with the key.
            named: the pipe of an address.
        """
        _make_private(address.runtime_dir, guard)
        name = (named or pipe_name)(address)
        try:
            pipes = connection.Listener(name)
        except OSError as exc:
            raise Occupied from exc
        return cls(pipes=pipes, name=name, key=_made_key(_key_file(address)))

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
            self._proved.put(Visit(wire, None))

    def accept(self) -> Visit | None:
        """See `Entrance.accept`; who has not proved itself does not come in."""
        visit = self._proved.get()
        if visit is None:
            self._proved.put(None)  # whoever waits next is to know as well
        return visit

    def close(self) -> None:
        """See `Entrance.close`."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):  # a visit of our own wakes the doorman
            connection.Client(self._name).close()
        self._doorman.join()
        self._pipes.close()
        self._proved.put(None)


def knock(
    address: Address, *, guard: Guard, timeout: float, named: Naming | None = None
) -> Visit:
    """See `nbtui.platforms.doors`."""
    _check_private(address.runtime_dir, guard)
    key = _key_file(address).read_bytes()
    wire = PipeWire(connection.Client((named or pipe_name)(address)))
    try:
        with _bounded(wire, timeout):
            prove_as_client(wire, key)
    except (AgentError, OSError) as exc:
        wire.close()
        reason = "whoever listens at the agent's address is not this user's agent"
        raise AgentError(reason) from exc
    return Visit(wire, None)


def pipe_name(address: Address) -> str:
    """The pipe, in the form that `multiprocessing.connection` takes on Windows."""
    return rf"\\.\pipe\nbtui-{address.key}"


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


def _make_private(folder: Path, guard: Guard) -> None:
    with contextlib.suppress(FileExistsError):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        guard.shut(folder)  # Python's own mkdir heeds the mode since 3.12.4 only
    _check_private(folder, guard)


def _check_private(folder: Path, guard: Guard) -> None:
    if opening := guard.enterable(folder):
        reason = f"{folder}, where the agent's key lives, can be entered by others ({opening.why})"
        raise AgentError(reason, hint=f"{opening.hint}, or move it out of the way")


def _key_file(address: Address) -> Path:
    return address.runtime_dir / f"agent-{address.key}.key"


def _made_key(path: Path) -> bytes:
    """The key, made on first use; it is as private as its folder."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a Path cannot open a descriptor
            file.write(os.urandom(32))
    return path.read_bytes()
