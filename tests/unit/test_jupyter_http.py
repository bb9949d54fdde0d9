"""HTTP over a stream, against small real servers that behave well or badly."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nbtui.errors import NbtuiError, TimedOut
from nbtui.model.host import JupyterServer
from nbtui.model.shell import Stream
from nbtui.remote import jupyter

WORD = "t0k"
Serve = Callable[[socket.socket], None]


@contextmanager
def listening(serve: Serve) -> Iterator[JupyterServer]:
    """A server of one connection; yields what the probe would say about it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield JupyterServer(
            pid=7, port=listener.getsockname()[1], address="127.0.0.1", token=WORD,
            verified=True, base_url="/me/",
        )  # fmt: skip
        thread.join(5)


def reach(host: str, port: int, seconds: float) -> Stream:
    return socket.create_connection((host, port), timeout=seconds)


def request(connection: socket.socket) -> bytes:
    """Read the head of a request, and nothing of the next one."""
    data = b""
    while not data.endswith(b"\r\n\r\n") and (more := connection.recv(1)):
        data += more
    return data


def reply(status: int, body: bytes) -> bytes:
    return f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Serve:
    def serve(connection: socket.socket) -> None:
        for answer in answers:
            head = request(connection)
            if seen is not None:
                seen.append(head)
            connection.sendall(answer)

    return serve


def document(value: object) -> bytes:
    return reply(200, json.dumps(value).encode())


KERNELS = document([
    {"id": "k1", "name": "python3", "execution_state": "busy", "connections": 2,
     "last_activity": "2026-01-01T00:00:00.000000Z"},
    {"id": "k2", "name": "\x1b[31mir"}, "noise",
])  # fmt: skip
SESSIONS = document([
    {"path": "fit.ipynb", "type": "notebook", "kernel": {"id": "k1"}},
    {"path": "console-1", "type": "console", "kernel": {"id": "k1"}}, {"kernel": None},
])  # fmt: skip


def test_kernels_and_their_notebooks_come_over_one_connection() -> None:
    seen: list[bytes] = []
    with listening(answering(KERNELS, SESSIONS, seen=seen)) as server:
        found = jupyter.kernels(server, reach, memory={"k1": 5})
    assert found is not None
    first, second = found
    assert (first.id, first.path, first.busy, first.memory) == ("k1", "fit.ipynb", True, 5)
    assert (first.last_activity, first.connections) == (1767225600.0, 2)
    assert (second.name, second.path, second.busy, second.last_activity) == (
        "ir",
        "",
        False,
        None,
    )
    assert seen[0].startswith(b"GET /me/api/kernels HTTP/1.1\r\n")
    assert all(b"Authorization: token t0k\r\n" in head for head in seen)
    assert not any(b"t0k" in head.split(b"\r\n")[0] for head in seen)


def test_requests_are_sent_together_and_their_answers_may_come_in_one_piece() -> None:
    def serve(connection: socket.socket) -> None:
        heads = [request(connection) for _ in range(3)]
        assert b"/me/api/status" in heads[2]
        connection.sendall(KERNELS + SESSIONS + document({"kernels": 2}))

    with listening(serve) as server:
        found = jupyter.kernels(server, reach, status=True, timeout=5.0)
    assert [one.id for one in found or ()] == ["k1", "k2"]


def test_the_token_is_not_sent_to_a_listener_that_was_not_verified() -> None:
    seen: list[bytes] = []
    with listening(answering(reply(403, b"{}"), seen=seen)) as server:
        stranger = JupyterServer(pid=7, port=server.port, address="127.0.0.1", token=WORD)
        assert jupyter.status(stranger, reach) is None
    assert b"t0k" not in seen[0]


def test_liveness_is_asked_without_the_token() -> None:
    seen: list[bytes] = []
    with listening(answering(document({"version": "2.21"}), seen=seen)) as server:
        assert jupyter.ready(server, reach) == "2.21"
    assert b"t0k" not in seen[0]


@pytest.mark.parametrize("status", [302, 401, 403])
def test_a_login_page_is_an_outcome_and_no_error(status: int) -> None:
    page = reply(status, b"<html>")
    with listening(answering(page, page)) as server:
        assert jupyter.kernels(server, reach) is None
    with listening(answering(reply(status, b"<html>"))) as server:
        assert jupyter.shutdown(server, reach) is False


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\xff" * 100 + b"\n", b"",
     reply(200, b"<html>"), reply(200, b"[]"), reply(200, b"[" * 100_000), reply(500, b""),
     b"HTTP/1.1 200 x\r\nContent-Length: 50\r\n\r\nshort"],
)  # fmt: skip
def test_what_is_not_jupyter_is_an_error_of_ours(answer: bytes) -> None:
    with listening(answering(answer)) as server, pytest.raises(NbtuiError):
        jupyter.ready(server, reach, timeout=5.0)


def endless(connection: socket.socket) -> None:
    request(connection)
    connection.sendall(b"HTTP/1.1 200 x\r\n\r\n")
    try:
        while True:
            connection.sendall(b"x" * 65536)
    except OSError:
        pass  # hung up on, as it should be


def test_an_answer_without_an_end_is_given_up() -> None:
    with listening(endless) as server, pytest.raises(NbtuiError, match="no end"):
        jupyter.ready(server, reach)


def test_silence_is_given_up_at_the_deadline() -> None:
    done = threading.Event()

    def silent(_connection: socket.socket) -> None:
        done.wait(10)

    with listening(silent) as server:
        with pytest.raises(TimedOut):
            jupyter.ready(server, reach, timeout=0.2)
        done.set()


def dripping(connection: socket.socket) -> None:
    """A byte now and then never trips a time-out of one `recv`."""
    request(connection)
    try:
        while True:
            connection.sendall(b"H")
            threading.Event().wait(0.05)
    except OSError:
        pass  # hung up on, as it should be


def test_a_drip_of_bytes_does_not_outlast_the_deadline() -> None:
    with listening(dripping) as server, pytest.raises(TimedOut):
        jupyter.ready(server, reach, timeout=0.3)


def test_a_server_with_a_certificate_of_its_own_is_asked_over_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "1", "-subj", "/CN=lab"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            answering(document({"version": "2"}))(secured)

    with listening(serve) as plain:
        server = JupyterServer(
            pid=7, port=plain.port, address="127.0.0.1", token="", secure=True
        )  # fmt: skip
        assert jupyter.ready(server, reach, timeout=5.0) == "2"


def test_https_asked_of_plain_http_is_an_error_of_ours() -> None:
    with listening(answering(b"HTTP/1.1 400 x\r\n\r\n")) as plain:
        server = JupyterServer(
            pid=7, port=plain.port, address="127.0.0.1", token="", secure=True
        )  # fmt: skip
        with pytest.raises(NbtuiError):
            jupyter.ready(server, reach, timeout=0.3)
