"""The page that runs cells, on a real Jupyter server of this machine."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lab.sshd import BIN, free_port
from nbtui.demo.page import Page
from nbtui.demo.websocket import WebSocket
from nbtui.errors import NbtuiError
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    options = [
        f"--port={port}",
        "--no-browser",
        "--allow-root",
        "--ServerApp.base_url=/a/b/",
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [BIN / "jupyter", "server", *options], cwd=home, stdout=log, stderr=log,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "JUPYTER_TOKEN": "tok"},
        )  # fmt: skip
    page = Page.of(f"http://localhost:{port}/a/b/lab?token=tok")
    until(lambda: _answers(page), what=f"Jupyter at {port}", seconds=60)
    yield page
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def kernel(page: Page) -> str:
    return page.start_kernel()


def _answers(page: Page) -> bool:
    try:
        return bool(page.version())
    except NbtuiError:
        return False


def test_a_cell_prints_and_the_kernel_remembers(page: Page, kernel: str) -> None:
    assert page.run(kernel, "x = 6 * 7\nprint(x)") == "42\n"
    assert page.run(kernel, "print(x + 1)") == "43\n"


def test_long_messages_go_both_ways(page: Page, kernel: str) -> None:
    assert page.run(kernel, f"print('é' * 70_000) # {'x' * 70_000}") == "é" * 70_000 + "\n"


def test_a_cell_that_fails_says_why(page: Page, kernel: str) -> None:
    with pytest.raises(NbtuiError, match="ZeroDivisionError: division by zero"):
        page.run(kernel, "1 / 0")


def test_a_kernel_that_is_not_there_is_no_websocket(page: Page) -> None:
    with pytest.raises(NbtuiError, match=r"refuses a websocket: HTTP/1\.1 404"):
        page.run("00000000-0000-0000-0000-000000000000", "1")


def test_a_wrong_token_is_told(page: Page) -> None:
    stranger = replace(page, token="wrong")  # noqa: S106  # that is the point
    with pytest.raises(NbtuiError, match="answers POST api/kernels with 403 Forbidden"):
        stranger.start_kernel()


def test_nobody_there_is_told() -> None:
    page = Page(port=free_port(), base="/", token="")
    with pytest.raises(NbtuiError, match=r"does not answer: .*refused"):
        page.version()
    with pytest.raises(OSError, match="refused"):
        WebSocket(page.port, "/", headers={}, timeout=1)
