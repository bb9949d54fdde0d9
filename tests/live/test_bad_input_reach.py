"""Hosts that cannot be reached: exit 6, each told apart, in bounded time."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from threading import Thread

import pytest

from lab.desk import Desk
from lab.sshd import free_port

pytestmark = pytest.mark.live


def save(desk: Desk, name: str, host: str, port: int = 22) -> None:
    with (desk.config / "profiles.toml").open("a") as file:
        file.write(f'[profiles.{name}]\nhost = "{host}"\nport = {port}\n')


@pytest.fixture
def full_queue() -> Iterator[int]:
    """A port whose connections are never completed, as behind a firewall that drops."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.fixture
def speaker() -> Iterator[dict[bytes, int]]:
    """Ports where somebody says this one thing and hangs up; b"" says nothing and stays."""
    texts = (
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00\xff\x1b]0;pwned\x07\x1b[31m\r\n",
        b"",
    )
    with ExitStack() as stack:
        ports = {}
        for text in texts:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            Thread(target=_speak, args=(listener, text), daemon=True).start()
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            ports[text] = listener.getsockname()[1]
        yield ports


def _speak(listener: socket.socket, text: bytes) -> None:
    kept = []
    try:
        while True:
            peer, _ = listener.accept()
            peer.sendall(text)
            kept.append(peer)
            if text:
                peer.close()
    except OSError:
        for peer in kept:
            peer.close()


def test_each_way_of_not_being_there_is_told_apart(
    shared_desk: Desk, full_queue: int, speaker: dict[bytes, int]
) -> None:
    http, hostile, silent = speaker.values()
    save(shared_desk, "noname", "no-such-host.invalid")
    save(shared_desk, "closed", "127.0.0.1", free_port())
    save(shared_desk, "http", "127.0.0.1", http)
    save(shared_desk, "hostile", "127.0.0.1", hostile)
    save(shared_desk, "silent", "127.0.0.1", silent)
    save(shared_desk, "dropped", "127.0.0.1", full_queue)
    said = {
        "noname": "the name no-such-host.invalid is not known",
        "closed": "refused the connection",
        "http": "is not an SSH server: it says HTTP/1.1 400",
        "hostile": "is not an SSH server",
        "silent": "takes connections and says nothing",
        "dropped": "no answer from",
    }
    running = {name: shared_desk.begin("connect", name, "--wait", "2") for name in said}
    for name, process in running.items():
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (6, ""), (name, err)
        assert said[name] in err, (name, err)
        assert "try: " in err
        assert "NAME" not in err
        assert "\x1b" not in err
        row = shared_desk.row(name)
        assert row["state"] == "failed"
        assert row["last_error"]["code"] == 6
        assert said[name] in row["last_error"]["message"]
        assert row["last_error"]["try"]


@pytest.mark.slow
def test_without_a_bound_of_ones_own_ten_seconds_are_the_bound(
    shared_desk: Desk, full_queue: int
) -> None:
    save(shared_desk, "slow", "127.0.0.1", full_queue)
    ran = shared_desk.nbtui("connect", "slow", timeout=25)
    assert ran.status == 6
    assert "in 10 s" in ran.err


def test_a_jump_that_cannot_be_reached_is_named(shared_desk: Desk) -> None:
    port = free_port()
    with (shared_desk.config / "profiles.toml").open("a") as file:
        file.write(f'[profiles.behind]\nhost = "c01"\njump = "127.0.0.1:{port}"\n')
    ran = shared_desk.nbtui("connect", "behind")
    assert ran.status == 6
    assert f"127.0.0.1:{port} refused the connection" in ran.err


def test_status_tells_it_all_and_another_connect_tries_again(
    shared_desk: Desk,
) -> None:
    port = free_port()
    save(shared_desk, "later", "127.0.0.1", port)
    assert "refused" in shared_desk.nbtui("connect", "later").err
    with closing(socket.create_server(("127.0.0.1", port))) as listener:
        Thread(target=_speak, args=(listener, b"hello\r\n"), daemon=True).start()
        assert "not an SSH server" in shared_desk.nbtui("connect", "later").err
        listener.shutdown(socket.SHUT_RDWR)
    assert "failed" in shared_desk.nbtui("status", "later").out
