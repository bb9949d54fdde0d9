"""Servers that are there already: started by hand in the user's own tmux, or by nbtui from another laptop."""

import shlex
from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.jupyter import runtime_file
from lab.sshd import BIN, SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


def by_hand(host: SshHost, session: str) -> int:
    """What the tutorials say: tmux, and in its shell `jupyter lab`; returns the port."""
    port = free_port()
    host.run(f"tmux new-session -d -s {session} -x 90 -y 20 'PS1=% sh'")
    line = f"{BIN}/jupyter server --no-browser --allow-root --port={port}"
    host.run(shlex.join(["tmux", "send-keys", "-t", session, line, "Enter"]))
    runtime_file(host, port)
    return port


def sessions(host: SshHost) -> list[str]:
    return host.run("tmux list-sessions -F '#{session_name}'", check=False).split()


def test_a_server_started_by_hand_is_used_and_stop_leaves_its_session(
    vm: SshHost, desk: Desk
) -> None:
    port = by_hand(vm, "mine")
    desk.knows(vm, local_port=free_port())
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err
    row = ran.json
    assert row["remote_port"] == port
    assert (row["server"]["session"], row["server"]["ours"]) == ("mine", False)
    assert row["lights"]["kernels"] == "ok"
    with desk.terminal("attach", "myvm") as tty:
        tty.wait_for(b"[mine]")  # tmux's own status line
        tty.type(b"\x02d")
        assert tty.end() == 0
    with desk.terminal("stop", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        assert b"which runs in your own tmux session mine" in tty.shown
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert sessions(vm) == ["mine"]
    until(
        lambda: not any("jupyter" in x for x in vm.processes()), what="the end of Jupyter"
    )
    pane = vm.run("tmux capture-pane -p -t mine")
    assert pane.rstrip().endswith("%"), pane
    vm.run("tmux kill-session -t mine")


def test_a_server_in_a_window_of_ones_own_session_is_shown_in_that_window(
    vm: SshHost, desk: Desk
) -> None:
    port = by_hand(vm, "first")  # a window whose shell says nothing of Jupyter comes before
    vm.run("tmux new-window -d -b -t first:0 -n before 'echo the-wrong-window; exec sh'")
    vm.run("tmux split-window -d -b -t first:1 'echo the-wrong-pane; exec sh'")
    vm.run("tmux select-window -t first:0")
    desk.knows(vm, port=port, local_port=free_port())
    logs = desk.nbtui("logs", "myvm")
    assert logs.status == 0, logs.err
    assert "Jupyter Server" in logs.out
    assert "wrong" not in logs.out
    with desk.terminal("attach", "myvm") as tty:
        tty.wait_for(b"[first]")
        here = vm.run(
            "tmux display-message -p -t first '#{window_index} #{pane_start_command}'"
        )
        tty.type(b"\x02d")
        assert tty.end() == 0
    assert here.startswith("1 ")
    assert "wrong" not in here
    vm.run("tmux kill-session -t first")
    desk.nbtui("disconnect", "myvm")


def test_a_server_from_another_laptop_is_found_by_its_mark(
    vm: SshHost, make_desk: Callable[[], Desk]
) -> None:
    laptop, desktop = make_desk(), make_desk()
    laptop.knows(vm, port=free_port(), local_port=free_port())
    desktop.knows(vm, local_port=free_port())  # knows nothing of the port
    first = laptop.nbtui("connect", "myvm", "--no-browser", "--json").json
    ran = desktop.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err
    second = ran.json
    assert second["server"]["pid"] == first["server"]["pid"]
    assert second["server"]["ours"] is True
    assert sessions(vm) == ["nbtui-myvm"]
    stopped = desktop.nbtui("stop", "myvm", "--yes", "--json")
    assert (stopped.status, stopped.json["left"]) == (0, []), stopped.err
    assert sessions(vm) == []
    until(
        lambda: laptop.row()["lights"]["server"] != "ok", what="the laptop's server light"
    )
