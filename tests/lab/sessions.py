"""A session whose host is played by the test: its jobs end when and how the test says."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, cast

from fakes import FakeClock
from nbtui.errors import NbtuiError
from nbtui.model.profile import JupyterSettings
from nbtui.model.question import Question
from nbtui.model.runner import Runner, Shells
from nbtui.model.target import Resolved, Target
from nbtui.session.caller import Caller
from nbtui.session.jobs import Work
from nbtui.session.machine import Job, Level, Wish
from nbtui.session.reach import reach
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.turn import turns
from nbtui.ssh.link import Link, LoginContext
from nbtui.ssh.listeners import Listeners
from waiting import until

Outcome = Callable[[Rig, Work], bool]


class PlayedLink:
    """A link as far as a session looks at it."""

    latency = None
    busy = False
    last_heard = 0.0

    def __init__(self) -> None:
        self.up = True
        self.told: list[Callable[[str], None]] = []
        self.watchers: list[Callable[[], None]] = []
        self.risen: list[Callable[[], None]] = []
        self.missed: Listeners[()] = Listeners()

    def on_lost(self, callback: Callable[[str], None]) -> Callable[[], None]:
        self.told.append(callback)
        return lambda: self.told.remove(callback) if callback in self.told else None

    def on_way_up(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.risen.append(callback)
        return lambda: self.risen.remove(callback) if callback in self.risen else None

    def watch(self, answers: Callable[[], None]) -> Callable[[], None]:
        self.watchers.append(answers)
        return lambda: self.watchers.remove(answers) if answers in self.watchers else None

    def lose(self) -> None:
        self.up = False
        for callback in list(self.told):
            callback("cut")


class PlayedForward:
    """A listener that says whether it listens."""

    def __init__(self) -> None:
        self.listens = True

    def open(self) -> None: ...

    def close(self) -> None:
        self.listens = False


class Host:
    """Makes the rigs of one session and ends its jobs."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.link = PlayedLink()
        self.rigs: list[Rig] = []
        self.released = 0
        self.begun: SimpleQueue[Job] = SimpleQueue()
        self.outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self.remembered: list[Level] = []
        self.changes = 0
        self.session = Session(
            name="myvm",
            make_rig=self._rig,
            take_turn=turns(self._run),
            clock=self.clock,
            changed=self._changed,
            remember=lambda _name, wanted: self.remembered.append(wanted.goal),
        )

    def _rig(self, _caller: Caller) -> Rig:
        target = Target(host="myvm", port=22, user="ada")
        resolved = Resolved(name="myvm", target=target, jupyter=JupyterSettings())
        rig = Rig(
            resolved=resolved, link=cast("Link", self.link), release=self._release,
            runner=cast("Runner", None), shells=cast("Shells", None),
        )  # fmt: skip
        self.rigs.append(rig)
        return rig

    def _release(self, _link: Link) -> None:
        self.released += 1

    def _changed(self, _session: Session) -> None:
        self.changes += 1

    def _run(self, _session: Session, job: Job, rig: Rig, work: Work) -> bool:
        self.begun.put(job)
        return self.outcomes.get(timeout=20)(rig, work)

    def ends(self, *outcomes: "bool | NbtuiError | Outcome") -> None:
        """The next jobs end so: found or not, with an error, or as a function says."""
        for outcome in outcomes:
            self.outcomes.put(_outcome(outcome))

    def began(self, job: Job) -> None:
        """The next job that began is this one."""
        assert self.begun.get(timeout=20) is job

    def becomes(self, kind: type[Any]) -> None:
        until(
            lambda: isinstance(self.session.state, kind), what=f"the state {kind.__name__}"
        )


def _outcome(outcome: "bool | NbtuiError | Outcome") -> Outcome:
    def play(_rig: Rig, _work: Work) -> bool:
        if isinstance(outcome, NbtuiError):
            raise outcome
        return bool(outcome)

    return outcome if callable(outcome) else play


class Visitor:
    """Somebody who wants something, in a thread; `answers` what they are asked."""

    def __init__(
        self, host: Host, wish: Wish, *, can_ask: bool = False, **facts: Any
    ) -> None:
        self.gone = Event()
        self.vanished = True
        self.shown: SimpleQueue[Question] = SimpleQueue()
        self.withdrawn: list[str] = []
        self.error: NbtuiError | None = None
        self.caller = Caller(
            asker=self if can_ask else None, gone=self.gone,
            login=LoginContext(auth_sock=None), **facts,
        )  # fmt: skip
        self._host, self._wish = host, wish
        self._thread = Thread(target=self._reach, daemon=True)
        self._thread.start()

    def _reach(self) -> None:
        try:
            reach(self._host.session, self._wish, self.caller)
        except NbtuiError as exc:
            self.error = exc

    def show(self, question: Question) -> None:
        self.shown.put(question)

    def withdraw(self, question_id: str) -> None:
        self.withdrawn.append(question_id)

    def asked(self) -> Question:
        return self.shown.get(timeout=20)

    def leave(self, *, vanished: bool = False) -> None:
        """Ctrl-C, or without a word."""
        self.vanished = vanished
        self.gone.set()
        self._host.session.desk.leave()

    def end(self) -> "NbtuiError | None":
        """Wait until they have what they wanted, or the reason why not."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.error
