"""Programs that hold a port."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from waiting import until


@contextmanager
def program(*argv: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that listens on the port; ended at the end."""
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), what=f"{argv[0]} listening")
        yield process
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    """Somebody takes connections to 127.0.0.1 there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
