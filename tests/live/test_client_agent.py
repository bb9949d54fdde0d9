"""Finding, starting, replacing and ending the agent: real processes, a real socket."""

import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psutil
import pytest

from lab.pretend_agent import Client, Play, PretendAgent, done, failed
from nbtui.client.dialing import Dialer
from nbtui.client.engine import AgentInfo
from nbtui.client.socket_engine import SocketEngine
from nbtui.client.terminal import this_console
from nbtui.clock import SystemClock
from nbtui.errors import AgentError
from nbtui.ipc.messages import Request
from nbtui.model.failure import Failure
from nbtui.model.snapshot import Snapshot
from nbtui.paths import Paths
from nbtui.profiles.memory import Memory
from waiting import until

pytestmark = pytest.mark.live
assert sys.platform != "win32"  # sessions are of POSIX

AGENT = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    from nbtui.ipc.address import listen
    from nbtui.ipc.errors import AgentRunning
    from nbtui.ipc.framing import Channel
    from nbtui.ipc.messages import AgentHello, Done, from_client
    from nbtui.paths import Paths
    version, config, state, runtime = sys.argv[1], *map(Path, sys.argv[2:])
    try:
        paths = Paths(config_dir=config, state_dir=state, runtime_dir=runtime)
        listener = listen(paths)
    except AgentRunning:
        sys.exit(0)
    row = {"name": "vm", "host": "vm", "state": "connected"}
    facts = {"profiles": [row] if version == "rows" else ["vm"], "started_at": 1.0}
    while channel := listener.accept():
        with channel:
            channel.recv()
            mine = "1" if version == "rows" else version
            hello = AgentHello(version=mine, pid=os.getpid(), links=0)
            channel.send(hello.to_json())
            request = channel.recv()
            if request is None:
                continue
            channel.send(Done(value=facts).to_json())
            if request["op"] == "quit":
                listener.close()
                break
""")


@pytest.fixture
def paths(lab: Path) -> Iterator[Paths]:
    root = Path(tempfile.mkdtemp(prefix="a", dir=lab))
    yield Paths(config_dir=root / "c", state_dir=root / "s", runtime_dir=root / "r")
    shutil.rmtree(root)


@pytest.fixture
def engine(paths: Paths) -> Iterator[Callable[..., SocketEngine]]:
    """An engine whose agent is the program above, `engine("2")` one of version 2."""
    engines: list[SocketEngine] = []

    def make(version: str = "1", *, program: str = AGENT) -> SocketEngine:
        folders = (paths.config_dir, paths.state_dir, paths.runtime_dir)
        dialer = Dialer(
            paths=paths,
            environ=os.environ,
            clock=SystemClock(),
            version="1" if version == "rows" else version,
            argv=(sys.executable, "-c", program, version, *map(str, folders)),
        )
        engines.append(SocketEngine(dialer=dialer, environ={}, console=this_console))
        return engines[-1]

    yield make
    if engines:
        engines[0].agent_stop()


Make = Callable[..., SocketEngine]


def test_status_of_an_agent_that_does_not_run_is_none_and_starts_none(
    engine: Make, paths: Paths
) -> None:
    assert engine().agent_status() is None
    assert not paths.runtime_dir.exists()


def test_an_agent_is_started_when_it_is_needed_and_found_afterwards(engine: Make) -> None:
    info = engine().agent_start()
    assert info == AgentInfo(
        pid=info.pid, version="1", links=0, profiles=("vm",), started_at=1.0
    )
    assert info.pid != os.getpid()
    assert engine().agent_start().pid == info.pid


def test_an_agent_survives_its_starters_ctrl_c_and_holds_none_of_its_folders(
    engine: Make,
) -> None:
    agent = psutil.Process(engine().agent_start().pid)
    assert os.getsid(agent.pid) == agent.pid
    assert Path(agent.cwd()) == Path.home()


def test_stop_returns_when_the_process_is_gone(engine: Make) -> None:
    info = engine().agent_start()
    engine().agent_stop()
    assert not psutil.pid_exists(info.pid) or (
        psutil.Process(info.pid).status() == psutil.STATUS_ZOMBIE
    )
    assert engine().agent_status() is None
    engine().agent_stop()


def test_restart_makes_another_process(engine: Make) -> None:
    info = engine().agent_start()
    assert engine().agent_restart().pid != info.pid


def test_many_clients_that_start_an_agent_at_once_get_the_same(engine: Make) -> None:
    pids: list[int] = []
    clients = [
        Thread(target=lambda: pids.append(engine().agent_start().pid)) for _ in range(4)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join(30)
    assert len(pids) == 4
    assert len(set(pids)) == 1


def test_a_killed_agent_is_replaced_by_the_next_command(engine: Make) -> None:
    info = engine().agent_start()
    psutil.Process(info.pid).kill()
    assert engine().agent_start().pid != info.pid


def test_an_agent_of_another_version_without_links_is_replaced(engine: Make) -> None:
    old = engine("1").agent_start()
    new = engine("2").agent_start()
    assert (new.version, new.pid != old.pid) == ("2", True)


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (done(ties=["attach is under way", "vm is starting"]), "attach is under way; vm"),
        (
            failed(Failure(code=2, message="this agent cannot 'handover'")),
            "this is nbtui 1",
        ),
    ],
    ids=["ties", "too old to know"],
)
def test_an_older_agent_that_cannot_let_go_of_its_links_is_left_alone_and_says_why(
    engine: Make, paths: Paths, play: Play, why: str
) -> None:
    with PretendAgent(paths=paths, version="0", links=3, plays={"handover": play}) as agent:
        with pytest.raises(AgentError, match="nbtui 0 and holds 3 links") as raised:
            engine().agent_start()
        assert why in raised.value.message
        assert raised.value.hint == "nbtui agent restart"
        with pytest.raises(AgentError):
            engine().snapshots()
        assert [one.op for one in agent.requests] == ["handover", "handover"]


def test_a_newer_agent_that_holds_links_is_never_replaced_by_an_older_program(
    engine: Make, paths: Paths
) -> None:
    with PretendAgent(paths=paths, version="2", links=1) as agent:
        with pytest.raises(AgentError, match="nbtui 2 and holds 1 links") as raised:
            engine().agent_start()
        assert raised.value.hint == "start this program again: nbtui was upgraded meanwhile"
        assert agent.requests == []


def test_an_agent_of_another_protocol_is_still_told_of_and_stopped(
    engine: Make, paths: Paths
) -> None:
    def leave(_client: Client, _request: Request) -> None:
        pretend.close()

    with PretendAgent(
        paths=paths, protocol=7, version="9", links=1, pid=2**22 - 1, plays={"quit": leave}
    ) as pretend:
        assert engine().agent_status() == AgentInfo(pid=2**22 - 1, version="9", links=1)
        engine().agent_stop()
    assert [one.op for one in pretend.requests] == ["quit"]


def test_the_last_words_of_an_agent_that_cannot_start_are_shown(engine: Make) -> None:
    broken = "import sys\nsys.exit('No module named frobnicate')"
    with pytest.raises(AgentError, match="status 1\nNo module named frobnicate") as raised:
        engine(program=broken).agent_start()
    assert raised.value.hint == "nbtui agent logs"


def test_the_end_of_the_log_is_shown_when_there_are_no_other_last_words(
    engine: Make, paths: Paths
) -> None:
    paths.state_dir.mkdir()
    paths.agent_log.write_text("".join(f"line {n}\n" for n in range(1000)))
    with pytest.raises(AgentError) as raised:
        engine(program="raise SystemExit(3)").agent_start()
    assert raised.value.message.splitlines() == [
        "the agent ended with status 3",
        *(f"line {n}" for n in range(995, 1000)),
    ]


def test_an_agent_that_found_another_on_its_way_out_is_started_again(
    engine: Make, paths: Paths
) -> None:
    """The first start ends with 0 although nobody answers; the second serves."""
    flag = paths.state_dir / "second"
    program = f"""
import pathlib, sys
flag = pathlib.Path({str(flag)!r})
if not flag.exists():
    flag.touch()
    sys.exit(0)
{AGENT}"""
    assert engine(program=program).agent_start().version == "1"


def test_rows_without_an_agent_are_the_saved_profiles_and_start_none(
    engine: Make, paths: Paths
) -> None:
    paths.config_dir.mkdir()
    paths.profiles_toml.write_text(
        '[profiles.vm]\nhost = "10.0.0.7"\nuser = "ada"\ngroup = "g"\ntags = ["t"]\n'
        "[profiles.vm.jupyter]\nport = 8889\n[profiles.b]\n"
    )
    assert engine().snapshots() == (
        Snapshot(
            name="vm",
            host="10.0.0.7",
            user="ada",
            group="g",
            tags=("t",),
        ),
        Snapshot(name="b", host="b"),
    )
    assert [row.name for row in engine().snapshots(["b"])] == ["b"]
    assert engine().agent_status() is None


def test_rows_come_from_an_agent_when_something_should_be_up(
    engine: Make, paths: Paths
) -> None:
    paths.state_dir.mkdir()
    Memory(paths.state_json).mark_up("vm", "tunnel")
    assert [row.state for row in engine("rows").snapshots()] == ["connected"]


def test_for_a_name_that_is_not_saved_no_agent_is_started_just_to_say_so(
    engine: Make,
) -> None:
    assert engine().snapshots(["ada@vm"]) == ()
    assert engine().agent_status() is None


def test_an_agent_that_never_says_hello_is_given_up(
    paths: Paths,
) -> None:
    dialer = Dialer(paths=paths, environ={}, clock=SystemClock(), version="1", patience=0.2)
    with (
        PretendAgent(paths=paths, hello=False),
        pytest.raises(AgentError, match="does not answer") as raised,
    ):
        dialer.running()
    assert raised.value.hint == f"kill -9 {os.getpid()}"


def test_an_agent_on_its_way_out_counts_as_none(engine: Make, paths: Paths) -> None:
    def leave() -> None:
        until(lambda: agent.channels, what="dialling")
        agent.close()

    with PretendAgent(paths=paths, hello=False) as agent:
        leaving = Thread(target=leave)
        leaving.start()
        assert engine().agent_status() is None
        leaving.join()
