"""The socket that a link runs on."""

import contextlib
import socket

import pytest

from nbtui.clock import SystemClock
from nbtui.model.question import nobody, silent
from nbtui.model.target import Target
from nbtui.ssh import tcp
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.here import unsent

pytestmark = pytest.mark.live


def test_the_system_holds_little_back_of_what_the_line_does_not_take() -> None:
    clock = SystemClock()
    attempt = Attempt(where="here", seconds=10, clock=clock, ask=nobody, tell=silent)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        target = Target(host="127.0.0.1", port=listener.getsockname()[1], user="ada")
        with tcp.connect(target, attempt, clock=clock) as sock:
            peer, _ = listener.accept()
            with peer, contextlib.suppress(BlockingIOError):
                while True:
                    sock.send(bytes(4096), socket.MSG_DONTWAIT)
            assert unsent(sock) < 2 * tcp.HELD_BACK
