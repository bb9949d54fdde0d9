"""Noticing that a machine answers again, without logging in to it.

While a lost link waits for its next attempt, its first machine is asked for a TCP connection every second, and for
its greeting. All who wait for one machine share one thread. Surprise: a frozen sshd takes connections and queues
them; each counts against its limits (MaxStartups, PerSourcePenalties) once it runs again, so a connection that
stands is kept ever longer and not replaced every second.
"""

import contextlib
import selectors
import socket
from collections.abc import Callable
from threading import Event, Lock, Thread

from nbtui.clock import Clock
from nbtui.errors import Interrupted, NoAnswer
from nbtui.model.question import nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.tcp import connect

OFTEN, RARELY = 1.0, 5.0
"""Seconds between two questions: at first, and after `LONG`."""
LONG = 600.0
"""Seconds of silence after which somebody who sits there has gone home."""
PATIENCE = 4.0
"""Seconds in which a connection that stands has to bring a greeting; doubled for each that did not."""
MOST_PATIENCE = 60.0
LOOK = 1.0
"""Seconds in which a watch that was ended ends; nothing waits for that."""
GREETING = b"SSH-"

Answers = Callable[[], None]


class Lookout:
    """Watches for any number of machines; its threads run while somebody wants to know."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._watches: dict[Target, _Watch] = {}
        self._patience: dict[Target, float] = {}
        """Of machines that took a connection and said nothing."""

    def watch(self, target: Target, answers: Answers) -> Callable[[], None]:
        """Call `answers` once, on a thread of ours, when the machine greets.

        Args:
            target: reached by TCP, without a jump.
            answers: may block for a moment.

        Returns: what ends the watch; safe to call twice and afterwards.
        """
        with self._lock:
            watch = self._watches.get(target)
            if watch is None:
                watch = self._watches[target] = self._begin(target)
                Thread(target=self._run, args=(watch,), name="lookout", daemon=True).start()
            watch.told.append(answers)

        def end() -> None:
            with self._lock, contextlib.suppress(ValueError):
                watch.told.remove(answers)
                if not watch.told:
                    self._watches.pop(target, None)
                    watch.end()

        return end

    def _begin(self, target: Target) -> "_Watch":
        patience = self._patience.get(target, PATIENCE)
        return _Watch(target, patience=patience, clock=self._clock)

    def _run(self, watch: "_Watch") -> None:
        with contextlib.suppress(Interrupted):
            watch.wait()
        with self._lock:
            self._patience[watch.target] = watch.patience
            if self._watches.get(watch.target) is watch:
                del self._watches[watch.target]
            told, watch.told = watch.told, []
        for answers in told:
            answers()


class _Watch:
    """One machine."""

    def __init__(self, target: Target, *, patience: float, clock: Clock) -> None:
        self.target = target
        self.patience = patience
        self.told: list[Answers] = []
        self._clock = clock
        self._ended = Event()
        self._attempt = Attempt(
            where=target.where, seconds=float("inf"), clock=clock, ask=nobody, tell=silent
        )

    def end(self) -> None:
        self._ended.set()
        self._attempt.cancel()

    def wait(self) -> None:
        """Return when it greets. Raises Interrupted: `end` was called."""
        began = self._clock.monotonic()
        while True:
            with contextlib.suppress(NoAnswer, OSError):
                if self._asked():
                    return
            long = self._clock.monotonic() - began > LONG
            self._ended.wait(RARELY if long else OFTEN)
            self._attempt.check()

    def _asked(self) -> bool:
        """Whether it greets on one connection. Raises NoAnswer, OSError, Interrupted."""
        with connect(self.target, self._attempt, clock=self._clock, look=LOOK) as sock:
            return self._greets(sock)

    def _greets(self, sock: socket.socket) -> bool:
        """A server speaks unasked: RFC 4253, section 4.2. False: it is silent, or says something else."""
        deadline = self._clock.monotonic() + self.patience
        with selectors.DefaultSelector() as reading:
            reading.register(sock, selectors.EVENT_READ)
            while not reading.select(LOOK):
                self._attempt.check()
                if self._clock.monotonic() >= deadline:
                    self.patience = min(2 * self.patience, MOST_PATIENCE)
                    return False
        self.patience = PATIENCE
        return GREETING in sock.recv(1024)
