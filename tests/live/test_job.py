"""The whole job through the command line, as a user does it."""

import json
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    """A host with Jupyter, saved as myvm."""
    host = make_host("myvm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port(), directory="~/work")
    return host


def status_through(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)


def test_connect_starts_jupyter_and_leads_localhost_to_it_and_stop_leaves_nothing(
    vm: SshHost, desk: Desk
) -> None:
    first = desk.nbtui("connect", "myvm", "--json")
    assert first.status == 0, first.err + desk.log()
    row = first.json
    assert row["state"] == "connected"
    assert row["lights"] == {"link": "ok", "tunnel": "ok", "server": "ok", "kernels": "ok"}
    assert row["url"] == f"http://localhost:{row['local_port']}/"
    assert "version" in status_through(f"{row['url']}api")
    assert row["server"]["root_dir"] == str(vm.home / "work")

    token = desk.nbtui("url", "myvm").out.strip().partition("token=")[2]
    assert token
    assert token in desk.browsed.read_text()
    for text in (first.out, first.err, desk.log(), desk.nbtui("status", "--json").out):
        assert token not in text

    again = desk.nbtui("connect", "myvm", "--json", "--no-browser")
    assert again.json["server"]["pid"] == row["server"]["pid"]

    stopped = desk.nbtui("stop", "myvm", "--json")
    assert stopped.status == 0, stopped.err + desk.log()
    assert stopped.json["left"] == []
    assert all(step["ok"] for step in stopped.json["steps"])
    until(lambda: vm.processes() == [], what="an empty process list on the host")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", row["local_port"])) != 0
    assert desk.row()["state"] == "disconnected"


def test_disconnect_leaves_the_server_and_connect_finds_it_again(
    vm: SshHost, desk: Desk
) -> None:
    row = desk.nbtui("connect", "myvm", "--json", "--no-browser").json
    assert desk.nbtui("disconnect", "myvm").status == 0
    assert desk.row()["state"] == "disconnected"
    alive = vm.processes()
    assert any("jupyter" in line for line in alive), f"{alive}\n{desk.log()}"
    again = desk.nbtui("connect", "myvm", "--json", "--no-browser", "--no-start").json
    assert again["server"]["pid"] == row["server"]["pid"]
    assert again["local_port"] == row["local_port"]


@pytest.mark.usefixtures("vm")
def test_no_start_leaves_the_link_as_it_was(desk: Desk) -> None:
    assert desk.nbtui("connect", "myvm", "--no-start").status == 7
    row = desk.row()
    assert (row["state"], row["lights"]["link"]) == ("disconnected", "off")
    assert row["last_error"]["code"] == 7
    assert desk.nbtui("agent", "status", "--json").json["agent"]["links"] == 0
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    assert desk.nbtui("connect", "myvm", "--no-start").status == 7
    assert desk.row()["lights"]["link"] == "ok"


@pytest.mark.usefixtures("vm")
def test_stop_without_a_server_says_that_there_is_none_and_is_content(desk: Desk) -> None:
    ran = desk.nbtui("stop", "myvm")
    assert ran.status == 0, ran.err
    assert "none runs" in ran.out


def test_no_start_without_a_server_is_exit_7(vm: SshHost, desk: Desk) -> None:
    ran = desk.nbtui("connect", "myvm", "--no-start", "--no-browser")
    assert ran.status == 7
    assert "try: nbtui start myvm" in ran.err
    assert not any("jupyter" in line for line in vm.processes())


def test_a_cut_link_comes_back_by_itself_on_the_same_port(vm: SshHost, desk: Desk) -> None:
    row = desk.nbtui("connect", "myvm", "--json", "--no-browser").json
    vm.kill_sessions()
    until(lambda: desk.row()["state"] == "connected", what="the link back", seconds=20)
    again = desk.row()
    assert again["server"]["pid"] == row["server"]["pid"]
    assert "version" in status_through(f"{row['url']}api")


@pytest.mark.usefixtures("vm")
def test_shell_runs_a_command_in_the_profile_folder_and_passes_its_status(
    desk: Desk,
) -> None:
    ran = desk.nbtui("shell", "myvm", "--", "sh", "-c", "pwd; echo oops >&2; exit 3")
    assert (ran.status, ran.out.strip().rpartition("/")[2]) == (3, "work")
    assert "oops" in ran.err


@pytest.mark.usefixtures("vm")
def test_logs_show_the_terminal_without_the_token(desk: Desk) -> None:
    desk.nbtui("connect", "myvm", "--no-browser")
    token = desk.nbtui("url", "myvm").out.strip().partition("token=")[2]
    logs = desk.nbtui("logs", "myvm")
    assert "Jupyter Server" in logs.out
    assert token not in logs.out
