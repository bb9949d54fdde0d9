"""Windows as far as it is asked for Pageant: memory that has a name, and a window that takes messages.

paramiko's own code for Windows runs on it. The keys behind the window are those of a real ssh-agent.
"""

import builtins
import ctypes
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import paramiko.agent
import pytest

COPYDATA = 74
"""WM_COPYDATA."""
WINDOW = 4711


class Call:
    """A function of a DLL; its types can be declared, and mean nothing."""

    argtypes: object = None
    restype: object = None

    def __init__(self, answer: Callable[..., Any] = lambda *_: 1) -> None:
        self._answer = answer

    def __call__(self, *arguments: Any) -> Any:
        return self._answer(*arguments)


class Library:
    """A DLL; calls that are not known here go well and do nothing."""

    def __init__(self, **calls: Callable[..., Any]) -> None:
        self._calls = {name: Call(answer) for name, answer in calls.items()}

    def __getattr__(self, name: str) -> Call:
        return self._calls.setdefault(name, Call())


@dataclass(kw_only=True)
class Pageant:
    """The window; `socket` is where the ssh-agent behind it listens, empty: there is no such window."""

    socket: str
    maps: dict[str, Any] = field(default_factory=dict)
    """Memory by name."""

    asked: list[int] = field(default_factory=list)
    """The types of the messages so far."""

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """From now on paramiko takes this for a Windows."""
        libraries = {
            "kernel32": Library(
                CreateFileMappingW=self._new_map, MapViewOfFile=lambda handle, *_: handle, RtlMoveMemory=ctypes.memmove
            ),
            "user32": Library(FindWindowA=self._find, SendMessageA=self._hear),
            "advapi32": Library(),
        }  # fmt: skip
        patch.setattr(ctypes, "windll", SimpleNamespace(**libraries), raising=False)
        patch.setattr(builtins, "WindowsError", OSError, raising=False)
        from paramiko import _winapi  # noqa: PLC0415  # it looks for a Windows at once

        patch.setattr(_winapi, "get_security_attributes_for_user", lambda: None)
        patch.setattr(paramiko.agent, "sys", SimpleNamespace(platform="win32"))

    def _new_map(self, *facts: Any) -> int:
        *_, size, name = facts
        self.maps[name] = ctypes.create_string_buffer(size)
        return ctypes.addressof(self.maps[name])

    def _find(self, *_names: bytes) -> int:
        return WINDOW if self.socket else 0

    def _hear(self, window: int, kind: int, _size: int, message: Any) -> int:
        assert (window, kind) == (WINDOW, COPYDATA)
        memory = self.maps[ctypes.string_at(message._obj.data_loc).decode()]  # noqa: SLF001  # what byref() refers to
        size = int.from_bytes(memory.raw[:4], "big")
        self.asked.append(memory.raw[4])
        answer = self._agent(memory.raw[: 4 + size])
        ctypes.memmove(memory, answer, len(answer))
        return 1

    def _agent(self, request: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(self.socket)
            sock.sendall(request)
            with sock.makefile("rb") as stream:
                head = stream.read(4)
                return head + stream.read(int.from_bytes(head, "big"))
