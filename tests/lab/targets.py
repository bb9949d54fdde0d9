"""Small TCP servers for what a forward leads to, and clients that read to the end."""

import contextlib
import socket
import struct
from collections.abc import Callable, Iterator
from threading import Thread


def read_all(sock: socket.socket) -> bytes:
    """Everything up to the end."""
    chunks = []
    while chunk := sock.recv(1 << 16):
        chunks.append(chunk)
    return b"".join(chunks)


def echo(sock: socket.socket) -> None:
    """Say everything back as it comes."""
    while chunk := sock.recv(1 << 16):
        sock.sendall(chunk)


def answer_at_end(sock: socket.socket) -> None:
    """Read to the end, only then say it all back: needs the half-close of who asks."""
    sock.sendall(read_all(sock))


def close_first(sock: socket.socket) -> None:
    """Say something, end that half, then count what still comes; the count is said nowhere."""
    sock.sendall(b"all I have to say")
    sock.shutdown(socket.SHUT_WR)
    close_first.heard = len(read_all(sock))  # type: ignore[attr-defined]


def reset(sock: socket.socket) -> None:
    """Make the next close of this socket a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def serving(
    handle: Callable[[socket.socket], None], *, host: str = "127.0.0.1"
) -> Iterator[int]:
    """Serve each connection on a thread; yields the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family, backlog=200)

    def serve(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            handle(sock)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                Thread(target=serve, args=(sock,), daemon=True).start()

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes accept
        listener.close()
        thread.join()


def call(port: int, *, host: str = "127.0.0.1", timeout: float = 20.0) -> socket.socket:
    """Connect."""
    return socket.create_connection((host, port), timeout=timeout)
