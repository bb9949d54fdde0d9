"""What the commands that people type all day, and the dashboard before its first row, do not pay for."""

import re
import subprocess
import sys

import pytest

from lab.desk import Desk

pytestmark = pytest.mark.live

HEAVY = {
    "asyncio",
    "ctypes",
    "libtmux",
    "multiprocessing",
    "paramiko",
    "psutil",
    "ssl",
    "subprocess",
    "termios",
    "textual",
    "tomli",
    "tomlkit",
}


def imported(desk: Desk, *words: str) -> set[str]:
    code = f"from nbtui.cli.main import run; import sys; assert run({[*words]!r}) == 0; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=desk.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "words", [("status",), ("status", "--json"), ("disconnect", "--all")]
)
def test_with_a_running_agent_only_what_asks_it_is_imported(
    desk: Desk, words: tuple[str, ...]
) -> None:
    desk.nbtui("agent", "start")
    assert imported(desk, *words) & HEAVY == set()


LATER = HEAVY - {"asyncio", "ssl", "subprocess", "termios", "textual", "tomli"}
"""The dashboard's own, and what Textual itself imports."""


def test_before_its_first_row_the_dashboard_imports_nothing_that_can_wait(
    desk: Desk,
) -> None:
    desk.nbtui("agent", "start")
    (desk.config / "profiles.toml").write_text("[profiles.myvm]\n")
    with desk.terminal(PYTHONPROFILEIMPORTTIME="1") as tty:
        tty.wait_for(b"myvm")
        before, _, _ = tty.shown.partition(b"myvm")
        tty.type(b"q")
        assert tty.end() == 0
    names = {name.decode() for name in re.findall(rb"\| +([A-Za-z_][\w.]*)", before)}
    assert {"textual.app", "nbtui.tui.app"} <= names
    assert {name.partition(".")[0] for name in names} & (
        LATER | {"click", "_hashlib"}
    ) == set()
    assert {
        name for name in names if name.startswith(("nbtui.client", "nbtui.ipc"))
    } == set()
