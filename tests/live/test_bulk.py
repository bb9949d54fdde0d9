"""Much at once through a forward: every byte arrives, whatever the link does meanwhile."""

import hashlib
import os
import random
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import paramiko
import pytest

from lab.sshd import SshHost
from lab.targets import answer_at_end, call, echo, read_all, serving
from lab.transports import dial
from nbtui.clock import SystemClock
from nbtui.model.question import nobody, silent
from nbtui.ssh.forward import LocalForward
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links
from nbtui.ssh.packets import Packets
from waiting import until

pytestmark = pytest.mark.live
MB = 1 << 20
BULK = os.urandom(MB) * 24


def forward_to(port: int, transport: paramiko.Transport) -> LocalForward:
    return LocalForward(
        listen="127.0.0.1:0", to=f"127.0.0.1:{port}", transport=lambda _wait: transport
    )


def there_and_back(port: int, data: bytes) -> bool:
    """Send while the echo comes back; whether it is the same."""
    with call(port, timeout=60) as sock:

        def send() -> None:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)

        sender = Thread(target=send)
        sender.start()
        back = hashlib.sha256()
        while chunk := sock.recv(1 << 18):
            back.update(chunk)
        sender.join()
    return back.digest() == hashlib.sha256(data).digest()


@pytest.fixture
def renewals(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time that what we get has new keys."""
    seen: list[int] = []
    renew = Packets.set_inbound_cipher

    def counted(packets: Packets, *facts: Any, **named: Any) -> None:
        seen.append(1)
        renew(packets, *facts, **named)

    monkeypatch.setattr(Packets, "set_inbound_cipher", counted)
    return seen


@pytest.mark.parametrize("cipher", ["aes128-gcm@openssh.com", "aes128-ctr"])
def test_new_keys_that_the_host_wants_under_load_change_no_byte(
    make_host: Callable[..., SshHost], renewals: list[int], cipher: str
) -> None:
    transport = dial(make_host(config=f"RekeyLimit 1M\nCiphers {cipher}"))
    with serving(echo) as port, forward_to(port, transport) as forward:
        assert there_and_back(forward.port, BULK[: 6 * MB])
        until(lambda: forward.state().open == 0, what="the end of the connection")
    assert len(renewals) > 5
    transport.close()


def test_new_keys_that_we_want_under_load_change_no_byte(
    host: SshHost, renewals: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Packets, "REKEY_BYTES", 2 * MB)
    transport = dial(host)
    with serving(echo) as port, forward_to(port, transport) as forward:
        assert there_and_back(forward.port, BULK)
    assert len(renewals) > 5
    transport.close()


@pytest.mark.slow
def test_a_hundred_connections_of_random_size_survive_new_keys_again_and_again(
    make_host: Callable[..., SshHost],
) -> None:
    transport = dial(make_host(config="RekeyLimit 1M"))
    chance = random.Random(1)  # noqa: S311  # sizes are no secret
    sizes = [chance.choice((1, 1000, 40_000, MB, 3 * MB)) for _ in range(100)]
    with serving(echo) as port, forward_to(port, transport) as forward:
        with ThreadPoolExecutor(100) as pool:
            back = pool.map(lambda size: there_and_back(forward.port, BULK[:size]), sizes)
            assert all(back)
        until(lambda: forward.state().open == 0, what="the end of all connections")
    transport.close()


def test_a_program_that_does_not_read_holds_up_no_other(host: SshHost) -> None:
    transport = dial(host)
    with (
        serving(lambda sock: sock.sendall(BULK)) as much,
        serving(echo) as little,
        forward_to(much, transport) as stuck,
        forward_to(little, transport) as forward,
        call(stuck.port) as silent_one,
    ):
        until(lambda: stuck.state().open == 1, what="a connection that nobody reads")
        assert there_and_back(forward.port, BULK)
        assert read_all(silent_one) == BULK
    transport.close()


def test_a_target_that_does_not_read_holds_up_no_other(host: SshHost) -> None:
    transport = dial(host)
    go_on = Event()

    def late(sock: socket.socket) -> None:
        go_on.wait(60)
        answer_at_end(sock)

    with (
        serving(late) as slow,
        serving(echo) as little,
        forward_to(slow, transport) as stuck,
        forward_to(little, transport) as forward,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(there_and_back, stuck.port, BULK)
        until(lambda: stuck.state().open == 1, what="a connection that nobody reads")
        assert there_and_back(forward.port, BULK)
        go_on.set()
        assert waiting.result()
    transport.close()


def test_bulk_behind_a_jump_host_is_whole(
    make_host: Callable[..., SshHost], host: SshHost
) -> None:
    links = Links(clock=SystemClock())
    link = links.get(make_host("inner").target(jumps=(host.target(),)))
    link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())
    with serving(echo) as port, forward_to(port, link.transport(1)) as forward:
        assert there_and_back(forward.port, BULK)
    links.close()
