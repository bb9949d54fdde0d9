"""The agent's address on POSIX: a Unix socket in a folder that only this user can enter.

An agent holds a lock file for as long as it listens, so two that start at the same time end with one,
and a socket file that is found while holding the lock is stale by definition. The kernel tells each
end who the other one is; a peer of another user is not talked to.

Surprise: closing a listening socket wakes nobody who waits in `accept`, hence the pipe.
"""

import contextlib
import fcntl
import os
import select
import socket
import stat
import struct
import sys
from pathlib import Path
from threading import Lock
from typing import Self

from nbtui.errors import AgentError
from nbtui.platforms.posix.sockets import SocketWire
from nbtui.platforms.wires import Address, Occupied, Visit
from nbtui.quoting import quote

assert sys.platform != "win32"  # noqa: S101  # tells mypy that Windows has a twin of it

_PATH_LIMIT = 107 if sys.platform == "linux" else 103
"""Bytes of a socket's path: unix(7); BSD and macOS have four less."""

_BACKLOG = 128


class Door:
    """See `nbtui.platforms.wires.Entrance`."""

    def __init__(self, *, sock: socket.socket, lock: int, path: Path) -> None:
        self._socket, self._lock, self._path = sock, lock, path
        self._wake_read, self._wake_write = os.pipe()
        self._accepting = Lock()
        self._closed = False

    @classmethod
    def open(cls, address: Address) -> Self:
        """See `nbtui.platforms.doors`."""
        _make_private(address.runtime_dir)
        path = _fitting(address.agent_socket)
        lock = _lock(path.with_suffix(".lock"))
        try:
            return cls(sock=_bound(path), lock=lock, path=path)
        except OSError as exc:
            os.close(lock)
            reason = f"cannot listen at {path}: {exc.strerror}"
            raise AgentError(reason) from exc

    def accept(self) -> Visit | None:
        """See `Entrance.accept`."""
        with self._accepting:
            while not self._closed:
                door = self._socket.fileno()
                ready, _, _ = select.select([door, self._wake_read], [], [])
                if door in ready and (client := self._welcome()):
                    return client
        return None

    def _welcome(self) -> Visit | None:
        try:
            client, _ = self._socket.accept()
        except OSError:  # it went away again, or we have no descriptor left: do not spin
            select.select([self._wake_read], [], [], 0.1)
            return None
        with contextlib.suppress(OSError):  # it has gone
            pid, uid = peer(client)
            if uid == os.geteuid():
                return Visit(SocketWire(client), pid)
        client.close()
        return None

    def close(self) -> None:
        """See `Entrance.close`."""
        if self._closed:
            return
        self._closed = True
        os.write(self._wake_write, b"x")
        with self._accepting:
            self._path.unlink(missing_ok=True)
            self._socket.close()
            for descriptor in (self._wake_read, self._wake_write, self._lock):
                os.close(descriptor)


def knock(address: Address, *, timeout: float) -> Visit:
    """See `nbtui.platforms.doors`."""
    path = _fitting(address.agent_socket)
    check_private(address.runtime_dir)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.settimeout(timeout)
        client.connect(str(path))
        client.settimeout(None)
        pid, uid = peer(client)
    except OSError:
        client.close()
        raise
    if uid != os.geteuid():
        client.close()
        reason = f"{path} is served by user {uid}"
        raise AgentError(reason)
    return Visit(SocketWire(client), pid)


def peer(connected: socket.socket) -> tuple[int, int]:
    """Process and effective user of the other end, as the kernel recorded them.

    Raises: OSError: the peer has gone already.
    Source: SO_PEERCRED of unix(7); LOCAL_PEERCRED, LOCAL_PEERPID and `struct xucred` of macOS's <sys/un.h> and <sys/ucred.h>.
    """
    if sys.platform == "linux":
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        pid, uid, _gid = struct.unpack("3i", credentials)
    else:
        _version, uid = struct.unpack_from("2I", connected.getsockopt(0, 1, 76))
        pid = connected.getsockopt(0, 2)
    return pid, uid


def check_private(folder: Path) -> None:
    """Make sure that nobody else can have put anything into the folder.

    Raises:
        OSError: there is no such folder.
        AgentError: it is not a folder of this user's with mode 0700.
    """
    facts = folder.lstat()
    mode = stat.S_IMODE(facts.st_mode)
    if not stat.S_ISDIR(facts.st_mode):
        wrong = "is not a folder"
    elif facts.st_uid != os.geteuid():
        wrong = f"belongs to user {facts.st_uid}"
    elif mode & 0o077:
        wrong = f"can be entered by others (mode {mode:04o})"
    else:
        return
    reason = f"{folder}, where the agent's socket lives, {wrong}"
    raise AgentError(
        reason, hint=f"chmod 700 {quote(str(folder))}, or move it out of the way"
    )


def _make_private(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    check_private(folder)


def _fitting(path: Path) -> Path:
    if len(os.fsencode(path)) <= _PATH_LIMIT:
        return path
    reason = f"{path} is too long for a socket, which allows {_PATH_LIMIT} bytes"
    raise AgentError(reason, hint="set NBTUI_STATE_DIR to a shorter folder")


def _lock(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(lock)
        raise Occupied from exc
    return lock


def _bound(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        path.chmod(0o600)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock
