"""`nbtui attach` and `nbtui shell` in a real terminal: what a person sees, and what they come back to."""

from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from lab.tty import Terminal
from waiting import until

pytestmark = pytest.mark.live

DETACH = b"\x02d"
"""Ctrl-b d."""


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host with Jupyter, started, saved as myvm."""
    host = make_shared_host("vm")
    host.give_jupyter()
    shared_desk.knows(host, port=free_port(), local_port=free_port(), directory="~/work")
    ran = shared_desk.nbtui("start", "myvm")
    assert ran.status == 0, ran.err
    return host


def sizes(host: SshHost) -> list[str]:
    return host.run("tmux list-clients -F '#{client_width}x#{client_height}'").split()


def comes_back(tty: Terminal) -> None:
    """Detach; the exit status is 0 and the terminal as it was."""
    tty.type(DETACH)
    assert tty.end() == 0, tty.shown
    assert tty.settings() == tty.before
    assert tty.shown.rstrip().endswith(b"\x1b[0m")


def test_attach_shows_the_servers_terminal_follows_its_size_and_comes_back(
    vm: SshHost, shared_desk: Desk
) -> None:
    with shared_desk.terminal("attach", "myvm") as tty:
        tty.wait_for(b"Jupyter Server")
        note, _, _ = tty.shown.partition(b"\x1b[?1049h")
        assert b"Ctrl-b then d leaves it running; Ctrl-C asks Jupyter to stop" in note
        until(lambda: sizes(vm) == ["100x30"], what="a tmux client of our size")
        tty.resize(120, 40)
        until(lambda: sizes(vm) == ["120x40"], what="the new size on the host")
        comes_back(tty)
    until(lambda: sizes(vm) == [], what="no client left on the host")
    assert shared_desk.row()["server"]["pid"]


def test_the_token_is_not_in_what_attach_shows_before_the_terminal(
    vm: SshHost, shared_desk: Desk
) -> None:
    assert vm.port
    token = shared_desk.nbtui("url", "myvm").out.strip().partition("token=")[2]
    assert token
    assert token not in shared_desk.nbtui("logs", "myvm").out
    assert token not in shared_desk.log()


def test_a_shell_is_in_the_folder_has_our_size_and_lasts(
    vm: SshHost, shared_desk: Desk
) -> None:
    with shared_desk.terminal("shell", "myvm") as tty:
        until(lambda: sizes(vm) == ["100x30"], what="a tmux client of our size")
        tty.type(b"keep=me; echo in:${PWD##*/} $(stty size)\n")
        tty.wait_for(b"in:work 29 100")  # tmux has a status line
        assert b"Ctrl-b then d leaves it running\r\n" in tty.shown
        tty.resize(90, 20)
        until(lambda: sizes(vm) == ["90x20"], what="the new size on the host")
        wait = b"until [ \"$(stty size)\" = '19 90' ]; do sleep .1; done; "
        tty.type(wait + b"echo now $(stty size)\n")
        tty.wait_for(b"now 19 90")
        comes_back(tty)
    with shared_desk.terminal("shell", "myvm") as tty:
        tty.wait_for(b"now 19 90")
        tty.type(b"echo kept:$keep\n")
        tty.wait_for(b"kept:me")
        tty.type(b"exit 3\n")
        assert tty.end() == 0, tty.shown
        assert tty.settings() == tty.before
    until(lambda: "nbtui-sh" not in vm.run("tmux list-sessions"), what="the shell gone")
    with shared_desk.terminal("shell", "myvm") as tty:
        tty.type(b"echo new:${keep-none}\n")
        tty.wait_for(b"new:none")
        comes_back(tty)


def test_a_command_on_a_terminal_has_its_status_and_leaves_the_terminal_alone(
    vm: SshHost, shared_desk: Desk
) -> None:
    assert vm.port
    with shared_desk.terminal(
        "shell", "myvm", "--", "sh", "-c", "echo there; exit 4"
    ) as tty:
        assert tty.end() == 4
        assert b"there" in tty.shown
        assert tty.settings() == tty.before


def test_a_cut_while_attached_gives_the_terminal_back(
    vm: SshHost, shared_desk: Desk
) -> None:
    with shared_desk.terminal("attach", "myvm") as tty:
        tty.wait_for(b"Jupyter Server")
        vm.kill_sessions()
        assert tty.end() == 6, tty.shown
        assert tty.settings() == tty.before
        assert b"\x1b[?1049l" in tty.shown
        _, _, last = tty.shown.partition(b"\x1b[?1049l")
        assert b"the connection to the host was lost" in last
        assert b"nbtui connect myvm" in last
    until(lambda: shared_desk.row()["lights"]["link"] == "ok", what="the link back")


def test_the_hosts_own_prefix_is_named_before_and_at_the_bottom_of_the_first_screen(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.write(".tmux.conf", "set -g prefix C-a\n")
    desk.knows(vm)
    with desk.terminal("shell", "myvm") as tty:
        tty.wait_for(b"Ctrl-a then d leaves it running", times=2)
        before, _, inside = tty.shown.partition(b"\x1b[?1049h")
        assert before.endswith(b"Ctrl-a then d leaves it running\r\n")
        assert b"Ctrl-a then d leaves it running" in inside
        tty.type(b"\x01d")
        assert tty.end() == 0


def test_attach_without_a_terminal_is_exit_2_and_without_a_server_exit_7(
    vm: SshHost, shared_desk: Desk, make_host: Callable[..., SshHost]
) -> None:
    assert vm.port
    ran = shared_desk.nbtui("attach", "myvm")
    assert (ran.status, ran.out) == (2, ""), ran.err
    shared_desk.knows(make_host("bare"), "bare")
    with shared_desk.terminal("attach", "bare") as tty:
        assert tty.end() == 7
        assert b"try: " in tty.shown
        assert tty.settings() == tty.before
