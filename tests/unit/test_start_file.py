"""What is written for the host's shells, read by real ones."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nbtui.model.host import HostReport
from nbtui.model.runner import LaunchOrder
from nbtui.runners.tmux.anyshell import any_shell, folder
from nbtui.runners.tmux.reason import reason
from nbtui.runners.tmux.startfile import options, resource, start_text, work_text

SHELLS = ("bash", "zsh", "fish", "tcsh", "dash")
NASTY = ("'; touch pwned; '", "a\nb", 'ü!! $HOME `id` \\ "', "x;", "-n", "%s\\0101", "!$")

REPORT = HostReport(
    hostname="h", user="ada", uid=1000, home="/home/ada", login_shell="/bin/zsh",
    tmux_path="/usr/bin/tmux",
)  # fmt: skip


def say(*argv: str, cwd: Path) -> str:
    env = {"HOME": str(cwd), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        argv, cwd=cwd, env=env, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_line_means_the_same_to_every_login_shell(shell: str, tmp_path: Path) -> None:
    script = "\n".join(f"printf '%s|' {folder('/' + one)}" for one in NASTY)
    said = say(str(shutil.which(shell)), "-c", any_shell(script), cwd=tmp_path)
    assert said == "".join(f"/{one}|" for one in NASTY)
    assert not list(tmp_path.glob("pwned"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("~", ""), ("", ""), ("~/", ""), ("~/a b", "/a b"), ("work", "/work"),
        ("~/$(touch pwned)", "/$(touch pwned)"), ("~/it's", "/it's"), ("~;touch pwned", "/~;touch pwned"),
    ],
)  # fmt: skip
def test_a_folder_is_below_the_home_and_never_code(
    written: str, meant: str, tmp_path: Path
) -> None:
    said = say("sh", "-c", f'a={folder(written)}; printf %s "$a"', cwd=tmp_path)
    assert said.rstrip("/") == f"{tmp_path}{meant}"
    assert not list(tmp_path.glob("pwned"))


def test_the_folder_of_somebody_else_is_that() -> None:
    assert (
        say("sh", "-c", f'a={folder("~root/x y")}; printf %s "$a"', cwd=Path("/"))
        == "/root/x y"
    )


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("", ["--no-browser", "--port=7", "--port-retries=0", "--ip=127.0.0.1"]),
        ("jupyter lab --port 9", ["--no-browser", "--port-retries=0", "--ip=127.0.0.1"]),
        ("jupyter lab --ServerApp.port_retries=5 --ServerApp.ip='*'", ["--no-browser", "--port=7"]),
        ("jupyter notebook --NotebookApp.open_browser=False --ip=0.0.0.0", ["--port=7", "--port-retries=0"]),
        ("jupyter lab --reporting-port-x=1", ["--no-browser", "--port=7", "--port-retries=0", "--ip=127.0.0.1"]),
    ],
)  # fmt: skip
def test_an_option_that_the_user_gives_is_not_given_twice(
    command: str, left: list[str]
) -> None:
    assert list(options(command, 7, root=False)) == left


def test_root_is_allowed_once() -> None:
    assert "--allow-root" in options("", 7, root=True)
    assert "--allow-root" not in options("jupyter lab --allow-root", 7, root=True)


def test_the_token_stands_once_and_not_in_what_becomes_an_argument() -> None:
    order = LaunchOrder(profile="p", port=7, token="s3cret", command="jupyter lab")  # noqa: S106
    assert start_text(order, REPORT).count("s3cret") == 1
    assert "s3cret" not in work_text(order, root=False)


@pytest.mark.parametrize("name", ["login.sh", "start.sh", "serve.sh"])
@pytest.mark.parametrize("sh", ["dash", "bash", "busybox"])
def test_every_sh_reads_the_scripts(sh: str, name: str) -> None:
    script = Path(__file__).parents[2] / "nbtui/runners/tmux" / name
    argv = [sh, "sh"] if sh == "busybox" else [sh]
    subprocess.run([*argv, "-n", script], check=True)


@pytest.mark.parametrize(
    ("text", "message", "layer"),
    [
        ("[C 2026 ServerApp] ERROR: the Jupyter server could not be started because port 8889 is not available.",
         "port 8889 on the host is in use", "port"),
        ("[W ServerApp] The port 8889 is already in use", "port 8889 on the host is in use", "port"),
        ("/usr/bin/python: No module named jupyterlab", "/usr/bin/python: No module named jupyterlab", "jupyter"),
        ("fish: Unknown command: jupyter", "there is no jupyter: fish: Unknown command: jupyter", "jupyter"),
        ("zsh:1: command not found: jupyter", "there is no jupyter: zsh:1: command not found: jupyter", "jupyter"),
        ("Traceback (most recent call last):\n  f()\nOSError: [Errno 28] No space left on device: '/x'",
         "OSError: [Errno 28] No space left on device: '/x'", "disk"),
        ("Traceback (most recent call last):\n  f()\ntraitlets.traitlets.TraitError: bad\n\nbye", "traitlets.traitlets.TraitError: bad", "jupyter"),
        ("[C 10:00 ServerApp] Bad config encountered during initialization: x", "Bad config encountered during initialization: x", "jupyter"),
        ("nbtui: the folder /x is read-only", "the folder /x is read-only", "folder"),
        ("nbtui: the folder /x cannot be made: mkdir: /x: Disk quota exceeded", "the folder /x cannot be made: mkdir: /x: Disk quota exceeded", "folder"),
        ("nbtui: there is no jupyter", "there is no jupyter", "jupyter"),
        ("some words\nof its own", "it ended with status 1: some words / of its own", "jupyter"),
    ],
)  # fmt: skip
def test_a_failed_start_says_why(text: str, message: str, layer: str) -> None:
    why = reason(text, 1)
    assert (why.message, why.layer) == (message, layer)
    assert why.hint


GUARD = re.compile(r"token|password|xsrf|origin|auth|identity", re.IGNORECASE)
COMMANDS = (
    "",
    "jupyter lab",
    "jupyter notebook --port=1 --ip=0.0.0.0",
    "jupyter server --no-browser",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("root", [False, True])
def test_nothing_that_is_added_to_a_command_line_weakens_the_token(
    command: str,
    root: bool,  # noqa: FBT001  # a row of the table
) -> None:
    added = options(command, 8889, root=root)
    assert [one for one in added if GUARD.search(one)] == []
    assert "--ip=127.0.0.1" in added or "--ip" in command


def test_a_server_is_never_started_without_a_token() -> None:
    order = LaunchOrder(
        profile="vm",
        port=1,
        token="t" * 48,
        directory="~",
        activate="",
        command="",
        jupyter="",
    )
    assert f"token={order.token}\n" in start_text(order, REPORT)
    start = resource("start.sh")
    assert "JUPYTER_TOKEN=$token\nexport JUPYTER_TOKEN\n" in start
    weakening = (resource(name) for name in ("login.sh", "serve.sh"))
    assert [text for text in weakening if GUARD.search(text)] == []
