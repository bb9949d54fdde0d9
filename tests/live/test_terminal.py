"""Commands with and without a pty on a real host."""

import threading
from collections.abc import Callable, Iterator

import paramiko
import pytest

from lab.sshd import SshHost
from lab.transports import Lifeline
from nbtui.errors import LinkLost
from nbtui.ssh.channels import NoSession
from nbtui.ssh.shell import ControlShell
from nbtui.ssh.terminal import SshTerminal, open_terminal
from waiting import until

pytestmark = pytest.mark.live
Open = Callable[..., SshTerminal]


@pytest.fixture
def link(host: SshHost) -> Iterator[Lifeline]:
    link = Lifeline(host)
    yield link
    link.cut()


@pytest.fixture
def opened(link: Lifeline) -> Iterator[Open]:
    """Open a terminal that is closed at the end."""
    made: list[SshTerminal] = []

    def open_one(command: str, **facts: object) -> SshTerminal:
        lender = ControlShell(link)
        made.append(open_terminal(link(0), command, lender=lender, **facts))  # type: ignore[arg-type]  # facts of a test
        return made[-1]

    yield open_one
    for terminal in made:
        terminal.close()


def read_all(terminal: SshTerminal) -> tuple[bytes, bytes]:
    out, err = b"", b""
    while (said := terminal.read()) != (b"", b""):
        out, err = out + said[0], err + said[1]
    return out, err


def read_until(terminal: SshTerminal, what: bytes) -> bytes:
    out = b""
    while what not in out:
        said, _ = terminal.read()
        assert said, f"{what!r} not in {out!r}"
        out += said
    return out


def test_a_commands_streams_and_status_arrive_apart(opened: Open) -> None:
    terminal = opened("printf out; printf err >&2; exit 42")
    assert read_all(terminal) == (b"out", b"err")
    assert terminal.status() == 42


def test_what_is_written_arrives_and_its_end_too(opened: Open) -> None:
    terminal = opened("wc -c")
    sender = threading.Thread(target=lambda: terminal.write(bytes(5_000_000)))
    sender.start()
    sender.join()
    terminal.end_of_input()
    terminal.write(b"too late, dropped")
    assert read_all(terminal)[0].strip() == b"5000000"
    assert terminal.status() == 0


def test_much_output_is_not_lost(opened: Open) -> None:
    terminal = opened("head -c 20000000 /dev/zero; head -c 3000000 /dev/zero >&2")
    out, err = read_all(terminal)
    assert (len(out), len(err)) == (20_000_000, 3_000_000)


def test_a_pty_has_the_size_and_the_name_that_were_asked_for(opened: Open) -> None:
    terminal = opened(
        "stty size; echo $TERM; cat", term="vt220", columns=101, rows=33, pty=True
    )
    assert b"33 101\r\nvt220\r\n" in read_until(terminal, b"vt220\r\n")


def test_a_pty_hears_of_a_new_size(opened: Open) -> None:
    script = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done"
    terminal = opened(script, pty=True)
    read_until(terminal, b"ready")
    terminal.resize(120, 40)
    read_until(terminal, b"40 120")


def test_ctrl_c_reaches_the_command(opened: Open) -> None:
    terminal = opened("echo ready; exec sleep 100", pty=True)
    read_until(terminal, b"ready")
    terminal.write(b"\x03")
    read_all(terminal)
    assert terminal.status() != 0


def test_without_a_command_it_is_the_login_shell(opened: Open) -> None:
    terminal = opened("")
    terminal.write(b"echo $0 $((6 * 7)); exit 5\n")
    assert b" 42\n" in read_all(terminal)[0]
    assert terminal.status() == 5


def test_close_from_another_thread_wakes_who_reads(opened: Open, host: SshHost) -> None:
    terminal = opened("echo ready; exec sleep 782", pty=True)
    read_until(terminal, b"ready")
    ended: list[tuple[bytes, bytes]] = []
    reader = threading.Thread(target=lambda: ended.append(terminal.read()))
    reader.start()
    terminal.close()
    terminal.close()
    reader.join()
    assert ended == [(b"", b"")]
    assert terminal.status() == 255
    until(
        lambda: not any("sleep 782" in row for row in host.processes()),
        what="the hang-up of the command",
    )


def test_a_lost_link_is_no_exit_status(opened: Open, link: Lifeline) -> None:
    terminal = opened("exec sleep 100")
    link.cut()
    assert terminal.read() == (b"", b"")
    with pytest.raises(LinkLost):
        terminal.status()
    with pytest.raises(LinkLost):
        terminal.write(b"x")


def test_writing_to_a_command_that_ended_is_no_error(opened: Open) -> None:
    terminal = opened("exit 0")
    read_all(terminal)
    terminal.status()
    terminal.write(b"x")
    terminal.resize(1, 1)
    terminal.end_of_input()


def test_no_further_session_is_said_with_what_to_do(
    make_host: Callable[..., SshHost],
) -> None:
    host = make_host(config="MaxSessions 1")
    link = Lifeline(host)
    shell = ControlShell(link)
    with_place = open_terminal(link(0), "cat", lender=shell)
    with pytest.raises(NoSession) as caught:
        open_terminal(link(0), "cat", lender=shell)
    assert "leave" in caught.value.hint
    with_place.close()
    link.cut()


def test_a_host_that_gives_no_pty_is_said_so(make_host: Callable[..., SshHost]) -> None:
    host = make_host(config="PermitTTY no")
    link = Lifeline(host)
    shell = ControlShell(link)
    with pytest.raises(Exception, match="pty"):
        open_terminal(link(0), "cat", lender=shell, pty=True)
    assert shell.run("echo the place is free again").status == 0
    link.cut()


def test_nothing_of_a_terminal_stays_open(opened: Open, link: Lifeline) -> None:
    transport: paramiko.Transport = link(0)
    opened("true").close()
    until(lambda: "0 open channel" in repr(transport), what="the end of the channel")
