"""`nbtui demo` as a program: what it refuses, the whole job, and that nothing stays whatever ends it."""

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import nbtui
from lab.desk import Desk
from nbtui.demo.folder import MARK
from waiting import until

assert sys.platform != "win32"  # ptys and tmux are of POSIX

from lab.tty import Terminal  # noqa: E402  # there is none for who checks types for Windows

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]

STEPS = ["connect", "tunnel", "cell", "hints", "disconnect", "connect again", "stop", "proof",
         "switch off"]  # fmt: skip


@pytest.fixture
def temporary(desk: Desk) -> Path:
    """The temporary folder of the user, so that what stays is seen."""
    folder = desk.root / "t"
    folder.mkdir()
    desk.env["TMPDIR"] = str(folder)
    return folder


def marked(temporary: Path) -> list[psutil.Process]:
    """All processes of pretend VMs below a temporary folder, and those VMs' own."""
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get(MARK, "") + " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(temporary / "nb.") in told:
            found.append(process)
    return found


def nothing_stays(temporary: Path) -> bool:
    return not marked(temporary) and list(temporary.iterdir()) == []


def test_the_whole_job_holds_step_by_step(desk: Desk, temporary: Path) -> None:
    ran = desk.nbtui("demo", "--check", timeout=150)
    assert ran.status == 0, ran.out + ran.err
    ticked = [re.match(r"✓ (\w+(?: \w+)?) ", line) for line in ran.out.splitlines()]
    assert [tick and tick[1] for tick in ticked] == STEPS
    assert re.search(r"http://localhost:\d+/ answered", ran.out)
    assert "printed 42" in ran.out
    assert "\x1b" not in ran.out
    assert nothing_stays(temporary)
    assert list(desk.home.iterdir()) == [desk.home / ".ssh"]
    assert list(desk.config.iterdir()) == list(desk.state.iterdir()) == []


def test_ctrl_c_in_the_middle_ends_with_130_and_leaves_nothing(
    desk: Desk, temporary: Path
) -> None:
    process = _check_of(desk)
    until(lambda: _has(temporary, "jupyter"), what="a Jupyter on the VM", seconds=60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert nothing_stays(temporary)


def test_a_killed_demo_takes_agent_jupyter_and_folder_along(
    desk: Desk, temporary: Path
) -> None:
    process = _check_of(desk)
    until(lambda: _has(temporary, "jupyter"), what="a Jupyter on the VM", seconds=60)
    process.kill()
    process.communicate()
    until(lambda: nothing_stays(temporary), what="the end of all of it", seconds=30)


def test_without_a_terminal_it_says_how_else(desk: Desk, temporary: Path) -> None:
    ran = desk.nbtui("demo")
    assert ran.status == 2
    assert "try: nbtui demo --check" in ran.err
    assert list(temporary.iterdir()) == []


def test_no_tmux_is_exit_7_with_the_command(desk: Desk) -> None:
    ran = desk.nbtui("demo", "--check", PATH="/nonexistent")
    assert ran.status == 7
    assert "needs tmux" in ran.err
    assert "try: " in ran.err


def test_no_jupyter_is_exit_7_with_the_extra_to_install(desk: Desk, bare: Path) -> None:
    packages = [path for path in sys.path if path.endswith("-packages")]
    path = os.pathsep.join([str(Path(nbtui.__file__).parents[1]), *packages])
    done = subprocess.run(
        [bare, "-m", "nbtui", "demo", "--check"], env={**desk.env, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    assert f"try: {bare} -m pip install 'nbtui-sessions[demo]'" in done.stderr


@pytest.fixture
def bare(desk: Desk) -> Path:
    """An interpreter in a folder of its own, with no commands beside it."""
    folder = desk.root / "venv" / "bin"
    folder.mkdir(parents=True)
    python = folder / "python"
    python.symlink_to(Path(sys.executable).resolve())
    home = Path(sys.executable).resolve().parent
    (folder.parent / "pyvenv.cfg").write_text(f"home = {home}\n")
    return python


def test_the_dashboard_opens_the_vm_in_the_users_browser_and_takes_it_along(
    desk: Desk, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, text in desk.env.items():
        monkeypatch.setenv(key, text)
    script = "import sys; from nbtui.cli.main import run; sys.exit(run(['demo']))"
    with Terminal(script=script) as terminal:
        terminal.wait_for(b"myvm is pretend")
        terminal.wait_for(b"demo@127.0.0.1", seconds=30)
        terminal.type(b"\r")
        browsed = desk.browsed.exists
        until(
            lambda: drained(terminal) and browsed(), what="the user's browser", seconds=90
        )
        terminal.type(b"q")
        terminal.wait_for(b"myvm is gone", seconds=30)
        assert terminal.end() == 0
    assert re.search(r"http://localhost:\d+/.*token=\w", desk.browsed.read_text())
    assert nothing_stays(temporary)


def drained(terminal: Terminal) -> bool:
    """Take what is shown, so that who draws does not wait for us; True."""
    while select.select([terminal.master], [], [], 0)[0]:
        terminal.shown += os.read(terminal.master, 65536)
    return True


def _check_of(desk: Desk) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "nbtui", "demo", "--check"], env=desk.env, cwd=desk.home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _has(temporary: Path, word: str) -> bool:
    def line(process: psutil.Process) -> str:
        try:
            return " ".join(process.cmdline())
        except psutil.Error:
            return ""

    return any(word in line(process) for process in marked(temporary))
