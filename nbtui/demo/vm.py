"""The pretend VM as seen by the command that starts it: a handle on its process and folder."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Final, Self

from nbtui.clock import Clock
from nbtui.demo.folder import Folder
from nbtui.demo.furnish import write_profile
from nbtui.demo.residents import described, power_off, residents
from nbtui.errors import NbtuiError
from nbtui.model.text import clean

_END_SECONDS: Final = 20.0
"""For the VM to end what runs on it and to remove its folder."""

_LAST_BYTES: Final = 2000
_BELOW_EPHEMERAL: Final = (20000, 32000)
"""Ports that no outgoing connection takes by chance."""


class PretendVm:
    """A running VM; use it with `with`."""

    def __init__(self, *, environ: Mapping[str, str], clock: Clock) -> None:
        """Start it; returns when it listens.

        Args:
            environ: of the user.
            clock: for the deadline of its end.

        Raises: NbtuiError: it does not start; with its last words.
        """
        self._clock = clock
        self.folder = Folder.make()
        self.environ = self.folder.desk_environ(environ)
        self._process = _spawn(self.folder)
        try:
            self.port = self._listening()
            write_profile(self.folder, ssh=self.port, jupyter=_free_port())
        except BaseException:
            self.close()
            raise

    def _listening(self) -> int:
        assert self._process.stdout  # noqa: S101  # for mypy
        line = self._process.stdout.readline()
        if line:
            return int(line)
        self._process.wait()
        said = clean(self.folder.log.read_bytes()[-_LAST_BYTES:])
        message = f"the pretend VM does not start\n{said}".strip()
        raise NbtuiError(message, layer="demo", hint="nbtui demo --check")

    def residents(self) -> list[str]:
        """`pid command` of all that runs on it."""
        return described(residents(self.folder))

    def left_behind(self) -> list[str]:
        """Files of servers and of their start that a clean shutdown does not leave."""
        home, runtime = self.folder.home, self.folder.root / "vmrun"
        servers = (home / ".local/share/jupyter/runtime").glob("[jn]*-*.json")
        starts = (path for path in runtime.rglob("*") if not path.is_dir())
        return [str(path) for path in (*servers, *starts)]

    def close(self) -> bool:
        """Switch it off: ends what runs on it and removes the folder; False: something is left.

        Safe to call twice. What its own process should have done is made good if that was killed.
        """
        assert self._process.stdin  # noqa: S101  # for mypy
        assert self._process.stdout  # noqa: S101  # for mypy
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        gone = power_off(self.folder, clock=self._clock)
        self.folder.remove()
        return gone and not self.folder.root.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _spawn(folder: Folder) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C here does not switch it off before it is asked to."""
    with folder.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-P", "-m", "nbtui.demo", str(folder.root)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            cwd=folder.root.parent, start_new_session=True,
        )  # fmt: skip


def _free_port() -> int:
    """A port of loopback that was free a moment ago."""
    first, last = _BELOW_EPHEMERAL
    while True:
        port = first + int.from_bytes(os.urandom(2)) % (last - first)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
