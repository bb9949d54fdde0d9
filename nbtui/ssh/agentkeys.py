"""Keys that an ssh-agent (or Pageant) holds.

Source: draft-ietf-sshm-ssh-agent. Surprise: paramiko's own client takes the socket from the environment of its
process, which in our agent is another login's; here the path is handed in.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paramiko.agent

from nbtui.keys.wire import Malformed, Reader, string
from nbtui.platforms import sshagent
from nbtui.platforms.wires import AgentConnection

ANSWER_SECONDS = 5.0
"""For the list of keys; a signature may wait for a person to touch something."""
_LIST, _LISTED, _SIGN, _SIGNED = 11, 12, 13, 14
_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}
_LIMIT = 256 << 10


class AgentFailed(OSError):
    """The agent went away, refused, or talks nonsense."""


class KeyAgent:
    """One conversation with an agent."""

    def __init__(self, connection: AgentConnection) -> None:
        self._connection = connection

    def identities(self) -> tuple[tuple[bytes, str], ...]:
        """(public key or certificate, comment) of each. Raises AgentFailed."""
        with self._patience(ANSWER_SECONDS):
            reader = self._call(_LIST, b"", expected=_LISTED)
        try:
            return tuple((reader.string(), reader.text()) for _ in range(reader.number()))
        except Malformed as exc:
            raise AgentFailed(exc.message) from exc

    def sign(self, blob: bytes, data: bytes, algorithm: str) -> bytes:
        """A signature; the agent may ask a person first. Raises AgentFailed."""
        flags = _FLAGS.get(algorithm.split("-cert-", maxsplit=1)[0], 0)
        body = string(blob) + string(data) + struct.pack(">I", flags)
        with self._patience(None):
            return self._call(_SIGN, body, expected=_SIGNED).string()

    def close(self) -> None:
        """Safe to call twice."""
        self._connection.close()

    @contextmanager
    def _patience(self, seconds: float | None) -> Iterator[None]:
        if isinstance(self._connection, socket.socket):
            self._connection.settimeout(seconds)
        try:
            yield
        except (OSError, ValueError, Malformed, paramiko.SSHException) as exc:
            # ValueError: Pageant takes messages of 8 KiB, which a long certificate may pass
            raise AgentFailed(str(exc) or "no answer") from exc

    def _call(self, kind: int, body: bytes, *, expected: int) -> Reader:
        message = bytes([kind]) + body
        self._connection.send(struct.pack(">I", len(message)) + message)
        size = int.from_bytes(self._read(4), "big")
        if size > _LIMIT:
            raise AgentFailed("an answer without end")
        answer = self._read(size)
        if answer[:1] != bytes([expected]):
            raise AgentFailed("the agent refused")
        return Reader(answer[1:])

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self._connection.recv(size - len(data))
            if not chunk:
                raise AgentFailed("the agent closed the connection")
            data += chunk
        return data


def open_agent(path: str | None) -> KeyAgent | None:
    """The agent at a socket or a pipe, on Windows also Pageant or the system's; None when there is none.

    Args:
        path: of the Unix socket, on Windows of a pipe; "none": no agent is asked; None: there is none, or on Windows
            Pageant or the system's.
    """
    if path == "none":
        return None
    try:
        connection = sshagent.connect(path, patience=ANSWER_SECONDS, pageant=_pageant)
    except OSError:
        return None
    return None if connection is None else KeyAgent(connection)


def _pageant() -> Any:
    """Untyped where it matters: paramiko finds one of two on Windows, and none elsewhere."""
    return paramiko.agent.get_agent_connection()
