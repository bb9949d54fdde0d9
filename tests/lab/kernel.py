"""A notebook's kernel as the browser's tab uses it: over HTTP and the websocket, through the tunnel."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import websocket


def split(page: str) -> tuple[str, str]:
    """Base URL and token of what `nbtui url` printed."""
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}/", parts.query.partition("token=")[2]


def rest(page: str, method: str, path: str, body: object = None) -> Any:
    """A REST call with the token of a page."""
    base, token = split(page)
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        text = reply.read()
    return json.loads(text) if text else None


class Tab:
    """One open notebook without a notebook."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.kernel: str = rest(page, "POST", "api/kernels", {"name": "python3"})["id"]
        self.session = uuid.uuid4().hex
        self.socket: websocket.WebSocket | None = None

    def open(self) -> None:
        """Open the websocket, again after a cut with the same session id, as JupyterLab does."""
        self.close()
        base, token = split(self.page)
        where = base.replace("http", "ws", 1)
        self.socket = websocket.create_connection(
            f"{where}api/kernels/{self.kernel}/channels?session_id={self.session}",
            header=[f"Authorization: token {token}"],
            timeout=30,
        )

    def close(self) -> None:
        """Close the tab; the kernel goes on."""
        if self.socket is not None:
            self.socket.shutdown()
            self.socket = None

    def send(self, code: str) -> str:
        """Ask the kernel to run a cell; returns the message's id."""
        ident = uuid.uuid4().hex
        header = {
            "msg_id": ident, "username": "t", "session": self.session,
            "msg_type": "execute_request", "version": "5.3", "date": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        content = {"code": code, "silent": False, "store_history": True,
                   "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                   "channel": "shell", "buffers": []}  # fmt: skip
        assert self.socket is not None
        self.socket.send(json.dumps(message))
        return ident

    def printed(self, ident: str) -> Iterator[str]:
        """What the cell prints, until the kernel says that it is done."""
        assert self.socket is not None
        while True:
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") != ident:
                continue
            if message["msg_type"] == "stream":
                yield message["content"]["text"]
            if (
                message["msg_type"] == "status"
                and message["content"]["execution_state"] == "idle"
            ):
                return

    def run(self, code: str) -> str:
        """Run a cell to its end."""
        return "".join(self.printed(self.send(code)))
