"""Local forwards on a real sshd."""

import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest

from lab.sshd import SshHost, free_port
from lab.targets import answer_at_end, call, echo, read_all, reset, serving
from lab.transports import Lifeline, dial
from nbtui.clock import SystemClock
from nbtui.errors import LocalPortTaken
from nbtui.model.question import nobody, silent
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.crossing import GetTransport
from nbtui.ssh.forward import LocalForward
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links
from nbtui.ssh.listener import Listener
from waiting import until

pytestmark = pytest.mark.live
BULK = os.urandom(1 << 20) * 20


@pytest.fixture
def transport(host: SshHost) -> Iterator[paramiko.Transport]:
    transport = dial(host)
    yield transport
    transport.close()
    transport.join()


def forward_to(
    port: int,
    transport: paramiko.Transport | GetTransport,
    *,
    listen: str = "localhost:0",
    wait: float = 15.0,
) -> LocalForward:
    get = (
        (lambda _wait: transport)
        if isinstance(transport, paramiko.Transport)
        else transport
    )
    return LocalForward(listen=listen, to=f"127.0.0.1:{port}", transport=get, wait=wait)


def is_reset(sock: socket.socket) -> bool:
    try:
        sock.recv(1)
    except ConnectionResetError:
        return True
    return False


def is_refused(port: int) -> bool:
    """A reset, which may come as early as while the connection is made."""
    try:
        with call(port) as sock:
            return is_reset(sock)
    except ConnectionResetError:
        return True


def threads() -> list[str]:
    return sorted(thread.name for thread in threading.enumerate())


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_stock_loses_the_answer_to_a_half_close_and_ours_brings_all_twenty_megabytes(
    transport: paramiko.Transport,
) -> None:
    with serving(answer_at_end) as port, forward_to(port, transport) as forward:
        with call(forward.port) as sock:
            sock.sendall(BULK)
            sock.shutdown(socket.SHUT_WR)
            assert read_all(sock) == BULK
        assert forward.state().error == ""


def test_bytes_flow_both_ways_at_once(transport: paramiko.Transport) -> None:
    with (
        serving(echo) as port,
        forward_to(port, transport) as forward,
        call(forward.port) as sock,
    ):

        def send() -> None:
            sock.sendall(BULK)
            sock.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert read_all(sock) == BULK
        sender.join()


def test_stock_loses_what_is_sent_after_the_far_end_stopped_talking_and_ours_does_not(
    transport: paramiko.Transport,
) -> None:
    heard: list[bytes] = []

    def talk_then_listen(sock: socket.socket) -> None:
        sock.sendall(b"all I have to say")
        sock.shutdown(socket.SHUT_WR)
        heard.append(read_all(sock))

    with serving(talk_then_listen) as port, forward_to(port, transport) as forward:
        with call(forward.port) as sock:
            assert read_all(sock) == b"all I have to say"
            sock.sendall(b"and now me")
        until(lambda: heard, what="the rest at the far end")
        assert heard == [b"and now me"]


def test_a_far_end_that_hangs_up_ends_the_connection_of_a_silent_program(
    transport: paramiko.Transport,
) -> None:
    with (
        serving(lambda sock: sock.sendall(b"bye")) as port,
        forward_to(port, transport) as forward,
    ):
        with call(forward.port) as sock:
            assert read_all(sock) == b"bye"
        until(lambda: forward.state().open == 0, what="the end of the connection")


def test_a_far_end_that_breaks_after_its_last_word_frees_a_program_that_keeps_its_socket(
    transport: paramiko.Transport,
) -> None:
    def last_word_then_break(sock: socket.socket) -> None:
        sock.sendall(b"bye")
        sock.shutdown(socket.SHUT_WR)
        sock.recv(1)
        reset(sock)

    with (
        serving(last_word_then_break) as port,
        forward_to(port, transport) as forward,
        call(forward.port) as sock,
    ):
        assert read_all(sock) == b"bye"
        sock.sendall(b"?")
        until(lambda: broken(sock), what="the far end's break arrived here")
        until(lambda: forward.state().open == 0, what="the end of the connection")


def broken(sock: socket.socket) -> bool:
    try:
        sock.sendall(b"?")
    except OSError:
        return True
    return False


def test_a_hundred_connections_at_once_are_all_answered(
    transport: paramiko.Transport,
) -> None:
    def ask(number: int) -> bool:
        text = str(number).encode() * 5000
        with call(port) as sock:
            sock.sendall(text)
            sock.shutdown(socket.SHUT_WR)
            return read_all(sock) == text

    with serving(answer_at_end) as target, forward_to(target, transport) as forward:
        port = forward.port
        with ThreadPoolExecutor(100) as pool:
            assert all(pool.map(ask, range(100)))
        until(lambda: forward.state().open == 0, what="the end of all connections")


def test_stock_listens_on_ipv4_only_and_ours_on_both_addresses_of_localhost(
    transport: paramiko.Transport,
) -> None:
    with serving(echo) as target, forward_to(target, transport) as forward:
        for address in ("127.0.0.1", "::1"):
            with call(forward.port, host=address) as sock:
                sock.sendall(b"?")
                assert sock.recv(1) == b"?"
        with pytest.raises(ConnectionRefusedError):
            call(forward.port, host="127.0.0.2")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_that_somebody_has_on_one_address_is_taken(
    transport: paramiko.Transport, address: str
) -> None:
    with serving(echo, host=address) as taken:
        forward = forward_to(1, transport, listen=f"localhost:{taken}")
        with pytest.raises(LocalPortTaken) as caught:
            forward.open()
        assert f"pid {os.getpid()}" in caught.value.message
        assert str(taken) in forward.state().error
        forward.close()
    for each in ("127.0.0.1", "::1"):
        with pytest.raises(ConnectionRefusedError):  # nothing of it stayed bound
            call(taken, host=each)


def test_a_connection_made_while_the_link_is_replaced_is_answered_on_the_same_port(
    host: SshHost,
) -> None:
    link = Lifeline(host)
    with serving(echo) as target, forward_to(target, link) as forward:
        port = forward.port
        link.cut()
        with call(port) as sock:
            sock.sendall(b"are you there?")
            until(lambda: forward.state().open == 1, what="the waiting connection")
            link.mend()
            assert sock.recv(100) == b"are you there?"
        assert forward.port == port
    link.cut()


def test_a_live_connection_is_reset_when_its_link_is_lost(host: SshHost) -> None:
    link = Lifeline(host)
    with (
        serving(echo) as target,
        forward_to(target, link) as forward,
        call(forward.port) as sock,
    ):
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        link.cut()
        assert is_reset(sock)


def test_a_connection_is_reset_when_the_link_does_not_come_back_in_time(
    host: SshHost,
) -> None:
    link = Lifeline(host)
    link.cut()
    with forward_to(1, link, wait=0.3) as forward:
        assert is_refused(forward.port)
        assert "down" in forward.state().error


def test_a_refused_target_resets_the_connection_and_is_counted(
    transport: paramiko.Transport,
) -> None:
    with forward_to(free_port(), transport) as forward:
        for _ in range(3):
            assert is_refused(forward.port)
        assert "nobody answers" in forward.state().error
        assert "(3 times)" in forward.state().error


def test_an_error_is_forgotten_once_a_connection_works(
    transport: paramiko.Transport,
) -> None:
    port = free_port()
    with forward_to(port, transport) as forward:
        with call(forward.port) as sock:
            assert is_reset(sock)
        with socket.create_server(("127.0.0.1", port)) as target, call(forward.port):
            target.accept()[0].close()
        until(lambda: not forward.state().error, what="the end of the complaint")


def test_a_program_that_resets_its_connection_frees_the_far_end(
    transport: paramiko.Transport,
) -> None:
    ended: list[bytes] = []
    with (
        serving(lambda sock: ended.append(read_all(sock))) as target,
        forward_to(target, transport) as forward,
    ):
        with call(forward.port) as sock:
            sock.sendall(b"x")
            until(lambda: forward.state().open, what="a connection")
            reset(sock)
        until(lambda: ended, what="the end at the far end")


def test_close_resets_who_is_connected_and_leaves_neither_thread_nor_descriptor(
    transport: paramiko.Transport,
) -> None:
    with serving(echo) as target:
        before = threads(), descriptors()
        forward = forward_to(target, transport)
        forward.open()
        socks = [call(forward.port) for _ in range(5)]
        for sock in socks:
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"
        port = forward.port
        forward.close()
        forward.close()
        ends = [is_reset(sock) for sock in socks]
        for sock in socks:
            sock.close()
        assert all(ends)
        with pytest.raises(ConnectionRefusedError):
            call(port)
        until(lambda: not Counter(threads()) - Counter(before[0]), what="no thread left")
        until(lambda: descriptors() <= before[1], what="no descriptor left")
        assert transport.is_active()


def test_close_ends_a_connection_to_a_program_that_does_not_read(
    transport: paramiko.Transport,
) -> None:
    with (
        serving(lambda sock: sock.sendall(BULK)) as target,
        forward_to(target, transport) as forward,
        call(forward.port),
    ):
        until(lambda: forward.state().open, what="a connection")
        forward.close()
        assert forward.state().open == 0


def test_close_does_not_wait_for_connections_that_wait_for_the_link(host: SshHost) -> None:
    link = Lifeline(host)
    link.cut()
    forward = forward_to(1, link, wait=60)
    forward.open()
    with call(forward.port) as sock:
        until(lambda: forward.state().open, what="a waiting connection")
        forward.close()
        assert forward.state().open == 0
        assert is_reset(sock)


def test_a_hundred_listeners_share_one_thread(transport: paramiko.Transport) -> None:
    acceptor, before = Acceptor(), threading.active_count()
    with serving(echo) as target:
        forwards = [
            LocalForward(
                listen="127.0.0.1:0", to=f"127.0.0.1:{target}",
                transport=lambda _wait: transport, acceptor=acceptor,
            )
            for _ in range(100)
        ]  # fmt: skip
        for forward in forwards:
            forward.open()
        assert (
            threading.active_count() <= before + 2
        )  # and the target's own; others may have ended
        with call(forwards[-1].port) as sock:
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"
        for forward in forwards:
            forward.close()


def test_the_port_can_be_taken_again_at_once(transport: paramiko.Transport) -> None:
    with serving(echo) as target:
        with forward_to(target, transport) as forward:
            port = forward.port
            with call(port) as sock:
                sock.sendall(b"x")
                assert sock.recv(1) == b"x"
        with forward_to(target, transport, listen=f"localhost:{port}") as again:
            assert again.port == port


def test_stock_prints_the_password_in_its_repr_and_ours_only_its_ends(
    transport: paramiko.Transport,
) -> None:
    forward = forward_to(8889, transport, listen="localhost:8888")
    assert repr(forward) == str(forward) == "LocalForward localhost:8888 -> 127.0.0.1:8889"


# Each of these is a fault of stock sshtunnel 0.5.1 (docs/decisions.md).


def test_stock_binds_every_address_and_ours_only_what_is_written(
    transport: paramiko.Transport,
) -> None:
    with forward_to(1, transport, listen="127.0.0.1:0") as forward:
        assert forward.local_bind_hosts == ["127.0.0.1"]


def test_stock_reads_the_users_keys_and_ours_does_not(
    transport: paramiko.Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id_rsa").write_text("not a key: reading it would be an error")
    (tmp_path / ".ssh/config").write_text("Host *\n  ProxyCommand touch /nonexistent\n")
    forward = forward_to(1, transport)
    assert forward.ssh_pkeys == []
    assert forward.ssh_proxy is None


def test_stock_hides_that_a_port_is_taken_and_ours_says_who_has_it(
    transport: paramiko.Transport,
) -> None:
    with serving(echo) as taken:
        forward = forward_to(1, transport, listen=f"127.0.0.1:{taken}")
        with pytest.raises(LocalPortTaken, match=f"port {taken} is taken by .*pid"):
            forward.open()


def test_stock_queues_five_connections_and_ours_as_many_as_a_page_makes() -> None:
    assert Listener.request_queue_size >= 128


def test_stock_waits_for_nagle_and_ours_sends_small_things_at_once(
    transport: paramiko.Transport,
) -> None:
    seen: list[int] = []

    class Watched(LocalForward):
        def _connect(self, connection: object) -> None:
            sock: socket.socket = connection.sock  # type: ignore[attr-defined]
            seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def get(_wait: float) -> paramiko.Transport:
        return transport

    with Watched(listen="localhost:0", to="localhost:1", transport=get) as forward:
        call(forward.port).close()
        until(lambda: seen, what="a connection")
    assert seen[0] != 0


def test_stock_stops_the_transport_with_one_forward_and_ours_leaves_the_others_running(
    transport: paramiko.Transport,
) -> None:
    with serving(echo) as target, forward_to(target, transport) as other:
        with forward_to(target, transport):
            pass
        with call(other.port) as sock:
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"


def test_a_real_link_that_is_cut_and_opened_again_keeps_its_port(host: SshHost) -> None:
    links = Links(clock=SystemClock())
    link = links.get(host.target())
    link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())
    lost = threading.Event()
    link.on_lost(lambda _reason: lost.set())
    forward = LocalForward(listen="localhost:0", to="localhost:1", transport=link.transport)
    with forward:
        assert is_refused(forward.port)
        assert "Connection refused" in forward.state().error
    with serving(echo) as target, forward_to(target, link.transport) as forward:
        link.shell.run("true")
        old = link.shell.sshd_pid
        host.kill_sessions()
        assert lost.wait(10)
        with call(forward.port) as sock:
            sock.sendall(b"x")
            link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())
            assert sock.recv(1) == b"x"
        assert link.shell.run("echo back").text == "back\n"
        assert link.shell.sshd_pid != old
    links.close()
