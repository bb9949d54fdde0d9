"""What the commands that people type all day do not pay for."""

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
