"""JupyterLab in a real Chromium, through the tunnel: a cell runs and its result is on the page."""

import contextlib
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from lab.desk import Desk
from lab.kernel import rest
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(240)]

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
def chromium(
    make_host: Callable[..., SshHost], desk: Desk, tmp_path: Path
) -> Iterator[tuple[Chromium, SshHost]]:
    host = make_host("myvm")
    host.give_jupyter()
    host.write("/work.ipynb", json.dumps(NOTEBOOK))
    desk.knows(host, port=free_port(), local_port=free_port())
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0, desk.log()
    url = desk.nbtui("url", "myvm").out.strip()
    start_kernel(url)
    page = Chromium(tmp_path, url.replace("/?", "/lab/tree/work.ipynb?"))
    yield page, host
    page.close()


IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status"
CELL = "document.querySelector('.jp-Notebook .cm-content')"
OUTPUT = "document.querySelector('.jp-OutputArea')?.innerText || ''"


READY = f"!!{CELL} && {IDLE} === 'idle' && !document.querySelector('.jp-Dialog')"
CHOOSE = "document.querySelector('.jp-Dialog .jp-mod-accept')?.click()"
RAN = r"/\[(\*|\d+)\]/.test(document.querySelector('.jp-InputPrompt')?.innerText)"


def run_cell(page: Chromium, code: str) -> None:
    """Type a cell and run it; JupyterLab may ask first which kernel, and proposes the right one."""

    def running() -> bool:
        page.js(CHOOSE)
        if page.js(READY) and not page.js(f"{CELL}.innerText.trim()"):
            page.js(f"{CELL}.focus()")
            page.type(code)
        if page.js(READY):
            page.shift_enter()
        return page.js(RAN) is True

    until(running, what="a running cell on the page", seconds=60, every=0.5)


def test_a_cell_runs_and_its_result_is_on_the_page(
    chromium: tuple[Chromium, SshHost],
) -> None:
    page, _host = chromium
    run_cell(page, "print('answer', 6 * 7)")
    until(lambda: "answer 42" in page.js(OUTPUT), what="the result on the page", seconds=60)


def test_a_cut_while_a_cell_prints_leaves_no_line_out_of_the_page(
    chromium: tuple[Chromium, SshHost],
) -> None:
    page, host = chromium
    run_cell(
        page, "import time\nfor n in range(60): print(f'<{n}>', flush=True); time.sleep(.2)"
    )
    until(lambda: "<5>" in page.js(OUTPUT), what="the first lines", seconds=60)
    host.kill_sessions()
    until(lambda: "<59>" in page.js(OUTPUT), what="the last line", seconds=60)
    text = page.js(OUTPUT)
    assert [n for n in range(60) if f"<{n}>" not in text] == []
