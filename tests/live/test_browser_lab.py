"""JupyterLab in a real Chromium, through the tunnel: a cell runs and its result is on the page."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import websocket

from lab.desk import Desk
from lab.kernel import rest
from lab.shaper import Shaper
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

MINUTE, LINES = 60.0, 90
"""Seconds without the host; seconds, and lines, that the cell goes on."""

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-allow-origins=*", "--window-size=1280,900",
)  # fmt: skip


class Chromium:
    """A page, led over the DevTools protocol."""

    def __init__(self, profile: Path, url: str) -> None:
        self.port = free_port()
        program = shutil.which("chromium") or "chromium"
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}",
             f"--remote-debugging-port={self.port}", url],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        page = until(self._page, what="a page in Chromium", seconds=60)
        self.socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=60)
        self.calls = 0
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def _page(self) -> Any:
        with contextlib.suppress(OSError):
            where = f"http://127.0.0.1:{self.port}/json/list"
            with urllib.request.urlopen(where, timeout=5) as reply:
                return next((x for x in json.load(reply) if x["type"] == "page"), None)
        return None

    def call(self, method: str, **params: object) -> Any:
        """One command of the DevTools protocol."""
        self.calls += 1
        self.socket.send(json.dumps({"id": self.calls, "method": method, "params": params}))
        while True:
            reply = json.loads(self.socket.recv())
            if reply.get("id") == self.calls:
                return reply.get("result", {})

    def js(self, expression: str) -> Any:
        """The value of an expression on the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result.get("result", {}).get("value")

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def shift_enter(self) -> None:
        """Run the cell."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": 8}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **key)

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(websocket.WebSocketException, OSError):
            self.call("Browser.close")
        self.socket.shutdown()
        self.process.wait(30)


NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "execution_count": None, "metadata": {},
               "outputs": [], "source": ""}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3",
                                "language": "python"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def start_kernel(url: str) -> None:
    """Give the notebook its kernel, so that JupyterLab does not ask which one."""
    session = {
        "path": "work.ipynb",
        "type": "notebook",
        "name": "",
        "kernel": {"name": "python3"},
    }
    rest(url, "POST", "api/sessions", session)


@pytest.fixture
def wire() -> Iterator[Callable[[SshHost], Shaper]]:
    """Lays a wire to a host, over which it is reached."""
    with contextlib.ExitStack() as stack:
        yield lambda host: stack.enter_context(Shaper(host.port))


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A notebook that is open in Chromium."""

    page: Chromium
    host: SshHost
    wire: Shaper
    desk: Desk


@pytest.fixture
def open_lab(
    make_host: Callable[..., SshHost],
    wire: Callable[[SshHost], Shaper],
    desk: Desk,
    tmp_path: Path,
) -> Iterator[Lab]:
    host = make_host("myvm")
    host.give_jupyter()
    host.write("/work.ipynb", json.dumps(NOTEBOOK))
    line = wire(host)
    desk.knows(host.behind(line), port=free_port(), local_port=free_port())
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0, desk.log()
    url = desk.nbtui("url", "myvm").out.strip()
    start_kernel(url)
    page = Chromium(tmp_path, url.replace("/?", "/lab/tree/work.ipynb?"))
    yield Lab(page=page, host=host, wire=line, desk=desk)
    page.close()


IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status"
CELL = "document.querySelector('.jp-Notebook .cm-content')"
OUTPUT = "document.querySelector('.jp-OutputArea')?.innerText || ''"


READY = f"!!{CELL} && {IDLE} === 'idle' && !document.querySelector('.jp-Dialog')"
CHOOSE = """(asked => { asked.dataset.answered = 1; asked.querySelector('.jp-mod-accept').click() })
(document.querySelector('.jp-Dialog:not([data-answered])'))"""
"""Each dialog once: on a busy machine it stays for a while, and each yes starts another kernel."""
RAN = r"/\[(\*|\d+)\]/.test(document.querySelector('.jp-InputPrompt')?.innerText)"
PATIENCE = 5.0
"""Seconds that typed text may take to stand in its cell."""


def run_cell(page: Chromium, code: str) -> None:
    """Type a cell and run it; JupyterLab may ask first which kernel, and proposes the right one."""
    typed = float("-inf")

    def running() -> bool:
        nonlocal typed
        page.js(CHOOSE)
        if not page.js(READY):
            return False
        if page.js(f"{CELL}.innerText.trim()"):
            page.shift_enter()
        elif time.monotonic() > typed + PATIENCE:
            typed = time.monotonic()
            page.js(f"{CELL}.focus()")
            page.type(code)
        return page.js(RAN) is True

    until(running, what="a running cell on the page", seconds=60, every=0.5)


def test_a_cell_runs_and_its_result_is_on_the_page(open_lab: Lab) -> None:
    page = open_lab.page
    run_cell(page, "print('answer', 6 * 7)")
    until(lambda: "answer 42" in page.js(OUTPUT), what="the result on the page", seconds=60)


def test_a_cut_while_a_cell_prints_leaves_no_line_out_of_the_page(open_lab: Lab) -> None:
    page = open_lab.page
    run_cell(page, cell(lines=60, pause=0.2))
    until(lambda: "<5>" in page.js(OUTPUT), what="the first lines", seconds=60)
    open_lab.host.kill_sessions()
    until(lambda: "<59>" in page.js(OUTPUT), what="the last line", seconds=60)
    text = page.js(OUTPUT)
    assert [n for n in range(60) if f"<{n}>" not in text] == []


def cell(*, lines: int, pause: float) -> str:
    """One that prints numbered lines."""
    body = f"print('<%d>' % n, flush=True); time.sleep({pause})"
    return f"import time\nfor n in range({lines}): {body}"


@contextlib.contextmanager
def cut_off(wire: Shaper) -> Iterator[None]:
    """While inside, the line is cut and nobody gets through."""
    wire.refusing = True
    wire.cut()
    yield
    wire.refusing = False


FAULTS: dict[str, Callable[[Lab], contextlib.AbstractContextManager[None]]] = {
    "cut": lambda lab: cut_off(lab.wire),
    "frozen line": lambda lab: lab.wire.freezing(),
    "frozen sshd": lambda lab: lab.host.freezing(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cell_that_prints_a_line_a_second_through_a_minute_without_its_host_misses_none(
    open_lab: Lab, fault: str
) -> None:
    page = open_lab.page
    run_cell(page, cell(lines=LINES, pause=1))
    until(lambda: "<3>" in page.js(OUTPUT), what="the first lines", seconds=60)
    with FAULTS[fault](open_lab):
        over = time.monotonic() + MINUTE
        until(lambda: time.monotonic() > over, what="a minute", seconds=2 * MINUTE)
    last = f"<{LINES - 1}>"
    until(lambda: last in page.js(OUTPUT), what="the last line", seconds=120)
    text = page.js(OUTPUT)
    assert [n for n in range(LINES) if f"<{n}>" not in text] == []
    assert text.count("<7>") == 1  # nothing is there twice
    idle = f"{IDLE} === 'idle'"  # Lab may say in a dialog that its server was away
    until(lambda: page.js(idle), what="the kernel connected and idle", seconds=60)
