"""What the notebook sees of the tunnel."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
import websocket

from lab.desk import Desk
from lab.kernel import Tab
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

LINES = 40


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("myvm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port())
    return host


@pytest.fixture
def tab(vm: SshHost, desk: Desk) -> Iterator[Tab]:
    assert vm.process
    ran = desk.nbtui("connect", "myvm", "--no-browser")
    assert ran.status == 0, ran.err + desk.log()
    made = Tab(desk.nbtui("url", "myvm").out.strip())
    made.open()
    yield made
    made.close()


def test_a_kernel_runs_code_over_the_websocket(tab: Tab, desk: Desk) -> None:
    assert tab.run("print(6 * 7)") == "42\n"
    row = until(
        lambda: (row := desk.row())["kernels"]["total"] == 1 and row, what="the kernel seen"
    )
    assert row["kernel_list"][0]["name"] == "python3"


def test_no_line_of_a_running_cell_is_lost_to_a_cut(vm: SshHost, tab: Tab) -> None:
    code = (
        f"import time\nfor n in range({LINES}):\n    print(n, flush=True); time.sleep(0.1)"
    )
    ident = tab.send(code)
    lines: list[str] = []
    with contextlib.suppress(websocket.WebSocketException, OSError):
        for text in tab.printed(ident):
            lines += text.split()
            if len(lines) == 5:
                vm.kill_sessions()
    assert len(lines) < LINES, "the cut came too late to prove anything"
    reopen(tab)
    for text in tab.printed(ident):
        lines += text.split()
    assert lines == [str(number) for number in range(LINES)]


def reopen(tab: Tab) -> None:
    """As a browser does: again and again until it works."""

    def opened() -> bool:
        with contextlib.suppress(websocket.WebSocketException, OSError):
            tab.open()
            return True
        return False

    until(opened, what="the websocket open again", seconds=30)


def test_busy_kernels_refuse_a_stop_that_nobody_confirms(
    vm: SshHost, desk: Desk, tab: Tab
) -> None:
    tab.send("import time; time.sleep(600)")
    until(lambda: desk.row()["kernels"]["busy"] == 1, what="the kernel busy")
    refused = desk.nbtui("stop", "myvm")
    assert refused.status == 9
    assert "python3" in refused.err
    assert "try: nbtui stop myvm --force" in refused.err
    assert desk.row()["state"] == "connected"
    assert desk.nbtui("stop", "myvm", "--force").status == 0
    until(lambda: vm.processes() == [], what="an empty process list on the host")


def test_two_homes_of_nbtui_share_one_server(
    vm: SshHost, desk: Desk, make_desk: Callable[[], Desk]
) -> None:
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    row = desk.row()
    other = make_desk()
    other.knows(vm, port=row["remote_port"], local_port=free_port())
    seen = other.nbtui("connect", "myvm", "--json", "--no-browser").json
    assert seen["server"]["pid"] == row["server"]["pid"]
    assert other.nbtui("disconnect", "--all").status == 0
    assert desk.row()["lights"]["kernels"] == "ok"
