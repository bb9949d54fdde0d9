"""The life of a link on a real sshd: made, used, lost, made again, shared, and gone without a trace."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lab.people import Person
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from lab.transports import dial
from nbtui.clock import SystemClock
from nbtui.errors import HostUnreachable, Interrupted, LinkLost
from nbtui.model.question import nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.heartbeat import Heart
from nbtui.ssh.inlet import Inlet
from nbtui.ssh.link import Link, LoginContext
from nbtui.ssh.links import Links
from nbtui.ssh.packets import Packets
from nbtui.ssh.transport import NEAR_WINDOW, WINDOW
from waiting import until

pytestmark = pytest.mark.live


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(clock=SystemClock())
    yield made
    made.close()


def open_link(link: Link, *, timeout: float = 10.0) -> Link:
    link.open(ask=nobody, tell=silent, timeout=timeout, context=LoginContext())
    return link


def say(link: Link, command: str) -> bytes:
    with link.transport(5).open_session() as channel:
        channel.exec_command(command)
        return channel.makefile("rb").read()


def test_a_link_runs_commands_with_the_fast_cipher_and_no_sha1(
    host: SshHost, links: Links
) -> None:
    link = open_link(links.get(host.target()))
    assert say(link, "echo hello") == b"hello\n"
    transport = link.transport(1)
    assert transport.local_cipher == "aes128-gcm@openssh.com"
    assert not [
        name for name in transport.preferred_macs if "sha1" in name or "md5" in name
    ]


def test_a_host_without_gcm_is_talked_to_all_the_same(
    make_host: Callable[..., SshHost], links: Links
) -> None:
    link = open_link(links.get(make_host(config="Ciphers aes256-ctr").target()))
    assert say(link, "echo hello") == b"hello\n"


def test_opening_again_while_it_is_up_does_nothing(host: SshHost, links: Links) -> None:
    link = open_link(links.get(host.target()))
    transport = link.transport(1)
    assert open_link(link).transport(1) is transport


def test_eight_callers_at_once_make_one_login(host: SshHost, links: Links) -> None:
    link = links.get(host.target())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: open_link(link), range(8)))
    assert (host.root / "log").read_text().count("Accepted publickey") == 1


def test_a_cut_is_told_at_once_and_the_link_can_be_opened_again(
    host: SshHost, links: Links
) -> None:
    link = open_link(links.get(host.target()))
    reasons: list[str] = []
    link.on_lost(reasons.append)
    host.kill_sessions()
    until(lambda: reasons, what="the loss was told")
    assert not link.up
    open_link(link)
    assert say(link, "echo again") == b"again\n"


def test_who_wants_the_transport_during_an_outage_gets_the_next_one(
    host: SshHost, links: Links
) -> None:
    link = open_link(links.get(host.target()))
    host.kill_sessions()
    until(lambda: not link.up, what="the link went down")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(link.transport, 10)
        open_link(link)
        assert waiting.result().is_active()


def test_who_wants_the_transport_of_a_link_that_stays_down_is_told(
    host: SshHost, links: Links
) -> None:
    link = open_link(links.get(host.target()))
    host.kill_sessions()
    until(lambda: not link.up, what="the link went down")
    with pytest.raises(LinkLost):
        link.transport(0.05)


def test_closing_a_link_is_no_loss(host: SshHost, links: Links) -> None:
    link = open_link(links.get(host.target()))
    reasons: list[str] = []
    link.on_lost(reasons.append)
    transport = link.transport(1)
    link.close()
    transport.join(5)
    assert not transport.is_alive()
    assert reasons == []


def test_a_frozen_host_is_declared_lost_by_its_silence(host: SshHost) -> None:
    links = Links(
        clock=SystemClock(),
        heart=Heart(clock=SystemClock(), every=0.1, silence=0.5, look=0.1),
    )
    link = open_link(links.get(host.target()))
    until(lambda: link.latency is not None, what="a heartbeat was answered")
    reasons: list[str] = []
    link.on_lost(reasons.append)
    host.kill_sessions(signal.SIGSTOP)
    until(lambda: reasons, what="the silence was noticed")
    assert "no byte for" in reasons[0]
    links.close()


def test_a_heartbeat_is_not_taken_for_the_answer_to_a_port_forward(
    host: SshHost, links: Links
) -> None:
    link = open_link(links.get(host.target()))
    transport = link.transport(1)
    beats = [threading.Event() for _ in range(20)]
    for beat in beats:
        transport.request("keepalive@openssh.com", then=lambda _, beat=beat: beat.set())  # type: ignore[attr-defined]  # LinkTransport's own
    port = transport.request_port_forward("127.0.0.1", 0)
    assert port
    assert all(beat.is_set() for beat in beats)


def test_reach_connects_as_seen_from_the_host(host: SshHost, links: Links) -> None:
    link = open_link(links.get(host.target()))
    stream = link.reach("127.0.0.1", host.port, 5)
    assert stream.recv(8).startswith(b"SSH-")
    stream.close()


def test_its_shell_runs_scripts_also_after_a_loss(host: SshHost, links: Links) -> None:
    link = open_link(links.get(host.target()))
    assert link.shell.run("echo one").out == b"one\n"
    host.kill_sessions()
    until(lambda: not link.up, what="the link went down")
    with pytest.raises(LinkLost):
        link.shell.run("echo lost")
    open_link(link)
    assert link.shell.run("echo two").out == b"two\n"


def test_a_terminal_runs_a_command_with_its_status(host: SshHost, links: Links) -> None:
    link = open_link(links.get(host.target()))
    terminal = link.terminal(
        "echo out; exit 7", term="xterm", columns=80, rows=24, pty=False
    )
    assert terminal.read()[0] == b"out\n"
    while terminal.read() != (b"", b""):
        pass
    assert terminal.status() == 7
    terminal.close()


def test_what_is_used_of_paramikos_inside_is_where_it_was(
    host: SshHost, links: Links
) -> None:
    transport = open_link(links.get(host.target())).transport(1)
    channel = transport.open_channel(
        "direct-tcpip", ("127.0.0.1", host.port), ("127.0.0.1", 0)
    )
    assert isinstance(transport.packetizer, Packets)
    assert isinstance(channel.in_buffer, Inlet)
    used = {"lock", "out_window_size", "out_buffer_cv", "out_max_packet_size", "closed"}
    used |= {"chanid", "remote_chanid", "eof_sent", "eof_received", "status_event"}
    assert used <= vars(channel).keys()
    channel.close()


def test_a_host_that_is_near_gets_a_smaller_window_than_one_that_is_far(
    host: SshHost,
) -> None:
    with Shaper(host.port, delay=0.01) as wire:
        transport = dial(host, port=wire.port)
        for near, window in ((False, WINDOW), (True, NEAR_WINDOW)):
            if near:
                assert transport.round_trip >= 0.02
                transport.round_trip = 0.001
            channel = transport.open_channel(
                "direct-tcpip", ("127.0.0.1", host.port), ("127.0.0.1", 0)
            )
            assert channel.in_window_size == window
            channel.close()
        transport.close()


# ---------------------------------------------------------------- what cannot be reached


def failure(target: Target, links: Links, *, timeout: float = 10.0) -> HostUnreachable:
    with pytest.raises(HostUnreachable) as caught:
        open_link(links.get(target), timeout=timeout)
    return caught.value


def test_an_unknown_name_is_told_apart(host: SshHost, links: Links) -> None:
    error = failure(host.target(host="no-such-host.invalid"), links)
    assert error.layer == "name"
    assert "no-such-host.invalid" in error.message


def test_a_closed_port_is_told_apart(host: SshHost, links: Links) -> None:
    error = failure(host.target(port=free_port()), links)
    assert error.layer == "tcp"
    assert "nothing listens" in error.message


def test_a_server_of_another_kind_is_told_apart(host: SshHost, links: Links) -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n\xff\x1b[31m") as port:
        error = failure(host.target(port=port), links)
    assert error.layer == "banner"
    assert "HTTP/1.1 400 Bad Request" in error.message
    assert "\x1b" not in error.message


def test_an_endless_first_line_is_given_up(host: SshHost, links: Links) -> None:
    with answering(b"x" * 100_000) as port:
        assert failure(host.target(port=port), links).layer == "banner"


def test_lines_before_the_ssh_line_do_no_harm(host: SshHost, links: Links) -> None:
    with socket.create_server(("127.0.0.1", 0)) as relay:
        threading.Thread(
            target=relay_with_greeting, args=(relay, host.port), daemon=True
        ).start()
        target = host.target(
            port=relay.getsockname()[1], strict_host_key_checking="accept-new"
        )
        link = open_link(links.get(target))
        assert say(link, "echo through") == b"through\n"
        link.close()


def test_a_host_that_has_too_many_visitors_is_told_apart(
    host: SshHost, links: Links
) -> None:
    with answering(b"Exceeded MaxStartups\r\n") as port:
        error = failure(host.target(port=port), links)
    assert "turned us away" in error.message
    assert "wait" in error.hint


def test_a_host_of_long_ago_is_told_apart(
    make_host: Callable[..., SshHost], links: Links
) -> None:
    host = make_host(config="KexAlgorithms diffie-hellman-group1-sha1")
    error = failure(host.target(), links)
    assert error.layer == "key exchange"
    assert "no acceptable kex" in error.message


def test_each_address_of_a_name_is_tried(host: SshHost, links: Links) -> None:
    target = host.target(host="localhost", host_key_alias=f"[127.0.0.1]:{host.port}")
    assert say(open_link(links.get(target)), "echo there") == b"there\n"


def test_an_address_family_that_was_ruled_out_is_not_tried(
    host: SshHost, links: Links
) -> None:
    error = failure(host.target(address_family="inet6"), links)
    assert error.layer in {"name", "tcp"}


def test_a_host_that_says_nothing_is_given_up_in_time(host: SshHost, links: Links) -> None:
    with answering(b"", hold=True) as port:
        error = failure(host.target(port=port), links, timeout=0.5)
    assert error.layer == "banner"


def test_a_host_that_hangs_up_at_once_is_told_apart(host: SshHost, links: Links) -> None:
    with answering(b"") as port:
        error = failure(host.target(port=port), links)
    assert error.layer == "banner"
    assert "closed the connection" in error.message


def test_a_host_that_drops_packets_is_given_up_in_time(host: SshHost, links: Links) -> None:
    with socket.socket() as full:  # a backlog that is full looks like a firewall that drops
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        error = failure(host.target(port=full.getsockname()[1]), links, timeout=0.5)
        for one in waiting:
            one.close()
    assert error.layer in {"tcp", "banner"}


def test_closing_ends_a_dial_that_is_under_way(host: SshHost, links: Links) -> None:
    with answering(b"", hold=True) as port, ThreadPoolExecutor(1) as pool:
        link = links.get(host.target(port=port))
        dial = pool.submit(open_link, link, timeout=60)
        until(
            lambda: [t for t in threading.enumerate() if t.name.startswith("ssh ")],
            what="dial",
        )
        link.close()
        with pytest.raises(Interrupted):
            dial.result(5)


# ---------------------------------------------------------------- jumps and proxies


@pytest.fixture
def inner(make_host: Callable[..., SshHost], host: SshHost) -> Target:
    """A host behind a host."""
    behind = make_host("inner")
    return behind.target(jumps=(host.target(),))


def test_two_jumps_lead_to_the_third_host(
    make_host: Callable[..., SshHost], host: SshHost, inner: Target, links: Links
) -> None:
    third = make_host("third").target(jumps=(host.target(), inner))
    assert say(open_link(links.get(third)), "hostname") == b"third\n"
    assert links.count == 3


def test_five_targets_behind_one_jump_cost_one_login_there(
    host: SshHost, inner: Target, links: Links
) -> None:
    targets = [
        replace(inner, host_key_alias=None, connect_timeout=n) for n in range(20, 25)
    ]
    held = [links.get(target) for target in targets]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(open_link, held))
    assert (host.root / "log").read_text().count("Accepted publickey") == 1
    assert links.count == 6
    for link in held:
        links.release(link)
    assert links.count == 0


def test_the_jump_goes_when_its_last_user_does_and_not_before(
    host: SshHost, inner: Target, links: Links
) -> None:
    jump, behind = open_link(links.get(host.target())), open_link(links.get(inner))
    links.release(behind)
    assert jump.up
    links.release(jump)
    assert not jump.up


def test_a_lost_jump_takes_what_is_behind_it_along(
    host: SshHost, inner: Target, links: Links
) -> None:
    link = open_link(links.get(inner))
    host.stop()
    until(lambda: not link.up, what="the link behind the jump went down")
    assert not links.get(host.target()).up


def test_what_the_jump_cannot_reach_names_both(host: SshHost, links: Links) -> None:
    error = failure(host.target(port=free_port(), jumps=(host.target(),)), links)
    assert "cannot be reached from" in error.message
    assert str(host.port) in error.message


def test_a_proxy_command_is_run_by_a_shell(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    command = f"python3 {relay} {host.port} 2>/dev/null || exit 9"
    link = open_link(links.get(host.target(proxy_command=command)))
    assert say(link, "head -c 3000000 /dev/zero | wc -c").strip() == b"3000000"
    assert len(say(link, "head -c 3000000 /dev/zero")) == 3_000_000
    link.close()


def test_what_a_failing_proxy_command_says_is_in_the_message(
    host: SshHost, links: Links
) -> None:
    command = "printf '\\033[31mno such gateway' >&2; exit 1"
    error = failure(host.target(proxy_command=command), links)
    assert error.layer == "proxy"
    assert "no such gateway" in error.message
    assert "\x1b" not in error.message


# ---------------------------------------------------------------- leaves nothing


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_twenty_opens_and_closes_leave_no_thread_and_no_descriptor(inner: Target) -> None:
    def round_trip() -> None:
        links = Links(clock=SystemClock())
        say(open_link(links.get(inner)), "true")
        links.close()

    threads = threading.active_count()
    round_trip()
    until(
        lambda: threading.active_count() <= threads, what="the first round's threads ended"
    )
    files = open_files()
    for _ in range(20):
        round_trip()
    until(lambda: threading.active_count() <= threads, what="all threads ended")
    assert open_files() <= files


def test_a_failed_dial_leaves_nothing_behind(host: SshHost, links: Links) -> None:
    files, threads = open_files(), threading.active_count()
    for _ in range(3):
        failure(host.target(port=free_port()), links)
        with answering(b"HTTP/1.1 400\r\n") as port:
            failure(host.target(port=port), links)
    until(lambda: threading.active_count() <= threads, what="all threads ended")
    assert open_files() <= files


def test_nothing_is_written_to_stderr_when_a_link_dies(
    host: SshHost, links: Links, capfd: pytest.CaptureFixture[str]
) -> None:
    link = open_link(links.get(host.target()))
    host.stop()
    until(lambda: not link.up, what="the link went down")
    assert capfd.readouterr().err == ""


def test_a_question_to_nobody_is_not_put_for_a_plain_login(
    host: SshHost, links: Links
) -> None:
    person = Person()
    link = links.get(host.target())
    link.open(ask=person, tell=silent, timeout=10, context=LoginContext())
    assert person.asked == []


RELAY = """\
import os, socket, sys, threading
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while data := os.read(0, 65536):
        sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := sock.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""


class answering:  # noqa: N801  # used like a function
    """A TCP server that says one thing to everybody, and then hangs up unless it holds."""

    def __init__(self, text: bytes, *, hold: bool = False) -> None:
        self._text, self._hold = text, hold
        self._held: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError):
                sock.sendall(self._text)
            if self._hold:
                self._held.append(sock)
            else:
                sock.shutdown(socket.SHUT_WR)
                sock.close()

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for sock in self._held:
            sock.close()


def relay_with_greeting(listener: socket.socket, port: int) -> None:
    """Pass one connection on, with lines before the host's first."""
    sock, _ = listener.accept()
    with sock, socket.create_connection(("127.0.0.1", port)) as far:
        sock.sendall(b"Gr\xfc\xdfe\r\nfrom the gateway\r\n")
        up = threading.Thread(target=pump, args=(sock, far), daemon=True)
        up.start()
        pump(far, sock)
        up.join(5)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
