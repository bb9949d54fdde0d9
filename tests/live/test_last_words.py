"""A link that was given up for its silence: what was said meanwhile still arrives, and nobody waits in vain."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

import pytest
import websocket

from lab.desk import Desk
from lab.kernel import Tab
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from lab.targets import call, echo, serving
from nbtui.clock import SystemClock
from nbtui.errors import LinkLost
from nbtui.model.question import nobody, silent
from nbtui.ssh.forward import LocalForward
from nbtui.ssh.heartbeat import Heart
from nbtui.ssh.link import Link, LoginContext
from nbtui.ssh.links import Links
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A link over a wire; it is given up after a second of silence."""

    wire: Shaper
    link: Link

    def open(self) -> None:
        self.link.open(
            ask=nobody, tell=silent, timeout=20, context=LoginContext(auth_sock=None)
        )
        assert (
            self.link.shell.run("echo ok").text == "ok\n"
        )  # ends what is left of the last

    def lose(self) -> None:
        until(lambda: not self.link.up, what="the link given up")

    def forward(self, port: int) -> LocalForward:
        to = f"127.0.0.1:{port}"
        return LocalForward(listen="localhost:0", to=to, transport=self.link.transport)


@pytest.fixture
def way(host: SshHost) -> Iterator[Way]:
    clock = SystemClock()
    links = Links(clock=clock, heart=Heart(clock=clock, every=0.2, silence=1.0, look=0.1))
    with Shaper(host.port) as wire:
        way = Way(wire=wire, link=links.get(host.behind(wire).target()))
        way.open()
        yield way
        links.close()


class Speaker:
    """Says a number every 50 ms, until it is told to stop or nobody is there."""

    def __init__(self) -> None:
        self.said = 0
        self.stop = Event()

    def handle(self, sock: socket.socket) -> None:
        while not self.stop.wait(0.05):
            sock.sendall(b"%d\n" % self.said)
            self.said += 1


def say_one_word(sock: socket.socket) -> None:
    sock.sendall(b"!")
    sock.recv(1)


def is_reset(sock: socket.socket) -> bool:
    try:
        return sock.recv(1) == b"?"
    except ConnectionResetError:
        return True


def read_to_reset(sock: socket.socket) -> list[int]:
    text = b""
    with contextlib.suppress(ConnectionResetError):
        while data := sock.recv(65536):
            text += data
    return [int(line) for line in text.splitlines()]


def test_who_listens_through_a_freeze_hears_all_that_was_said_meanwhile(way: Way) -> None:
    speaker = Speaker()
    with serving(speaker.handle) as port, way.forward(port) as forward:
        with call(forward.port) as sock:
            until(lambda: speaker.said > 5, what="the first words")
            with way.wire.freezing():
                way.lose()
                meanwhile = speaker.said
            way.open()
            heard = read_to_reset(sock)
        speaker.stop.set()
    assert heard == list(range(len(heard)))
    assert len(heard) > meanwhile


def test_who_says_something_after_the_link_was_replaced_is_reset_at_once(way: Way) -> None:
    with serving(echo) as port, way.forward(port) as forward, call(forward.port) as sock:
        sock.sendall(b"!")
        assert sock.recv(1) == b"!"
        way.wire.forget()
        way.lose()
        way.open()
        sock.sendall(b"?")
        assert is_reset(sock)
        with call(forward.port) as again:
            again.sendall(b"!")
            assert again.recv(1) == b"!"


def test_who_waits_for_an_answer_that_does_not_come_is_reset(way: Way) -> None:
    with serving(echo) as port, way.forward(port) as forward, call(forward.port) as sock:
        sock.sendall(b"!")
        assert sock.recv(1) == b"!"
        way.wire.forget()
        sock.sendall(b"?")
        way.lose()
        way.open()
        assert is_reset(sock)


def test_who_only_listens_to_one_that_stays_silent_is_reset_too(way: Way) -> None:
    with (
        serving(say_one_word) as port,
        way.forward(port) as forward,
        call(forward.port, timeout=60) as sock,
    ):
        assert sock.recv(1) == b"!"  # else it may be made on the next link
        way.wire.forget()
        way.lose()
        way.open()
        assert is_reset(sock)
        until(lambda: forward.state().open == 0, what="its end")


def test_a_connection_that_was_being_made_is_made_on_the_next_link(way: Way) -> None:
    with serving(echo) as port, way.forward(port) as forward:
        way.wire.forget()
        with call(forward.port) as sock:
            sock.sendall(b"!")
            way.lose()
            way.open()
            assert sock.recv(1) == b"!"


def test_a_terminal_ends_when_its_link_is_given_up(way: Way) -> None:
    terminal = way.link.terminal("cat", term="xterm", columns=80, rows=24, pty=False)
    way.wire.forget()
    assert terminal.read() == (b"", b"")
    with pytest.raises(LinkLost):
        terminal.status()
    terminal.close()


def test_a_script_that_runs_when_the_link_is_given_up_is_told_at_once(way: Way) -> None:
    way.wire.forget()
    with pytest.raises(LinkLost):
        way.link.shell.run("sleep 100", timeout=60)


def test_closing_a_link_ends_what_still_listens_to_the_one_before(way: Way) -> None:
    threads = threading.active_count()
    with (
        serving(say_one_word) as port,
        way.forward(port) as forward,
        call(forward.port) as sock,
    ):
        assert sock.recv(1) == b"!"
        way.wire.forget()
        way.lose()
        way.open()
        way.link.close()
        assert is_reset(sock)
    until(lambda: threading.active_count() <= threads, what="the end of all threads")


# ---------------------------------------------------------------- with a notebook


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["frozen sshd", "frozen line"])
def test_no_line_of_a_running_cell_is_lost_to_a_freeze(
    make_host: Callable[..., SshHost], desk: Desk, kind: str
) -> None:
    host = make_host("vm")
    host.give_jupyter()
    with Shaper(host.port) as wire:
        desk.knows(host.behind(wire), port=free_port(), local_port=free_port())
        ran = desk.nbtui("connect", "myvm", "--no-browser")
        assert ran.status == 0, ran.err
        tab = Tab(desk.nbtui("url", "myvm").out.strip())
        with contextlib.closing(tab):
            tab.open()
            ident = tab.send("import time\nfor n in range(90): print(n, flush=True); time.sleep(0.5)")  # fmt: skip
            lines = listen(tab, ident, until_line=5)
            with host.freezing() if kind == "frozen sshd" else wire.freezing():
                until(lambda: desk.row()["state"] == "reconnecting", what="the loss", seconds=40)  # fmt: skip
                thaw = time.monotonic() + 5
                until(lambda: time.monotonic() > thaw, what="some seconds more")
            lines += listen(tab, ident)
    assert lines == [str(number) for number in range(90)]


def listen(tab: Tab, ident: str, *, until_line: int | None = None) -> list[str]:
    """What the cell prints, as a page hears it that reconnects; to its end or to a line."""
    lines: list[str] = []
    while True:
        try:
            for text in tab.printed(ident):
                lines += text.split()
                if until_line is not None and lines[-1:] == [str(until_line)]:
                    return lines
        except (OSError, websocket.WebSocketException):
            until(lambda: reopened(tab), what="the websocket open again", seconds=60)
        else:
            return lines


def reopened(tab: Tab) -> bool:
    with contextlib.suppress(OSError, websocket.WebSocketException):
        tab.open()
        return True
    return False
