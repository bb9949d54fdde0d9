"""What the page of a notebook does in a browser: start a kernel and run cells in it.

Source: the REST API and the messages of Jupyter, https://jupyter-client.readthedocs.io/en/latest/messaging.html.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from nbtui.demo.websocket import WebSocket
from nbtui.errors import NbtuiError

_SECONDS = 30.0
"""Without a byte; a kernel's first start takes a few."""

_OK = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A notebook at a port of localhost."""

    port: int
    base: str
    """Path that everything starts with; ends with a slash."""

    token: str = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """From the URL with its token.

        >>> Page.of("http://localhost:8889/lab?token=abc")
        Page(port=8889, base='/')
        """
        parts = urlsplit(url)
        path, _, last = parts.path.rpartition("/")
        base = f"{path}/" if last in ("", "lab", "tree") else f"{parts.path}/"
        [token] = parse_qs(parts.query).get("token", [""])
        return cls(port=parts.port or 80, base=base, token=token)

    def version(self) -> str:
        """Of the server that answers. Raises NbtuiError: none does."""
        return str(self._ask("GET", "api")["version"])

    def start_kernel(self) -> str:
        """Start a Python kernel; its id. Raises NbtuiError."""
        return str(self._ask("POST", "api/kernels", {"name": "python3"})["id"])

    def run(self, kernel: str, code: str) -> str:
        """Run a cell; what it printed. Raises NbtuiError: it failed, or nobody answers."""
        session = uuid.uuid4().hex
        path = f"{self.base}api/kernels/{kernel}/channels?session_id={session}"
        with (
            _translated(),
            WebSocket(self.port, path, headers=self._headers(), timeout=_SECONDS) as socket,
        ):
            request = _execute(code, session)
            socket.send(json.dumps(request))
            return "".join(_printed(socket, request["header"]["msg_id"]))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"}

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = HTTPConnection("localhost", self.port, timeout=_SECONDS)
        with _translated():
            try:
                headers = {**self._headers(), "Content-Type": "application/json"}
                connection.request(
                    method, self.base + path, json.dumps(body).encode(), headers
                )
                reply = connection.getresponse()
                text = reply.read()
            finally:
                connection.close()
        if reply.status >= _OK:
            message = (
                f"the notebook answers {method} {path} with {reply.status} {reply.reason}"
            )
            raise NbtuiError(message, layer="jupyter")
        return json.loads(text)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OSError, HTTPException, ValueError) as exc:
        message = f"the notebook does not answer: {str(exc) or type(exc).__name__}"
        raise NbtuiError(message, layer="tunnel") from exc


def _execute(code: str, session: str) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": session,
              "username": "", "version": "5.3"}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}  # fmt: skip
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content,
            "buffers": [], "channel": "shell"}  # fmt: skip


def _printed(socket: WebSocket, request: str) -> Iterator[str]:
    """Up to the kernel's word that it is idle again."""
    while (text := socket.recv()) is not None:
        message = json.loads(text)
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                yield content["text"]
            case "error":
                said = f"the cell failed: {content['ename']}: {content['evalue']}"
                raise NbtuiError(said, layer="kernel")
            case "status" if content["execution_state"] == "idle":
                return
    message = "the notebook closed the websocket under the cell"
    raise NbtuiError(message, layer="kernel")
