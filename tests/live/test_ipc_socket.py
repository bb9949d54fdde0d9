"""The agent's address, on real sockets and real folders; what Windows uses runs over a Unix socket here."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection
from pathlib import Path
from threading import Thread

import pytest

from nbtui.errors import AgentError
from nbtui.ipc.address import Knock, Listener, dial, listen
from nbtui.ipc.errors import AgentRunning, NoAgent
from nbtui.ipc.framing import STDOUT, Channel, Data
from nbtui.paths import Paths
from nbtui.platforms import permissions
from nbtui.platforms.posix import doors as posix
from nbtui.platforms.windows import doors as windows
from nbtui.platforms.wires import LIMIT, Address, Entrance

pytestmark = pytest.mark.live
assert sys.platform != "win32"  # what is tested is of POSIX
STRANGER = """
import os, socket, sys
os.setuid(12345)
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print(s.recv(1))
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One platform's way to the agent."""

    door: Callable[[Address], Entrance]
    knock: Knock

    def listen(self, paths: Paths) -> Listener:
        return listen(paths, door=self.door)

    def dial(self, paths: Paths, *, timeout: float) -> Channel:
        return dial(paths, timeout=timeout, knocking=self.knock)


def _socket(address: Address) -> str:
    return str(address.agent_socket)


UNIX = Kind(door=posix.Door.open, knock=posix.knock)
PIPE = Kind(
    door=partial(windows.Door.open, named=_socket, guard=permissions),
    knock=partial(windows.knock, named=_socket, guard=permissions),
)
BOTH = pytest.mark.parametrize("kind", [UNIX, PIPE], ids=["unix", "windows"])


@pytest.fixture
def paths(lab: Path) -> Iterator[Paths]:
    root = Path(tempfile.mkdtemp(prefix="i", dir=lab))
    yield Paths(config_dir=root / "c", state_dir=root / "s", runtime_dir=root / "s" / "run")
    shutil.rmtree(root)


def connected(kind: Kind, paths: Paths) -> tuple[Channel, Channel]:
    """The agent's end and the client's, of a listener that is closed already."""
    listener = kind.listen(paths)
    client = kind.dial(paths, timeout=5)
    agent = listener.accept()
    assert agent is not None
    listener.close()
    return agent, client


@BOTH
def test_a_client_and_the_agent_talk_both_ways(kind: Kind, paths: Paths) -> None:
    agent, client = connected(kind, paths)
    with agent, client:
        client.send({"type": "hello"})
        assert agent.recv() == {"type": "hello"}
        agent.send_data(STDOUT, b"\x00\xff")
        assert client.recv() == Data(stream=STDOUT, data=b"\x00\xff")
        client.close()
        assert agent.recv() is None


@BOTH
def test_a_large_message_passes(kind: Kind, paths: Paths) -> None:
    agent, client = connected(kind, paths)
    message = {"text": "x" * (LIMIT // 4)}
    with agent, client:
        sender = Thread(target=client.send, args=(message,))
        sender.start()
        assert agent.recv() == message
        sender.join()


@BOTH
def test_who_dials_where_nobody_listens_is_told(kind: Kind, paths: Paths) -> None:
    with pytest.raises(NoAgent):
        kind.dial(paths, timeout=1)
    kind.listen(paths).close()
    with pytest.raises(NoAgent):
        kind.dial(paths, timeout=1)


@BOTH
def test_a_second_agent_is_refused_and_the_first_goes_on(kind: Kind, paths: Paths) -> None:
    listener = kind.listen(paths)
    with pytest.raises(AgentRunning):
        kind.listen(paths)
    with kind.dial(paths, timeout=5) as client, listener.accept() or client as agent:
        assert agent is not client
    listener.close()


@BOTH
def test_an_address_can_be_taken_again_after_it_was_closed(
    kind: Kind, paths: Paths
) -> None:
    for _ in range(3):
        agent, client = connected(kind, paths)
        agent.close()
        client.close()


@BOTH
def test_closing_wakes_who_waits_for_clients(kind: Kind, paths: Paths) -> None:
    listener = kind.listen(paths)
    accepted: list[object] = []
    waiting = Thread(target=lambda: accepted.append(listener.accept()))
    waiting.start()
    listener.close()
    listener.close()
    waiting.join(10)
    assert accepted == [None]


def test_of_many_agents_that_start_at_once_one_is_left(paths: Paths) -> None:
    script = """
import sys
from pathlib import Path
from nbtui.ipc.address import listen
from nbtui.ipc.errors import AgentRunning
from nbtui.paths import Paths
config, state, runtime = map(Path, sys.argv[1:])
sys.stdin.readline()
try:
    listener = listen(Paths(config_dir=config, state_dir=state, runtime_dir=runtime))
except AgentRunning:
    print("late", flush=True)
else:
    print("agent", flush=True)
    sys.stdin.readline()
    listener.close()
"""
    folders = [paths.config_dir, paths.state_dir, paths.runtime_dir]
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for start in starts:
        assert start.stdin
        start.stdin.write("go\n")
        start.stdin.flush()
    said = [start.stdout.readline().strip() for start in starts if start.stdout]
    assert sorted(said) == ["agent", "late", "late", "late", "late"]
    for start in starts:
        start.communicate("", timeout=20)
        assert start.returncode == 0


def test_the_socket_of_a_killed_agent_is_no_obstacle(paths: Paths) -> None:
    script = """
import sys
from pathlib import Path
from nbtui.ipc.address import listen
from nbtui.paths import Paths
config, state, runtime = map(Path, sys.argv[1:])
listener = listen(Paths(config_dir=config, state_dir=state, runtime_dir=runtime))
print("up", flush=True)
listener.accept()
"""
    folders = [paths.config_dir, paths.state_dir, paths.runtime_dir]
    with subprocess.Popen(
        [sys.executable, "-c", script, *folders], stdout=subprocess.PIPE
    ) as agent:
        assert agent.stdout
        assert agent.stdout.readline() == b"up\n"
        agent.kill()
    assert paths.agent_socket.exists()
    with pytest.raises(NoAgent):
        UNIX.dial(paths, timeout=1)
    for end in connected(UNIX, paths):
        end.close()


def test_the_folder_and_the_socket_are_closed_to_others(paths: Paths) -> None:
    listener = UNIX.listen(paths)
    assert paths.runtime_dir.stat().st_mode & 0o777 == 0o700
    assert paths.agent_socket.stat().st_mode & 0o777 == 0o600
    listener.close()
    assert not paths.agent_socket.exists()


@BOTH
def test_a_folder_that_others_can_enter_is_refused_by_both_ends(
    kind: Kind, paths: Paths
) -> None:
    paths.runtime_dir.mkdir(parents=True)
    paths.runtime_dir.chmod(0o755)
    with pytest.raises(AgentError, match="0755") as refusal:
        kind.listen(paths)
    assert f"chmod 700 {paths.runtime_dir}" in refusal.value.hint
    with pytest.raises(AgentError, match="0755"):
        kind.dial(paths, timeout=1)


def test_a_folder_that_is_a_link_is_refused_wherever_it_leads(
    paths: Paths, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    paths.runtime_dir.parent.mkdir(parents=True)
    paths.runtime_dir.symlink_to(tmp_path)
    with pytest.raises(AgentError, match="is not a folder"):
        UNIX.listen(paths)
    with pytest.raises(AgentError, match="is not a folder"):
        UNIX.dial(paths, timeout=1)


@pytest.mark.root
def test_a_folder_of_another_user_is_refused(paths: Paths) -> None:
    paths.runtime_dir.mkdir(mode=0o700, parents=True)
    os.chown(paths.runtime_dir, 12345, 12345)
    with pytest.raises(AgentError, match="belongs to user 12345"):
        UNIX.listen(paths)


@pytest.mark.root
def test_another_user_who_gets_at_the_socket_is_hung_up_on(paths: Paths) -> None:
    listener = UNIX.listen(paths)
    for folder in (paths.runtime_dir, paths.runtime_dir.parent, paths.state_dir.parent):
        folder.chmod(0o711)
    paths.agent_socket.chmod(0o666)
    accepted: list[object] = []
    waiting = Thread(target=lambda: accepted.append(listener.accept()))
    waiting.start()
    stranger = subprocess.run(
        [
            sys.executable,
            "-c",
            STRANGER,
            paths.agent_socket,
        ],
        capture_output=True,
        check=False,
        timeout=20,
    )
    listener.close()
    waiting.join(10)
    assert stranger.stdout == b"b''\n"
    assert accepted == [None]


@pytest.mark.root
def test_another_user_does_not_even_get_to_the_socket(paths: Paths) -> None:
    listener = UNIX.listen(paths)
    knock = STRANGER.replace("print(s.recv(1))", "print('in')")
    done = subprocess.run(
        [sys.executable, "-c", knock, paths.agent_socket],
        capture_output=True, check=False, timeout=20, text=True,
    )  # fmt: skip
    listener.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert "PermissionError" in done.stderr


@pytest.mark.root
def test_an_agent_of_another_user_is_not_talked_to(paths: Paths) -> None:
    paths.runtime_dir.mkdir(mode=0o700, parents=True)
    impostor = """
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.setuid(12345)
s.listen()
print("up", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", impostor, paths.agent_socket],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        with pytest.raises(AgentError, match="served by user 12345"):
            UNIX.dial(paths, timeout=5)
        process.communicate()


def test_a_path_that_no_socket_can_have_is_said_with_a_way_out(paths: Paths) -> None:
    long = Paths(
        config_dir=paths.config_dir,
        state_dir=paths.state_dir,
        runtime_dir=paths.runtime_dir / ("x" * 100),
    )
    with pytest.raises(AgentError, match="too long") as refusal:
        UNIX.listen(long)
    assert "NBTUI_STATE_DIR" in refusal.value.hint


def test_a_client_of_a_pipe_without_the_key_is_not_let_in(paths: Paths) -> None:
    listener = PIPE.listen(paths)
    (key,) = paths.runtime_dir.glob("*.key")
    assert key.stat().st_mode & 0o777 == 0o600
    right = key.read_bytes()
    key.write_bytes(b"x" * 32)
    with pytest.raises(AgentError, match="not this user's agent"):
        PIPE.dial(paths, timeout=5)
    key.write_bytes(right)
    with PIPE.dial(paths, timeout=5) as client, listener.accept() or client as agent:
        assert agent is not client
    listener.close()


def test_a_client_of_a_pipe_that_says_nothing_holds_up_nobody(paths: Paths) -> None:
    listener = PIPE.listen(paths)
    silent = connection.Client(str(paths.agent_socket))
    with PIPE.dial(paths, timeout=5), listener.accept() or silent as agent:
        assert isinstance(agent, Channel)
    silent.close()
    listener.close()
