"""Short stand-ins for what front-end tests must own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Self

from nbtui.client.engine import (
    AgentInfo,
    ConnectOptions,
    ReplacedKey,
    StopReport,
    StopStep,
    Talk,
)
from nbtui.model.check import Check, Fix
from nbtui.model.hint import Hint
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot

Batch = tuple[Snapshot, ...]


class FakeClock:
    """Time stands still until somebody moves it."""

    def __init__(self, wall: float = 1_700_000_000.0) -> None:
        self.now = 0.0
        self._start = wall

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self._start + self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Stream:
    """What `watch` and `logs` hand out: a queue that ends with None."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[Batch | None] = SimpleQueue()
        self.closed = False

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        batch = self.queue.get()
        if batch is None:
            raise StopIteration
        return batch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True
        self.queue.put(None)


class FakeChecks:
    """An examination whose findings come when the test says so."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[Check | None] = SimpleQueue()
        self.closed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Check:
        check = self.queue.get()
        if check is None:
            raise StopIteration
        return check

    def close(self) -> None:
        self.closed = True
        self.queue.put(None)


@dataclass
class FakeEngine:
    """Says what it was told to say, and notes what it was asked."""

    snapshots_now: Batch = ()
    calls: list[tuple[object, ...]] = field(default_factory=list)
    replies: dict[str, Callable[[str, Talk], Snapshot]] = field(default_factory=dict)
    """What a verb does instead of nothing, by its name."""

    streams: list[Stream] = field(default_factory=list)
    log_lines: Sequence[str] = ()
    hint_list: tuple[Hint, ...] = ()
    examinations: "list[FakeChecks]" = field(default_factory=list)

    def say(self, *batch: Snapshot) -> None:
        """Send a batch to whoever watches."""
        self.streams[-1].queue.put(batch)

    def watch(self, _names: Sequence[str] | None = None) -> Stream:
        stream = Stream()
        stream.queue.put(self.snapshots_now)
        self.streams.append(stream)
        return stream

    def snapshots(self, names: Sequence[str] | None = None) -> Batch:
        return tuple(one for one in self.snapshots_now if not names or one.name in names)

    def connect(self, name: str, options: ConnectOptions, talk: Talk) -> Snapshot:
        return self._do("connect", name, talk, options.start)

    def start(self, name: str, wait: float | None, talk: Talk) -> Snapshot:
        return self._do("start", name, talk, wait)

    def probe(self, name: str, talk: Talk) -> Snapshot:
        return self._do("probe", name, talk)

    def stop(self, name: str, yes: bool, force: bool, talk: Talk) -> StopReport:  # noqa: FBT001  # as the Protocol has it
        self._do("stop", name, talk, yes, force)
        return StopReport(
            name=name, steps=(StopStep(step="server asked", ok=True, seconds=0.4),), left=()
        )

    def mend(self, name: str | None, fix: Fix, talk: Talk) -> str:
        self._do("mend", name or "", talk, fix.name)
        return f"{fix.name} is done"

    def disconnect(self, names: Sequence[str] | None) -> Batch:
        self.calls.append(("disconnect", tuple(names or ())))
        return ()

    def url(self, name: str, talk: Talk, *, sent: bool = False) -> str:  # noqa: ARG002
        self._do("url", name, talk)
        return f"http://localhost:8889/lab?token=secret-{name}"

    def hints(self, names: Sequence[str] | None, talk: Talk) -> tuple[Hint, ...]:
        self._do("hints", (names or ("",))[0], talk)
        return self.hint_list

    def doctor(
        self,
        name: str | None,
        mending: bool,  # noqa: FBT001  # as the Protocol has it
        talk: Talk,
        *,
        draft: Profile | None = None,
    ) -> "FakeChecks":
        drafted = () if draft is None else (draft,)
        self._do("doctor", name or "", talk, mending, *drafted)
        self.examinations.append(FakeChecks())
        return self.examinations[-1]

    def logs(self, name: str, lines: int, follow: bool, talk: Talk) -> Iterator[str]:  # noqa: FBT001  # as the Protocol has it
        self._do("logs", name, talk, lines, follow)
        return iter(self.log_lines)

    def attach(self, name: str, talk: Talk) -> int:
        self._do("attach", name, talk)
        return 0

    def shell(self, name: str, command: Sequence[str] | None, talk: Talk) -> int:
        self._do("shell", name, talk, command)
        return 0

    def replace_host_key(
        self, name: str, offered: str | None, talk: Talk
    ) -> tuple[ReplacedKey, ...]:
        self._do("replace_host_key", name, talk, offered)
        return (
            ReplacedKey(host=name, old="", new=offered or "", file="f", line=1, kept=()),
        )

    def forget(self, name: str, talk: Talk) -> tuple[str, ...]:
        self._do("forget", name, talk)
        return ()

    def answer(self, name: str, question_id: str, value: str | None) -> None:
        self.calls.append(("answer", name, question_id, value))

    def agent_status(self) -> AgentInfo:
        return AgentInfo(pid=1, version="0", links=0)

    def agent_start(self) -> AgentInfo:
        return self.agent_status()

    def agent_restart(self) -> AgentInfo:
        return self.agent_status()

    def agent_stop(self) -> None:
        self.calls.append(("agent_stop",))

    def verbs(self) -> list[object]:
        """The names of the calls so far."""
        return [call[0] for call in self.calls]

    def _do(self, verb: str, name: str, talk: Talk, *rest: object) -> Snapshot:
        self.calls.append((verb, name, *rest))
        act = self.replies.get(verb)
        return act(name, talk) if act else Snapshot(name=name, host=name)
