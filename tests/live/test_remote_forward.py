"""Remote forwards on a real sshd; it listens on this machine's loopback."""

import socket
import threading
from collections.abc import Iterator

import paramiko
import pytest

from lab.sshd import SshHost, free_port
from lab.targets import answer_at_end, call, echo, read_all, serving
from lab.transports import Lifeline
from nbtui.errors import LinkLost, NbtuiError
from nbtui.ssh.remote_forward import RemoteForward
from waiting import until

pytestmark = pytest.mark.live
BULK = bytes(range(256)) * 20_000


@pytest.fixture
def link(host: SshHost) -> Iterator[Lifeline]:
    link = Lifeline(host)
    yield link
    link.cut()


def back_to(port: int, link: Lifeline, *, listen: str = "localhost:0") -> RemoteForward:
    return RemoteForward(listen=listen, to=f"127.0.0.1:{port}", transport=link)


def says_back(port: int) -> bool:
    try:
        with call(port) as sock:
            sock.sendall(b"x")
            return sock.recv(1) == b"x"
    except OSError:
        return False


def test_bytes_and_half_closes_pass_both_ways(link: Lifeline) -> None:
    with serving(answer_at_end) as target, back_to(target, link) as forward:
        with call(forward.address[1]) as sock:
            sock.sendall(BULK)
            sock.shutdown(socket.SHUT_WR)
            assert read_all(sock) == BULK
        assert forward.state().listen == f"localhost:{forward.address[1]}"


def test_several_remote_forwards_of_one_link_lead_to_their_own_ends(link: Lifeline) -> None:
    with (
        serving(lambda sock: sock.sendall(b"one")) as one,
        serving(lambda sock: sock.sendall(b"two")) as two,
        back_to(two, link) as second,
    ):
        with back_to(one, link) as first:
            for forward, word in ((first, b"one"), (second, b"two")):
                with call(forward.address[1]) as sock:
                    assert read_all(sock) == word
            port = first.address[1]
        until(lambda: refused(port), what="the end of the first")
        with call(second.address[1]) as sock:
            assert read_all(sock) == b"two"


def refused(port: int) -> bool:
    try:
        call(port).close()
    except ConnectionRefusedError:
        return True
    return False


def test_after_a_reconnect_the_host_listens_on_the_same_port_again(link: Lifeline) -> None:
    with serving(echo) as target, back_to(target, link) as forward:
        port = forward.address[1]
        assert says_back(port)
        link.cut()
        link.mend()
        until(lambda: says_back(port), what="an answer on the same port")
        assert forward.state().error == ""


def test_a_target_here_that_refuses_is_counted_and_ends_the_connection(
    link: Lifeline,
) -> None:
    with back_to(free_port(), link) as forward:
        with call(forward.address[1]) as sock:
            assert read_all(sock) == b""
        assert "refused" in forward.state().error


def test_a_port_that_is_taken_on_the_host_is_said_and_asked_for_again(
    link: Lifeline,
) -> None:
    with serving(echo) as target:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            forward = back_to(target, link, listen=f"127.0.0.1:{port}")
            with pytest.raises(NbtuiError, match="does not listen"):
                forward.open()
            assert str(port) in forward.state().error
        until(lambda: says_back(port), what="the port once it is free")
        forward.close()


def test_close_stops_listening_and_leaves_no_thread(link: Lifeline) -> None:
    with serving(echo) as target:
        before = threading.active_count()
        forward = back_to(target, link)
        forward.open()
        sock = call(forward.address[1])
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        forward.close()
        forward.close()
        sock.close()
        until(lambda: refused(forward.address[1]), what="the end of listening")
        until(lambda: threading.active_count() == before, what="no thread left")
        transport: paramiko.Transport = link(0)
        assert transport.is_active()


def test_a_link_that_is_down_is_said_so(link: Lifeline) -> None:
    link.cut()
    forward = RemoteForward(
        listen="localhost:0", to="localhost:1", transport=lambda _s: link(0)
    )
    with pytest.raises(LinkLost):
        forward.open()
    forward.close()
