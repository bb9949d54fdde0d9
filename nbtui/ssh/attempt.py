"""One try to open a link: its time, and the way to end it from another thread.

Surprise: time in which a person thinks does not count, and an answer starts the time anew, since a host takes
its time over a wrong password.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Protocol, TypeVar

from nbtui.clock import Clock
from nbtui.errors import HostUnreachable, Interrupted
from nbtui.model.question import Ask, Question, Tell
from nbtui.ssh.stage import Passed, Stage, unnoticed

SLICE = 0.1
"""Seconds after which a wait looks whether it was cancelled, where nothing wakes it."""
PATIENCE = 20.0
"""Seconds that any host waits for an answer; sshd's LoginGraceTime is 120, some sites have 30."""
SECRETS = frozenset({"password", "passphrase", "code"})
"""Questions whose answers are kept by nobody but this process, if at all."""
T = TypeVar("T")


class Closable(Protocol):
    """What a cancelled try closes."""

    def close(self) -> None:
        """Safe to call twice and from another thread."""


class Attempt:
    """Made by who opens a link; see the module."""

    def __init__(
        self,
        *,
        where: str,
        seconds: float,
        clock: Clock,
        ask: Ask,
        tell: Tell,
        notice: Passed = unnoticed,
    ) -> None:
        self.where = where
        """`user@host`, for messages."""
        self.tell = tell
        self.unanswered = False
        """A question had nobody to answer it."""
        self.slow = False
        """The last answer took so long that the host may have hung up meanwhile."""
        self.personal = False
        """A secret that a person said was used, now or from memory: another process could not do the same."""
        self.seconds = seconds
        self.notice = notice
        """Hears of each step that went well, those of the jumps too."""
        self._clock = clock
        self._ask = ask
        self._end = clock.monotonic() + seconds
        self._cancelled = Event()
        self._lock = Lock()
        self._held: list[Closable] = []

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock.monotonic())

    def check(self) -> None:
        """Raise Interrupted when the try was cancelled."""
        if self._cancelled.is_set():
            raise Interrupted("the connection was cancelled", host=self.where)

    def passed(self, layer: str, evidence: str, *, at: float | None = None) -> None:
        """A step of the dial went well.

        Args: at: monotonic seconds; None: now.
        """
        when = self._clock.monotonic() if at is None else at
        self.notice(Stage(where=self.where, layer=layer, evidence=evidence, at=when))

    def cancel(self) -> None:
        """End the try: whatever waits in it raises Interrupted."""
        with self._lock:
            self._cancelled.set()
            held = list(self._held)
        for thing in held:
            thing.close()

    def close(self) -> None:
        """The same as `cancel`, for the try that this one is a part of."""
        self.cancel()

    @contextlib.contextmanager
    def holding(self, thing: Closable) -> Iterator[None]:
        """Close `thing` when the try is cancelled meanwhile, and when it fails in here."""
        with self._lock:
            self._held.append(thing)
        try:
            self.check()
            yield
        except BaseException:
            thing.close()
            raise
        finally:
            with self._lock:
                self._held.remove(thing)

    def ask(self, question: Question) -> str | None:
        """Put a question. Raises Interrupted."""
        began = self._clock.monotonic()
        answer = self._ask(question)
        now = self._clock.monotonic()
        self._end = now + self.seconds
        self.unanswered |= answer is None
        self.check()
        self.personal |= answer is not None and question.kind in SECRETS
        self.slow = now - began > PATIENCE
        return answer

    @contextlib.contextmanager
    def person(self) -> Iterator[None]:
        """Time in here does not count: a person is at work (a key that wants to be touched)."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self._end += self._clock.monotonic() - began

    def aside(self, work: Callable[[], T], *, layer: str, what: str) -> T:
        """Do what cannot be cancelled in a thread that is left behind when time is up.

        Raises: what `work` raises; HostUnreachable, Interrupted: see `wait`.
        """
        outcome: Future[T] = Future()
        Thread(target=_settle, args=(work, outcome), name=what, daemon=True).start()
        try:
            self.poll(
                lambda: bool(futures.wait([outcome], min(SLICE, self.left())).done),
                layer=layer,
                what=what,
            )
        except BaseException:
            outcome.add_done_callback(_discard)
            raise
        return outcome.result()

    def wait(self, event: Event, *, layer: str, what: str) -> None:
        """Wait for an event. Raises HostUnreachable when time is up, Interrupted."""
        self.poll(lambda: event.wait(min(SLICE, self.left())), layer=layer, what=what)

    def poll(self, ready: Callable[[], bool], *, layer: str, what: str) -> None:
        """Call `ready`, which may block for `SLICE`, until it says yes. Raises as `wait`."""
        while not ready():
            self.check()
            if not self.left():
                raise self.expired(layer=layer, what=what)
        self.check()

    def expired(self, *, layer: str, what: str) -> HostUnreachable:
        """The error that says which step took too long."""
        seconds = math.ceil(self.seconds)
        return HostUnreachable(
            f"{self.where}: {what} took longer than {seconds} s",
            host=self.where,
            layer=layer,
        )


def _settle(work: Callable[[], T], outcome: "Future[T]") -> None:
    try:
        outcome.set_result(work())
    except BaseException as exc:  # noqa: BLE001  # it is raised again where it is waited for
        outcome.set_exception(exc)


def _discard(outcome: "Future[T]") -> None:
    """Close what came too late."""
    if outcome.exception() is None and hasattr(result := outcome.result(), "close"):
        result.close()
