# ruff: noqa: ARG002  # the two libraries call by position what their base classes name
"""SSH servers in this process for logins that a real sshd offers to root only: passwords, codes, partial success."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import asyncssh
import paramiko
from paramiko.server import InteractiveQuery


class LoginServer:
    """An asyncssh server; `close` ends it.

    `make` builds the `asyncssh.SSHServer` of each connection and so decides who may come in.
    """

    def __init__(self, make: Callable[[], asyncssh.SSHServer], **options: Any) -> None:
        self._make = make
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self.port = 0
        self._thread = Thread(target=self._run, name="login server", daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the login server did not start"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncssh.create_server(
                self._make,
                "127.0.0.1",
                0,
                server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
                **self._options,
            )
        )
        self.port = server.get_port()
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def close(self) -> None:
        """Stop listening and forget all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class PasswordServer(asyncssh.SSHServer):
    """Takes one password."""

    def __init__(self, password: str) -> None:
        self._password = password

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return False  # else asyncssh asks for the password by prompts

    def validate_password(self, username: str, password: str) -> bool:
        return password == self._password


class PromptServer(asyncssh.SSHServer):
    """Asks all its prompts at once and wants exactly these answers."""

    def __init__(self, prompts: list[tuple[str, bool]], answers: list[str]) -> None:
        self._prompts = prompts
        self._answers = answers

    def begin_auth(self, username: str) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "Lab", "Answer both", "", self._prompts

    def validate_kbdint_response(self, username: str, responses: Any) -> Any:
        return list(responses) == self._answers


class KeyAndCode(paramiko.ServerInterface):
    """Takes any key as the first half, and a code as the second."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._key_seen = False

    def get_allowed_auths(self, username: str) -> str:
        return "keyboard-interactive" if self._key_seen else "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._key_seen = True
        return paramiko.common.AUTH_PARTIALLY_SUCCESSFUL

    def check_auth_interactive(self, username: str, submethods: str) -> Any:
        return InteractiveQuery("", "", ("Verification code: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        right = responses == [self._code]
        return paramiko.common.AUTH_SUCCESSFUL if right else paramiko.common.AUTH_FAILED


class PartialServer:
    """A paramiko server for `KeyAndCode`: asyncssh's has no partial success."""

    def __init__(self, make: Callable[[], paramiko.ServerInterface], host_key: str) -> None:
        self._make = make
        self._key = paramiko.Ed25519Key.from_private_key_file(host_key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._transports: list[paramiko.Transport] = []
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                transport = paramiko.Transport(sock)
                transport.add_server_key(self._key)
                transport.start_server(event=Event(), server=self._make())
                self._transports.append(transport)

    def close(self) -> None:
        """Stop listening and end all connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        for transport in self._transports:
            transport.close()
