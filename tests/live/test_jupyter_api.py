"""What a real Jupyter says and does when it is asked over its API."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import websocket

from lab.jupyter import launch, runtime_file
from lab.shells import SshShell
from lab.sshd import SshHost
from nbtui.model.host import HostReport, JupyterServer
from nbtui.model.shell import Stream
from nbtui.model.snapshot import Kernel
from nbtui.remote import jupyter
from nbtui.remote.probe import ProbeRequest, probe
from waiting import until

pytestmark = pytest.mark.live


def reach(host: str, port: int, seconds: float) -> Stream:
    return socket.create_connection((host, port), timeout=seconds)


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A host with a server that has a token and one that wants a password."""

    host: SshHost
    open: int
    closed: int
    """Ports."""

    def look(self) -> HostReport:
        return probe(SshShell(self.host), ProbeRequest())

    def server(self, port: int) -> JupyterServer:
        return next(one for one in self.look().servers if one.port == port)


HASHED = "sha1:0123456789ab:" + "0" * 40


@pytest.fixture(scope="module")
def servers(lab: Path, user_key: Path) -> Iterator[Lab]:
    root = lab / "api"
    root.mkdir()
    host = SshHost(name="alpha", root=root, key=user_key).start()
    try:
        base = "--ServerApp.base_url=/user/a%40b/"
        opened = launch(host, "open", base, env={"JUPYTER_TOKEN": "a-token"})
        password = f"--PasswordIdentityProvider.hashed_password={HASHED}"
        closed = launch(host, "closed", password, env={})
        for port in (opened, closed):
            runtime_file(host, port)
        yield Lab(host=host, open=opened, closed=closed)
    finally:
        host.stop()


def api(server: JupyterServer, path: str, body: dict[str, Any]) -> Any:
    """A client that is not ours: the standard library's."""
    url = jupyter.page_url(server, server.port) + path
    request = Request(url, json.dumps(body).encode())  # our own URL
    request.add_header("Authorization", f"token {server.token}")
    with urlopen(request, timeout=20) as answer:  # our own URL
        return json.load(answer)


def run_cell(server: JupyterServer, kernel: str, code: str) -> websocket.WebSocket:
    url = jupyter.page_url(server, server.port).replace("http:", "ws:")
    socket_ = websocket.create_connection(
        f"{url}api/kernels/{kernel}/channels",
        header=[f"Authorization: token {server.token}"],
    )
    header = {"msg_id": "1", "username": "", "session": "1", "msg_type": "execute_request",
              "version": "5.3"}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": False}
    socket_.send(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                             "content": content, "channel": "shell"}))  # fmt: skip
    return socket_


def test_a_server_says_its_version_and_status(servers: Lab) -> None:
    server = servers.server(servers.open)
    assert server.base_url == "/user/a%40b/"
    assert jupyter.ready(server, reach).startswith(server.version)
    status = jupyter.status(server, reach)
    assert status is not None
    assert status.last_activity is not None
    assert abs(status.last_activity - servers.look().now) < 300


def test_a_server_with_a_password_lives_and_is_closed_to_us(servers: Lab) -> None:
    server = servers.server(servers.closed)
    assert (server.token, server.verified) == ("", True)
    assert jupyter.ready(server, reach)
    assert jupyter.status(server, reach) is None
    assert jupyter.kernels(server, reach) is None
    assert jupyter.shutdown(server, reach) is False


def test_a_wrong_token_is_closed_to_us_too(servers: Lab) -> None:
    server = servers.server(servers.open)
    wrong = JupyterServer(
        pid=server.pid, port=server.port, address=server.address, base_url=server.base_url,
        verified=True, token="".join(reversed(server.token)),
    )  # fmt: skip
    assert jupyter.kernels(wrong, reach) is None


def test_kernels_have_their_notebook_and_say_when_they_work_and_what_they_hold(
    servers: Lab,
) -> None:
    server = servers.server(servers.open)
    kernel = {"name": "python3"}
    session = api(server, "api/sessions", {"path": "fit.ipynb", "type": "notebook", "name": "",
                                           "kernel": kernel})  # fmt: skip
    ident = session["kernel"]["id"]
    with closing(run_cell(server, ident, "import time; time.sleep(60)")):

        def busy() -> list[Kernel]:
            return [one for one in jupyter.kernels(server, reach) or () if one.busy]

        [found] = until(busy, what="the kernel is busy")
    assert (found.id, found.path, found.name) == (ident, "fit.ipynb", "python3")
    assert found.last_activity is not None
    memory = dict(servers.look().kernel_memory)
    assert memory[ident] > 10 << 20
    [again] = jupyter.kernels(server, reach, memory=memory) or ()
    assert again.memory == memory[ident]


def test_shutdown_ends_it_with_its_kernels(servers: Lab) -> None:
    server = servers.server(servers.open)
    assert jupyter.shutdown(server, reach) is True
    until(
        lambda: servers.open not in [one.port for one in servers.look().servers],
        what="gone",
    )
    until(lambda: not servers.look().kernel_memory, what="the kernels are gone")
