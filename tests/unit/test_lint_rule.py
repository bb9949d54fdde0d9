"""ruff keeps what one platform only has out of common code; asked about files that are not there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONE_SIDED = [
    "import fcntl",
    "import termios",
    "from pwd import getpwnam",
    "def f() -> None:\n    import grp",
    "import os\nos.getuid()",
    "import os\nif os.name == 'nt':\n    os.startfile('x')",
    "import sys\nprint(sys.platform)",
    "import signal\nsignal.SIGKILL",
    "import socket\nsocket.socket(socket.AF_UNIX)",
    "import winreg",
    "import msvcrt",
    "from ctypes import wintypes",
    "import subprocess\nsubprocess.DETACHED_PROCESS",
]
SLEEP = "import time\ntime.sleep(1)"


def banned(source: str, file: str) -> bool:
    """Whether ruff refuses something of this source for its import or name."""
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache"]
    done = subprocess.run(
        [*ruff, "--output-format", "concise", "--stdin-filename", ROOT / file],
        input=source, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert not done.stderr
    return "TID251" in done.stdout


@pytest.mark.parametrize("source", ONE_SIDED)
def test_common_code_may_not_use_what_one_platform_only_has(source: str) -> None:
    assert banned(source, "nbtui/session/new.py")
    assert not banned(source, "nbtui/platforms/posix/new.py")


@pytest.mark.parametrize("file", ["nbtui/session/new.py", "tests/unit/test_new.py"])
def test_nobody_sleeps_by_themselves(file: str) -> None:
    assert banned(SLEEP, file)
