"""The engine against an agent that says what a test tells it to, over the real socket."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from lab.pretend_agent import Client, PretendAgent, done
from nbtui.client.dialing import Dialer
from nbtui.client.engine import (
    ConnectOptions,
    Engine,
    RemoteFailure,
    StopReport,
    StopStep,
    Unattended,
)
from nbtui.client.socket_engine import SocketEngine
from nbtui.client.terminal import this_console
from nbtui.clock import SystemClock
from nbtui.errors import AgentError, ExitCode
from nbtui.ipc.messages import (
    Asked,
    Cancel,
    Done,
    Failed,
    Lines,
    Request,
    Snapshots,
    Withdrawn,
)
from nbtui.model.failure import Failure
from nbtui.model.hint import Hint
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.paths import Paths
from waiting import until

pytestmark = pytest.mark.live

ROW = Snapshot(name="vm", host="10.0.0.7", state="connected")
DIALLING = Snapshot(name="vm", host="10.0.0.7", state="connecting")
PASSWORD = Question(kind="password", text="Password?", echo=False, id="q7")


@dataclass
class Person:
    """See `Talk`: answers everything the same, remembers what was said."""

    answer: str | None = "yes"
    can_ask: bool = True
    asked: list[Question] = field(default_factory=list)
    seen: list[Snapshot] = field(default_factory=list)

    def ask(self, question: Question) -> str | None:
        self.asked.append(question)
        return self.answer

    def progress(self, snapshot: Snapshot) -> None:
        self.seen.append(snapshot)


@pytest.fixture
def paths(lab: Path) -> Iterator[Paths]:
    root = Path(tempfile.mkdtemp(prefix="c", dir=lab))
    yield Paths(config_dir=root / "c", state_dir=root / "s", runtime_dir=root / "r")
    shutil.rmtree(root)


@pytest.fixture
def agent(paths: Paths) -> Iterator[PretendAgent]:
    with PretendAgent(paths=paths) as agent:
        yield agent


def engine(paths: Paths, **environ: str) -> Engine:
    dialer = Dialer(
        paths=paths,
        environ=os.environ,
        clock=SystemClock(),
        version="1",
        argv=(sys.executable, "-c", "raise SystemExit('nobody should start an agent')"),
    )
    return SocketEngine(dialer=dialer, environ=environ, console=this_console)


def test_connect_says_all_options_and_returns_the_profile(
    agent: PretendAgent, paths: Paths
) -> None:
    agent.plays["connect"] = done(profile=ROW.to_json())
    options = ConnectOptions(start=False, local_port="auto", wait=5)
    assert engine(paths).connect("vm", options, Unattended()) == ROW
    (request,) = agent.requests
    assert request.args == {"name": "vm", "start": False, "local_port": "auto", "wait": 5}


def test_a_client_brings_what_belongs_to_who_sits_there(
    agent: PretendAgent, paths: Paths
) -> None:
    agent.plays["probe"] = done(profile=ROW.to_json())
    environ = {"SSH_AUTH_SOCK": "/a", "TERM": "xterm", "LC_ALL": "C", "DISPLAY": ":0"}
    engine(paths, HOME="/h", **environ).probe("vm", Person())
    assert agent.requests[0].context.to_json() == {
        "SSH_AUTH_SOCK": "/a",
        "TERM": "xterm",
        "LANG": "C",
        "DISPLAY": ":0",
        "NBTUI_SSH_CONFIG": None,
        "can_ask": True,
    }


def test_progress_is_told_while_the_request_goes_on(
    agent: PretendAgent, paths: Paths
) -> None:
    def play(client: Client, _request: Request) -> None:
        client.say(Snapshots(profiles=(DIALLING,)))
        client.say(Snapshots(profiles=(ROW,)))
        client.say(Done(value={"profile": ROW.to_json()}))

    agent.plays["start"] = play
    person = Person()
    engine(paths).start("vm", None, person)
    assert person.seen == [DIALLING, ROW]


@pytest.mark.parametrize(
    ("person", "answer", "asked"),
    [
        (Person(answer="secret"), "secret", 1),
        (Person(answer=None), None, 1),
        (Person(can_ask=False), None, 0),
    ],
    ids=["answers", "refuses", "is not there"],
)
def test_a_question_goes_to_who_sits_there_and_its_answer_back(
    agent: PretendAgent, paths: Paths, person: Person, answer: str | None, asked: int
) -> None:
    answers = []

    def play(client: Client, _request: Request) -> None:
        client.say(Asked(question=PASSWORD))
        client.say(Withdrawn(id="another"))
        answers.append(client.answer())
        client.say(Done(value={"profile": ROW.to_json()}))

    agent.plays["connect"] = play
    engine(paths).connect("vm", ConnectOptions(), person)
    assert [(one.id, one.value) for one in answers] == [("q7", answer)]
    assert person.asked == [PASSWORD] * asked


def test_a_failure_of_the_agents_keeps_all_it_says(
    agent: PretendAgent, paths: Paths
) -> None:
    failure = Failure(code=9, message="busy", hint="wait", layer="jupyter", host="vm")
    agent.plays["stop"] = lambda client, _: client.say(Failed(failure=failure))
    with pytest.raises(RemoteFailure, match="busy") as raised:
        engine(paths).stop("vm", yes=True, force=False, talk=Unattended())
    assert raised.value.code is ExitCode.REFUSED
    assert Failure.of(raised.value) == failure


def test_a_code_of_a_newer_agent_is_a_plain_failure() -> None:
    assert RemoteFailure(Failure(code=77, message="x")).code is ExitCode.FAILED


def test_every_other_question_returns_what_the_agent_says(
    agent: PretendAgent, paths: Paths
) -> None:
    hint = Hint(
        profile="vm",
        kind="down",
        to="s",
        confidence=1,
        evidence={},
        saves_per_month=None,
        text="t",
    )
    step = {"step": "asked", "ok": True, "seconds": 0.5}
    agent.plays |= {
        "snapshots": done(profiles=[ROW.to_json()]),
        "disconnect": done(profiles=[ROW.to_json(), DIALLING.to_json()]),
        "hints": done(hints=[hint.to_json()]),
        "url": done(url="http://localhost:1/?token=t"),
        "stop": done(name="vm", steps=[step], left=["port"]),
        "answer": done(),
        "ping": done(profiles=["vm"], started_at=12.5),
    }
    client, nobody = engine(paths), Unattended()
    assert client.snapshots(["vm"]) == (ROW,)
    assert client.disconnect(None) == (ROW, DIALLING)
    assert client.hints(["vm"], nobody) == (hint,)
    assert client.url("vm", nobody) == "http://localhost:1/?token=t"
    assert client.stop("vm", yes=False, force=True, talk=nobody) == StopReport(
        name="vm", steps=(StopStep(step="asked", ok=True, seconds=0.5),), left=("port",)
    )
    client.answer("vm", "q1", None)
    info = client.agent_status()
    assert info
    assert (info.pid, info.profiles, info.started_at) == (os.getpid(), ("vm",), 12.5)
    assert client.agent_start() == info
    assert [one.args for one in agent.requests[:6]] == [
        {"names": ["vm"]},
        {"names": None},
        {"names": ["vm"], "columns": None, "rows": None},
        {"name": "vm"},
        {"name": "vm", "yes": False, "force": True},
        {"name": "vm", "id": "q1", "value": None},
    ]


def test_lines_of_a_log_come_as_they_are_written(agent: PretendAgent, paths: Paths) -> None:
    more = Event()

    def play(client: Client, _request: Request) -> None:
        client.say(Lines(lines=("one", "two")))
        more.wait(10)
        client.say(Lines(lines=("three",)))
        client.say(Done())

    agent.plays["logs"] = play
    lines = engine(paths).logs("vm", 10, follow=True, talk=Unattended())
    assert [next(lines), next(lines)] == ["one", "two"]
    more.set()
    assert list(lines) == ["three"]


def test_who_stops_reading_a_log_closes_its_connection(
    agent: PretendAgent, paths: Paths
) -> None:
    left = Event()

    def play(client: Client, _request: Request) -> None:
        client.say(Lines(lines=("one",)))
        assert client.hear() is None
        left.set()

    agent.plays["logs"] = play
    lines = engine(paths).logs("vm", 10, follow=True, talk=Unattended())
    next(lines)
    del lines
    until(left.is_set, what="closing the connection")


def test_a_watch_gives_rows_until_it_is_closed_by_another_thread(
    agent: PretendAgent, paths: Paths
) -> None:
    gone = Event()

    def play(client: Client, _request: Request) -> None:
        client.say(Snapshots(profiles=(ROW, DIALLING)))
        client.say(Snapshots(profiles=(ROW,)))
        assert client.hear() is None
        gone.set()

    agent.plays["watch"] = play
    with engine(paths).watch() as watch:
        assert next(watch) == (ROW, DIALLING)
        assert next(watch) == (ROW,)
        closer = Thread(target=watch.close)
        closer.start()
        assert list(watch) == []
        closer.join()
    until(gone.is_set, what="closing the connection")


def test_a_watch_says_when_the_agent_goes_away(agent: PretendAgent, paths: Paths) -> None:
    agent.plays["watch"] = lambda _client, _request: None
    with engine(paths).watch() as watch, pytest.raises(AgentError, match="went away"):
        next(watch)


def test_an_agent_that_dies_in_the_middle_is_said(
    agent: PretendAgent, paths: Paths
) -> None:
    agent.plays["url"] = lambda _client, _request: None
    with pytest.raises(AgentError, match="went away") as raised:
        engine(paths).url("vm", Unattended())
    assert raised.value.hint == "nbtui agent logs"


@pytest.mark.parametrize("op", ["connect", "hints", "stop", "ping", "snapshots"])
def test_an_answer_of_another_shape_is_an_error_for_people(
    agent: PretendAgent, paths: Paths, op: str
) -> None:
    agent.plays[op] = done(profile={"name": "x"}, hints=[{}], steps=7, profiles=3)
    client, nobody = engine(paths), Unattended()
    calls: dict[str, Callable[[], object]] = {
        "connect": lambda: client.connect("vm", ConnectOptions(), nobody),
        "hints": lambda: client.hints(None, nobody),
        "stop": lambda: client.stop("vm", yes=True, force=True, talk=nobody),
        "ping": client.agent_status,
        "snapshots": client.snapshots,
    }
    with pytest.raises(AgentError, match=op):
        calls[op]()


def test_ctrl_c_closes_the_connection_and_ends_with_130(
    agent: PretendAgent, paths: Paths
) -> None:
    asked, gone = Event(), Event()

    def play(client: Client, _request: Request) -> None:
        asked.set()
        assert isinstance(client.hear(), Cancel)
        assert client.hear() is None
        gone.set()

    agent.plays["url"] = play
    script = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from nbtui.client.dialing import Dialer
        from nbtui.client.engine import Unattended
        from nbtui.client.socket_engine import SocketEngine
        from nbtui.client.terminal import this_console
        from nbtui.clock import SystemClock
        from nbtui.errors import Interrupted
        from nbtui.paths import Paths
        config, state, runtime = map(Path, sys.argv[1:])
        paths = Paths(config_dir=config, state_dir=state, runtime_dir=runtime)
        dialer = Dialer(paths=paths, environ={}, clock=SystemClock(), version="1")
        engine = SocketEngine(dialer=dialer, environ={}, console=this_console)
        try:
            engine.url("vm", Unattended())
        except Interrupted as error:
            sys.exit(int(error.code))
    """)
    folders = [paths.config_dir, paths.state_dir, paths.runtime_dir]
    with subprocess.Popen([sys.executable, "-c", script, *folders]) as client:
        until(asked.is_set, what="the request")
        client.send_signal(signal.SIGINT)
        assert client.wait(20) == 130
    until(gone.is_set, what="closing the connection")


HEAVY = {
    *("asyncio", "libtmux", "multiprocessing.connection", "urllib.request", "http"),
    *("subprocess", "psutil", "tomli", "tomlkit", "paramiko", "textual"),
}


def test_asking_the_agent_loads_nothing_heavy() -> None:
    script = (
        f"import sys, nbtui.client.socket_engine as _; print({HEAVY} & {{*sys.modules}})"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    assert loaded.stdout == b"set()\n"
