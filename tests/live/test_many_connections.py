"""Ten thousand connections of random size and order through one forward: every byte arrives, and nothing is left."""

import hashlib
import random
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.sshd import SshHost
from lab.targets import call, read_all, serving
from nbtui.clock import SystemClock
from nbtui.model.question import nobody, silent
from nbtui.ssh.forward import LocalForward
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

CONNECTIONS, AT_ONCE = 10_000, 40
SEED = 20_261_121
SOURCE = random.Random(SEED).randbytes(1 << 20)  # noqa: S311  # test data
HEAD = struct.Struct("!cIIII")
ENDS_FIRST, LISTENS_FIRST, BOTH = b"e", b"l", b"b"


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What one connection says, and which side ends its half first."""

    number: int
    order: bytes
    """The client ends first; the far end does and then listens; both speak at once."""

    up: bytes
    down: tuple[int, int]
    """Where in SOURCE, and how many bytes."""

    @property
    def answer(self) -> bytes:
        at, size = self.down
        return SOURCE[at : at + size]


def talks(count: int) -> Iterator[Talk]:
    dice = random.Random(SEED)  # noqa: S311  # test data
    for number in range(count):
        sizes = [
            int(2 ** dice.uniform(0, 17.5)) - 1 for _ in range(2)
        ]  # many small, few large
        starts = [dice.randrange(len(SOURCE) - size) for size in sizes]
        yield Talk(
            number=number,
            order=dice.choice([ENDS_FIRST, LISTENS_FIRST, BOTH]),
            up=SOURCE[starts[0] : starts[0] + sizes[0]],
            down=(starts[1], sizes[1]),
        )


class Far:
    """The program at the far end; keeps a hash of what each connection brought."""

    def __init__(self) -> None:
        self.heard: dict[int, bytes] = {}

    def handle(self, sock: socket.socket) -> None:
        head = b""
        while len(head) < HEAD.size:
            head += sock.recv(HEAD.size - len(head))
        order, number, at, size, _ = HEAD.unpack(head)
        answer = SOURCE[at : at + size]
        if order == LISTENS_FIRST:
            sock.sendall(answer)
            sock.shutdown(socket.SHUT_WR)
        speaking = threading.Thread(target=sock.sendall, args=(answer,))
        if order == BOTH:
            speaking.start()
        self.heard[number] = hashlib.sha256(read_all(sock)).digest()
        if order == BOTH:
            speaking.join()
        if order == ENDS_FIRST:
            sock.sendall(answer)


def hold(port: int, talk: Talk) -> bool:
    """Have the talk; whether the answer came whole."""
    head = HEAD.pack(talk.order, talk.number, *talk.down, len(talk.up))
    with call(port, timeout=120) as sock:
        sock.sendall(head)
        if talk.order == LISTENS_FIRST:
            heard = read_all(sock)
            sock.sendall(talk.up)
            sock.shutdown(socket.SHUT_WR)
            return heard == talk.answer and read_all(sock) == b""
        if talk.order == BOTH:
            speaking = threading.Thread(target=say, args=(sock, talk.up))
            speaking.start()
            heard = read_all(sock)
            speaking.join()
            return heard == talk.answer
        say(sock, talk.up)
        return read_all(sock) == talk.answer


def say(sock: socket.socket, data: bytes) -> None:
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)


@contextmanager
def forward_over_a_link(host: SshHost, port: int) -> Iterator[LocalForward]:
    links = Links(clock=SystemClock())
    link = links.get(host.target())
    link.open(
        ask=nobody, tell=silent, timeout=20, context=LoginContext(auth_sock=None)
    )  # fmt: skip
    to = f"127.0.0.1:{port}"
    with LocalForward(listen="localhost:0", to=to, transport=link.transport) as forward:
        yield forward
    links.close()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_every_byte_of_ten_thousand_connections_arrives_and_nothing_is_left(
    host: SshHost,
) -> None:
    far = Far()
    with serving(far.handle) as port, forward_over_a_link(host, port) as forward:
        hold(forward.port, next(talks(1)))  # what is made once is made
        until(lambda: forward.state().open == 0, what="the first one's end")
        threads, files = threading.active_count(), descriptors()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            whole = list(
                pool.map(lambda talk: hold(forward.port, talk), talks(CONNECTIONS))
            )
        assert [number for number, well in enumerate(whole) if not well] == []
        until(lambda: forward.state().open == 0, what="the end of all connections")
        until(lambda: threading.active_count() <= threads, what="the end of their threads")
        until(lambda: descriptors() <= files, what="their descriptors closed")
        assert forward.state().error == ""
    wrong = [x.number for x in talks(CONNECTIONS) if far.heard[x.number] != sha(x.up)]
    assert wrong == []


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
