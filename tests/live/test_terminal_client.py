"""Attach and shell in real terminals (ptys), pipes and tmux, against an agent told what to say."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from lab.pretend_agent import Client, PretendAgent
from nbtui.client.terminal import open_window
from nbtui.ipc.framing import STDERR, STDIN, STDOUT, Data
from nbtui.ipc.messages import Asked, Cancel, Done, Eof, Ready, Request, Resize
from nbtui.model.question import Question
from nbtui.paths import Paths
from waiting import until

pytestmark = pytest.mark.live
assert sys.platform != "win32"  # ptys are of POSIX

from lab.tty import Terminal  # noqa: E402  # there is none for who checks types for Windows

CLIENT = """
import sys
from pathlib import Path
from nbtui.client.dialing import Dialer
from nbtui.client.engine import Unattended
from nbtui.client.socket_engine import SocketEngine
from nbtui.client.terminal import this_console
from nbtui.clock import SystemClock
from nbtui.errors import NbtuiError
from nbtui.paths import Paths
op, config, state, runtime, *command = sys.argv[1:]
paths = Paths(config_dir=Path(config), state_dir=Path(state), runtime_dir=Path(runtime))
dialer = Dialer(paths=paths, environ={}, clock=SystemClock(), version="1")
engine = SocketEngine(dialer=dialer, environ={}, console=this_console)
try:
    if op == "attach":
        status = engine.attach("vm", Unattended())
    else:
        status = engine.shell("vm", command or None, Unattended())
except NbtuiError as error:
    print(error.message, file=sys.stderr)
    status = int(error.code)
print("the end", file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture
def paths(lab: Path) -> Iterator[Paths]:
    root = Path(tempfile.mkdtemp(prefix="t", dir=lab))
    yield Paths(config_dir=root / "c", state_dir=root / "s", runtime_dir=root / "r")
    shutil.rmtree(root)


@pytest.fixture
def agent(paths: Paths) -> Iterator[PretendAgent]:
    with PretendAgent(paths=paths) as agent:
        yield agent


def words(paths: Paths, *command: str) -> list[str]:
    folders = (paths.config_dir, paths.state_dir, paths.runtime_dir)
    return [command[0], *map(str, folders), *command[1:]]


def terminal(paths: Paths, *command: str) -> Terminal:
    return Terminal(script=CLIENT, arguments=words(paths, *command))


def typed(client: Client, until_key: bytes) -> bytes:
    """All that comes on standard input, up to a key."""
    arrived = b""
    while until_key not in arrived:
        said = client.hear()
        assert isinstance(said, Data)
        assert said.stream == STDIN
        arrived += said.data
    return arrived


def test_attach_passes_every_byte_both_ways_and_returns_the_status(
    agent: PretendAgent, paths: Paths
) -> None:
    arrived: list[bytes] = []

    def play(client: Client, _request: Request) -> None:
        client.say(Ready(note="Ctrl-b d detaches"))
        client.channel.send_data(STDOUT, "pane ü\n$ ".encode())
        arrived.append(typed(client, b"!"))
        client.say(Done(value={"status": 5}))

    agent.plays["attach"] = play
    with terminal(paths, "attach") as tty:
        tty.wait_for("pane ü\n$ ".encode())  # no CR before the LF: the terminal is raw
        assert b"Ctrl-b d detaches\r\n" in tty.shown
        tty.type(b"\x03\x04\x1a\x02d\x1b[A\r\n\xc3\xbc!")
        assert tty.end() == 5
        assert arrived == [b"\x03\x04\x1a\x02d\x1b[A\r\n\xc3\xbc!"]
        assert tty.settings() == tty.before
        assert tty.shown.endswith(b"\x1b[?25h\x1b[0mthe end\r\n")
        assert b"\x1b[?1049l" not in tty.shown
    assert agent.requests[0].args == {"name": "vm", "columns": 100, "rows": 30}


def test_a_new_size_of_the_window_is_passed_on(agent: PretendAgent, paths: Paths) -> None:
    sizes = []

    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        client.channel.send_data(STDOUT, b"here")
        sizes.append(client.hear())
        client.say(Done(value={"status": 0}))

    agent.plays["shell"] = play
    with terminal(paths, "shell") as tty:
        tty.wait_for(b"here")
        tty.resize(132, 43)
        assert tty.end() == 0
    assert sizes == [Resize(columns=132, rows=43)]
    assert agent.requests[0].args["command"] is None


def test_a_cut_in_the_alternate_screen_leaves_a_terminal_that_can_be_used(
    agent: PretendAgent, paths: Paths
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        client.channel.send_data(STDOUT, b"\x1b[?1049h\x1b[?25l\x1b[?1006h")

    agent.plays["attach"] = play
    with terminal(paths, "attach") as tty:
        assert tty.end() == 1
        assert tty.settings() == tty.before
    restored = tty.shown.split(b"\x1b[?1006h")[1]
    for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1006l"):
        assert sequence in restored
    assert b"went away" in restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_client_that_is_ended_leaves_a_terminal_that_can_be_used(
    agent: PretendAgent, paths: Paths, number: signal.Signals
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        client.channel.send_data(STDOUT, b"here")
        assert client.hear() is None

    agent.plays["attach"] = play
    with terminal(paths, "attach") as tty:
        tty.wait_for(b"here")
        assert tty.settings() != tty.before
        tty.process.send_signal(number)
        assert tty.end() == 128 + number
        assert tty.settings() == tty.before


def test_an_agent_that_does_not_read_holds_up_nobody_when_it_is_done(
    agent: PretendAgent, paths: Paths
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        assert isinstance(client.hear(), Data)
        client.say(Done(value={"status": 0}))
        until(lambda: tty.process.poll() is not None, what="the end of the client")

    agent.plays["attach"] = play
    with terminal(paths, "attach") as tty:
        tty.wait_for(b"")
        until(lambda: agent.requests, what="the request")
        until(lambda: tty.settings() != tty.before, what="raw mode")
        feeder = Thread(target=lambda: tty.type(b"x" * 4000))
        feeder.start()
        assert tty.end() == 0
        feeder.join()


@pytest.mark.parametrize("op", ["attach", "shell"])
def test_without_a_terminal_it_is_said_once_the_link_is_up(
    agent: PretendAgent, paths: Paths, op: str
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Asked(question=Question(kind="code", text="Code?", id="q1")))
        assert client.answer().value is None
        client.say(Ready())
        assert client.hear() is None

    agent.plays[op] = play
    outcome = run(paths, op, input=b"")
    assert outcome.returncode == 2
    assert b"need a terminal" in outcome.stderr
    assert agent.requests[0].args["columns"] is None


def run(
    paths: Paths,
    *command: str,
    input: bytes,  # noqa: A002  # as subprocess has it
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-c", CLIENT, *words(paths, *command)],
        input=input,
        capture_output=True,
        timeout=30,
        check=False,
    )


def test_a_command_has_its_streams_apart_its_input_whole_and_its_status(
    agent: PretendAgent, paths: Paths
) -> None:
    blob = bytes(range(256)) * 2000
    arrived = bytearray()

    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        while isinstance(said := client.hear(), Data):
            arrived.extend(said.data)
        assert said == Eof()
        client.channel.send_data(STDOUT, blob)
        client.channel.send_data(STDERR, b"oops\n")
        client.say(Done(value={"status": 42}))

    agent.plays["shell"] = play
    outcome = run(paths, "shell", "cat", "-v", "a b", input=blob)
    assert outcome.returncode == 42
    assert bytes(arrived) == blob
    assert outcome.stdout == blob
    assert outcome.stderr == b"oops\nthe end\n"
    assert agent.requests[0].args["command"] == ["cat", "-v", "a b"]


def test_a_command_whose_reader_has_gone_ends_as_in_a_shell(
    agent: PretendAgent, paths: Paths
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        while client.hear() is not None:
            client.channel.send_data(STDOUT, b"y\n" * 10000)

    agent.plays["shell"] = play
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, *words(paths, "shell", "yes")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as client:
        assert client.stdin
        assert client.stdout
        client.stdout.close()
        client.stdin.write(b"go\n")
        client.stdin.flush()
        assert client.wait(20) == 141


def test_ctrl_c_in_a_command_ends_it_with_130(agent: PretendAgent, paths: Paths) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Ready())
        client.channel.send_data(STDOUT, b"running")
        assert isinstance(client.hear(), Cancel)
        assert client.hear() is None

    agent.plays["shell"] = play
    with terminal(paths, "shell", "sleep", "100") as tty:
        tty.wait_for(b"running")
        tty.type(b"\x03")
        assert tty.end() == 130
        assert tty.settings() == tty.before


@pytest.fixture
def tmux(lab: Path) -> Iterator[dict[str, str]]:
    """The environment of a shell inside a tmux of its own."""
    socket = Path(tempfile.mkdtemp(prefix="w", dir=lab)) / "s"
    command = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
    subprocess.run([*command, "new-session", "-d", "-s", "o", "sleep 1000"], check=True)
    pane = subprocess.run(
        [*command, "list-panes", "-F", "#{pane_id}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    yield {**os.environ, "TMUX": f"{socket},1,0", "TMUX_PANE": pane}
    subprocess.run([*command, "kill-server"], check=True)
    shutil.rmtree(socket.parent)


def test_inside_tmux_a_window_opens_beside_ours_and_knows_what_we_know(
    tmux: dict[str, str], tmp_path: Path
) -> None:
    tmux["NBTUI_CONFIG_DIR"] = str(tmp_path / "a b")
    assert open_window(("--version", ";"), environ=tmux)
    socket = tmux["TMUX"].split(",")[0]
    subprocess.run(
        ["tmux", "-S", socket, "set-option", "-g", "remain-on-exit", "on"], check=True
    )
    shown = subprocess.run(
        [
            "tmux",
            "-S",
            socket,
            "list-panes",
            "-a",
            "-F",
            "#{window_name}|#{pane_start_command}",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    (window,) = [line for line in shown if line.startswith("--version")]
    assert f"NBTUI_CONFIG_DIR={tmp_path}/a b" in window.replace("\\", "")
    assert "-P -m nbtui --version" in window


def test_a_name_that_tmux_would_expand_and_run_is_only_shown(
    tmux: dict[str, str], tmp_path: Path
) -> None:
    assert open_window((f"x#(touch {tmp_path}/ran)",), environ=tmux)
    socket = tmux["TMUX"].split(",")[0]
    list_windows = ["tmux", "-S", socket, "list-windows", "-F", "#{window_name}"]

    def shown() -> str:
        done = subprocess.run(list_windows, check=True, capture_output=True, text=True)
        return done.stdout

    assert f"x_(touch {tmp_path}/ran)" in shown()
    until(lambda: len(shown().splitlines()) == 1, what="the end of the window")
    assert not (tmp_path / "ran").exists()


def test_a_tmux_that_has_gone_opens_no_window(tmp_path: Path) -> None:
    environ = {"TMUX": f"{tmp_path}/none,1,0", "TMUX_PANE": "%0"}
    assert not open_window(("attach", "vm"), environ=environ)


def test_on_a_desktop_the_first_terminal_there_is_runs_nbtui(tmp_path: Path) -> None:
    xterm = tmp_path / "xterm"
    xterm.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')
    xterm.chmod(0o755)
    environ = {"DISPLAY": ":7", "PATH": str(tmp_path)}
    assert open_window(("attach", "my vm"), environ=environ)
    said = tmp_path / "said"
    until(lambda: said.exists() and said.read_text().endswith("my vm\n"), what="the window")
    assert said.read_text().splitlines() == [
        "-e",
        sys.executable,
        *("-P", "-m", "nbtui", "attach", "my vm"),
    ]


def test_without_tmux_and_desktop_there_is_no_window() -> None:
    assert not open_window(("attach", "vm"), environ={"PATH": os.environ["PATH"]})
