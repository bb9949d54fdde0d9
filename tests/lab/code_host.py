# ruff: noqa: ARG002  # asyncssh calls by position what its base class names
"""A host that wants a code at every login and then runs commands: real `sh` behind an asyncssh server."""

import asyncio
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

from lab.logins import LoginServer, PromptServer

CODE = "424242"
PROMPT = "Verification code: "


class CodeHost:
    """See the module. `cut` ends all its connections; `close` ends it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._tasks: set[asyncio.Task[None] | None] = set()
        """Held, because after a cut nothing else does, and a task that is collected complains."""

        self.logins = 0
        self.asked = 0
        """Prompts that were put."""

        self._server = LoginServer(self._make, process_factory=self._run, encoding=None)

    @property
    def port(self) -> int:
        return self._server.port

    def _make(self) -> asyncssh.SSHServer:
        host = self

        class Door(PromptServer):
            def connection_requested(
                self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
            ) -> bool:
                return True

            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                host._connections.append(conn)  # one thing in two classes

            def get_kbdint_challenge(
                self, username: str, lang: str, submethods: str
            ) -> Any:
                host.asked += 1
                return super().get_kbdint_challenge(username, lang, submethods)

            def validate_kbdint_response(self, username: str, responses: Any) -> Any:
                right = super().validate_kbdint_response(username, responses)
                host.logins += right
                return right

        return Door([(PROMPT, False)], [CODE])

    async def _run(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        self._tasks.add(asyncio.current_task())
        pipe = subprocess.PIPE
        child = subprocess.Popen(  # noqa: ASYNC220  # asyncssh takes over pipes, not streams of asyncio
            ["/bin/sh", "-c", process.command or "exit 0"],
            env={"PATH": os.environ["PATH"], "HOME": str(self._home)},
            cwd=self._home, stdin=pipe, stdout=pipe, stderr=pipe,
            start_new_session=True,  # as sshd does: what is left of a session is ended by its group
        )  # fmt: skip
        try:
            await process.redirect(
                stdin=child.stdin, stdout=child.stdout, stderr=child.stderr
            )
            await process.stdout.drain()
        finally:
            child.kill()
            process.exit(child.wait())
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait_closed(), 5)

    def cut(self) -> None:
        """All connections are gone, without a word."""
        loop = self._server._loop  # noqa: SLF001  # the lab's own
        for connection in self._connections:
            loop.call_soon_threadsafe(connection.abort)
        self._connections.clear()

    def close(self) -> None:
        self._server.close()
