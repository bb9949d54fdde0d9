"""Messages survive the way over the wire, and nothing hostile gets through as one."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from nbtui.ipc.errors import ProtocolError
from nbtui.ipc.messages import (
    AgentHello,
    Answer,
    Asked,
    Cancel,
    Checked,
    Context,
    Done,
    Eof,
    Failed,
    FromAgent,
    FromClient,
    Hello,
    Lines,
    Ready,
    Request,
    Resize,
    Snapshots,
    Taken,
    Withdrawn,
    from_agent,
    from_client,
)
from nbtui.model.check import Check, Fix
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import (
    ForwardState,
    Kernel,
    KernelCount,
    Lights,
    ServerInfo,
    Snapshot,
    Usage,
)

QUESTION = Question(kind="choice", text="Which?", choices=(("a", "A"), ("b", "B")), id="q1")
FAILURE = Failure(code=9, message="busy", hint="wait", layer="jupyter", host="vm")
ROW = Snapshot(
    name="vm",
    host="10.0.0.7",
    state="connected",
    lights=Lights(link="ok", kernels="warn"),
    local_port=8889,
    server=ServerInfo(pid=1, version="2", root_dir="/", started_at=None),
    kernels=KernelCount(total=1, busy=1, idle_since=None),
    kernel_list=(Kernel(id="k", name="python3", path="a", busy=True, last_activity=1.5),),
    forwards=(ForwardState(kind="local", listen="localhost:1", to="localhost:2"),),
    question=QUESTION,
    last_error=FAILURE,
    tags=("gpu",),
    usage=Usage(
        cores=1,
        load=(0.1, 0.2, 0.3),
        memory_total=2,
        memory_used=1,
        disk_total=2,
        disk_used=1,
        uptime=3.0,
    ),
)
CLIENT: list[FromClient] = [
    Hello(version="0.1.0"),
    Request(op="ping"),
    Request(
        op="connect",
        args={"name": "vm", "wait": None},
        context=Context(
            auth_sock="/a",
            ssh_config="/c",
            term="xterm",
            lang="C",
            display=":0",
            can_ask=True,
        ),
    ),
    Answer(id="q1", value="secret"),
    Answer(id="q1", value=None),
    Resize(columns=80, rows=24),
    Eof(),
    Cancel(),
]
AGENT: list[FromAgent] = [
    AgentHello(version="0.1.0", pid=4, links=2),
    Snapshots(profiles=(ROW, Snapshot(name="b", host="b"))),
    Asked(question=QUESTION),
    Withdrawn(id="q1"),
    Lines(lines=("one", "")),
    Checked(check=Check(layer="tcp", status="wait")),
    Checked(check=Check("tmux", "warn", "e", "h", 0.5, 0, Fix("dead-session", "t", "$1"))),
    Ready(note="Ctrl-b d detaches"),
    Taken(size=65536),
    Done(value={"url": "http://localhost:1/?token=x"}),
    Failed(failure=FAILURE),
]


def named(message: FromClient | FromAgent) -> str:
    place = [*CLIENT, *AGENT].index(message)
    return f"{type(message).__name__}{place}"


def over_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


@pytest.mark.parametrize("message", CLIENT, ids=named)
def test_what_a_client_says_arrives_as_it_was(message: FromClient) -> None:
    assert from_client(over_the_wire(message.to_json())) == message


@pytest.mark.parametrize("message", AGENT, ids=named)
def test_what_the_agent_says_arrives_as_it_was(message: FromAgent) -> None:
    assert from_agent(over_the_wire(message.to_json())) == message


def test_the_examples_are_all_messages_there_are() -> None:
    assert {type(one) for one in CLIENT} == set(FromClient.__args__)
    assert {type(one) for one in AGENT} == set(FromAgent.__args__)


@pytest.mark.parametrize("message", [*CLIENT, *AGENT], ids=named)
def test_keys_of_a_newer_version_are_ignored(message: FromClient | FromAgent) -> None:
    document = over_the_wire(message.to_json() | {"from the future": [1]})
    read = from_client if message in CLIENT else from_agent
    assert read(document) == message


@pytest.mark.parametrize("message", [*CLIENT, *AGENT], ids=named)
def test_a_field_that_is_missing_or_of_another_type_is_refused(
    message: FromClient | FromAgent,
) -> None:
    read = from_client if message in CLIENT else from_agent
    for name in {*message._fields} - {"value"}:
        document = message.to_json()
        with pytest.raises(ProtocolError):
            read(document | {name: [{"x": 1}, 2] if name != "question" else 7})


def test_true_is_no_number_and_a_size_is_positive() -> None:
    for columns in (True, 0, -1, 65536, 80.0, "80"):
        with pytest.raises(ProtocolError):
            from_client({"type": "resize", "columns": columns, "rows": 24})


def test_neither_side_takes_the_others_messages() -> None:
    for document in ({"type": "done"}, {"type": "question"}, {}, {"type": ["hello"]}):
        with pytest.raises(ProtocolError):
            from_client(document)
    with pytest.raises(ProtocolError):
        from_agent({"type": "request", "op": "quit"})


def test_no_secret_shows_in_the_representation_of_a_message() -> None:
    assert "secret" not in repr(Answer(id="q", value="secret"))
    assert "secret" not in repr(Done(value={"url": "?token=secret"}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TYPES = st.sampled_from([one.to_json()["type"] for one in (*CLIENT, *AGENT)])
KEYS = st.sampled_from([name for kind in (*CLIENT, *AGENT) for name in kind._fields])


@given(TYPES, st.dictionaries(KEYS, JSON))
def test_any_object_is_read_as_a_message_or_refused(
    kind: str, document: dict[str, Any]
) -> None:
    for read in (from_client, from_agent):
        with contextlib.suppress(ProtocolError):
            assert isinstance(read(document | {"type": kind}), FromClient | FromAgent)
