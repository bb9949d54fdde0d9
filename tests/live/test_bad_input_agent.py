"""An agent that was killed, left its socket, hangs or is of another version: the next command repairs it or says how."""

import os
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host with Jupyter."""
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


def pid_of_agent(desk: Desk) -> int:
    pid: int = desk.nbtui("agent", "status", "--json").json["agent"]["pid"]
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid), what="the end of the agent")


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_after_a_kill_status_brings_up_what_was_up_on_the_same_port_with_the_same_server(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, port=free_port(), local_port=free_port())
    row = desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    pid = pid_of_agent(desk)
    kill(pid)
    until(lambda: desk.row()["state"] == "connected", what="connected again", seconds=20)
    again = desk.row()
    assert again["local_port"] == row["local_port"]
    assert again["server"]["pid"] == row["server"]["pid"]
    assert pid_of_agent(desk) != pid
    kill(pid_of_agent(desk))
    assert desk.nbtui("connect", "myvm", "--no-browser", "--json").json["url"] == row["url"]
    assert desk.nbtui("agent", "stop").status == 0
    assert desk.row()["state"] == "disconnected"
    assert desk.nbtui("agent", "status").out == "not running\n"
    assert any("jupyter" in line for line in vm.processes())
    assert desk.nbtui("stop", "myvm", "--yes", "--json").json["left"] == []


def test_a_client_of_an_agent_that_dies_under_it_says_so(vm: SshHost, desk: Desk) -> None:
    desk.knows(vm, activate="sleep 1000", port=free_port())
    process = desk.begin("start", "myvm")
    until(lambda: "starting" in desk.row()["doing"], what="a start")
    kill(pid_of_agent(desk))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert "agent" in err
    assert "try: " in err
    assert "Traceback" not in err
    vm.run("tmux kill-server", check=False)


def test_a_stale_socket_is_no_obstacle(desk: Desk) -> None:
    assert desk.nbtui("agent", "start").status == 0
    kill(pid_of_agent(desk))
    sockets = [one for one in desk.runtime.rglob("*") if stat.S_ISSOCK(one.stat().st_mode)]
    assert sockets
    assert desk.nbtui("agent", "status").out == "not running\n"
    ran = desk.nbtui("agent", "start")
    assert ran.status == 0, ran.err


def test_an_agent_that_hangs_is_named_with_the_way_to_end_it(desk: Desk) -> None:
    assert desk.nbtui("agent", "start").status == 0
    pid = pid_of_agent(desk)
    os.kill(pid, signal.SIGSTOP)
    try:
        ran = desk.nbtui("status", timeout=30)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert ran.status == 1
    assert f"try: kill -9 {pid}" in ran.err
    assert desk.nbtui("status").status == 0


def test_four_starts_at_once_end_with_one_agent(desk: Desk) -> None:
    started = [desk.begin("agent", "start") for _ in range(4)]
    pids = set()
    for one in started:
        out, err = one.communicate(timeout=40)
        assert one.returncode == 0, err
        pids.add(out.split("\t")[0])
    assert len(pids) == 1


def older(desk: Desk) -> Path:
    """A folder to put first on PYTHONPATH: an agent that calls itself another version."""
    folder = desk.root / "older"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "if any(word == 'nbtui.agent' for word in sys.orig_argv):\n"
        "    import nbtui\n"
        "    nbtui.__version__ = '0.0.1'\n"
    )
    return folder


def test_an_agent_of_another_version_without_links_is_replaced_by_itself(
    desk: Desk,
) -> None:
    folder = older(desk)
    desk.nbtui("agent", "start", PYTHONPATH=str(folder))
    assert desk.nbtui("agent", "status", "--json").json["agent"]["version"] == "0.0.1"
    assert desk.nbtui("status").status == 0
    desk.nbtui("agent", "start")
    assert desk.nbtui("agent", "status", "--json").json["agent"]["version"] != "0.0.1"


def test_a_runtime_folder_of_others_is_refused(desk: Desk) -> None:
    desk.runtime.chmod(0o700)
    assert desk.nbtui("agent", "start").status == 0
    [folder] = [
        one.parent for one in desk.runtime.rglob("*") if stat.S_ISSOCK(one.lstat().st_mode)
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    desk.nbtui("agent", "stop")
    folder.chmod(0o777)
    ran = desk.nbtui("agent", "start")
    assert ran.status == 1
    assert "try: " in ran.err
    assert str(folder) in ran.err
    folder.chmod(0o700)


def test_somebody_elses_listener_in_its_place_is_not_believed(desk: Desk) -> None:
    assert desk.nbtui("agent", "start").status == 0
    [address] = [x for x in desk.runtime.rglob("*") if stat.S_ISSOCK(x.lstat().st_mode)]
    desk.nbtui("agent", "stop")
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        ran = desk.begin("status")
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"\x00\x00\x00\x04\xff\xff\xff\xff")
            _, err = ran.communicate(timeout=20)
    assert ran.returncode == 1, err
    assert "Traceback" not in err
    assert "try: " in err
    address.unlink(missing_ok=True)


def test_the_log_is_private_and_agent_logs_reads_it_without_an_agent(desk: Desk) -> None:
    assert desk.nbtui("agent", "logs").out == ""
    desk.nbtui("agent", "start")
    desk.nbtui("agent", "stop")
    [log] = desk.state.glob("agent-*.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "serves as pid" in desk.nbtui("agent", "logs").out
    assert desk.nbtui("agent", "logs", "-n", "1").out.count("\n") == 1
