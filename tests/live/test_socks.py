"""SOCKS forwards on a real sshd, asked by curl and byte by byte."""

import socket
import subprocess
from collections.abc import Iterator

import paramiko
import pytest

from lab.sshd import SshHost, free_port
from lab.targets import call, echo, read_all, serving
from lab.transports import dial
from nbtui.ssh.forward import SocksForward
from waiting import until

pytestmark = pytest.mark.live


@pytest.fixture
def forward(host: SshHost) -> Iterator[SocksForward]:
    transport: paramiko.Transport = dial(host)
    with SocksForward(listen="localhost:0", transport=lambda _wait: transport) as forward:
        yield forward
    transport.close()
    transport.join()


def page(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")


def ask(port: int, *pieces: bytes) -> bytes:
    """Say it piece by piece and read to the end."""
    with call(port) as sock:
        for piece in pieces:
            sock.sendall(piece)
        try:
            sock.shutdown(socket.SHUT_WR)
            return read_all(sock)
        except OSError:  # it may be over before all was said
            return b"reset"


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "socks4a"])
def test_curl_gets_a_page_through_every_kind_of_socks(
    forward: SocksForward, scheme: str
) -> None:
    with serving(page) as port:
        proxy = f"{scheme}://127.0.0.1:{forward.port}"
        url = (
            f"http://localhost:{port}/"
            if scheme[-1] in "ha"
            else f"http://127.0.0.1:{port}/"
        )
        command = ["curl", "-sS", "--noproxy", "", "--proxy", proxy, url]
        done = subprocess.run(command, check=True, capture_output=True, timeout=20)
    assert done.stdout == b"hello"


def test_curl_gets_a_page_from_an_ipv6_address(forward: SocksForward) -> None:
    with serving(page, host="::1") as port:
        proxy = f"socks5://[::1]:{forward.port}"
        command = ["curl", "-sS", "-g", "--proxy", proxy, f"http://[::1]:{port}/"]
        done = subprocess.run(command, check=True, capture_output=True, timeout=20)
    assert done.stdout == b"hello"


def test_bytes_right_behind_the_request_are_carried(forward: SocksForward) -> None:
    with serving(echo) as port:
        request = b"\x05\x01\x00\x03\x09localhost" + port.to_bytes(2)
        said = ask(forward.port, b"\x05\x01\x00", request + b"early")
    assert said == b"\x05\x00" + b"\x05\x00\x00\x01" + bytes(6) + b"early"


def test_a_refused_target_is_answered_in_the_words_of_the_protocol(
    forward: SocksForward,
) -> None:
    request = b"\x05\x01\x00\x01\x7f\x00\x00\x01" + free_port().to_bytes(2)
    said = ask(forward.port, b"\x05\x01\x00", request)
    assert said == b"\x05\x00" + b"\x05\x05\x00\x01" + bytes(6)
    assert "nobody answers" in forward.state().error
    four = b"\x04\x01" + free_port().to_bytes(2) + b"\x7f\x00\x00\x01ada\x00"
    assert ask(forward.port, four) == b"\x00\x5b" + bytes(6)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b""),
        (b"\x05\x01\x02", b"\x05\xff"),
        (b"\x05\x01\x00\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50", b"\x05\x00\x05\x07"),
        (b"\x05\x01\x00\x05\x01\x00\x09\x00\x50", b"\x05\x00\x05\x08"),
        (b"\x05\x01\x00\x05\x01\x00\x03\x02\xff\xfe\x00\x50", b"\x05\x00"),
        (b"\x04\x02\x00\x50\x7f\x00\x00\x01\x00", b"\x00\x5b"),
        (b"\x04\x01\x00\x50\x7f\x00\x00\x01" + b"x" * 300, b""),
        (b"\x05", b""),
        (b"", b""),
    ],
)
def test_nonsense_is_refused_and_harms_nobody(
    forward: SocksForward, said: bytes, answer: bytes
) -> None:
    heard = ask(forward.port, said)
    assert heard == b"reset" or heard.startswith(answer)
    until(lambda: forward.state().open == 0, what="the end of the connection")
    with serving(page) as port:
        request = b"\x05\x01\x00\x03\x09localhost" + port.to_bytes(2)
        assert ask(forward.port, b"\x05\x01\x00", request, b"GET").endswith(b"hello")


def test_what_it_says_of_itself(forward: SocksForward) -> None:
    state = forward.state()
    assert (state.kind, state.listen, state.to) == (
        "socks",
        f"localhost:{forward.port}",
        None,
    )
    assert repr(forward) == "SocksForward localhost:0 -> anywhere"
