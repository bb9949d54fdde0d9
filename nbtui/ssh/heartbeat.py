"""Finding out that a link is dead although nobody says so.

Every few seconds a link is sent a request that wants an answer; what counts is not the answer but that any byte
arrives, since an answer may queue behind a bulk transfer. Two threads for all links: one sends, the other only
looks, because sending to a dead host blocks once its buffers are full. Surprise: a laptop that slept or a process
that was stopped looks like silence; time in which we did not run does not count.
"""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

import paramiko

from nbtui.clock import Clock
from nbtui.ssh.transport import LinkTransport
from nbtui.ssh.wire import Wire

EVERY = 5.0
"""Seconds between two heartbeats of a link."""
SILENCE = 15.0
"""Seconds without a byte, with a heartbeat under way, after which a link is lost."""
LOOK = 1.0
"""Seconds between two looks."""
log = logging.getLogger(__name__)


class Patient(Protocol):
    """What has a heartbeat."""

    @property
    def last_heard(self) -> float:
        """Monotonic seconds at which the last byte arrived."""

    @property
    def waiting_since(self) -> float | None:
        """When the heartbeat that is under way was sent; None: none is."""

    def pulse(self) -> None:
        """Send one, unless one is under way; may block."""

    def pronounce(self, reason: str) -> None:
        """Declare it dead; may not block."""


class Heart:
    """The heartbeat of all links; its threads run while there is one."""

    def __init__(
        self,
        *,
        clock: Clock,
        every: float = EVERY,
        silence: float = SILENCE,
        look: float = LOOK,
    ) -> None:
        self._clock = clock
        self._pause = look
        self._every = every
        self._silence = silence
        self._lock = Lock()
        self._patients: set[Patient] = set()
        self._stop: Event | None = None
        self._looked = clock.monotonic()
        self._awake_since = float("-inf")

    def add(self, patient: Patient) -> None:
        """Begin with a link that came up."""
        with self._lock:
            self._patients.add(patient)
            if self._stop is None:
                self._looked = self._clock.monotonic()
                self._stop = stop = Event()
                for work, pause in ((self.beat, self._every), (self.look, self._pause)):
                    Thread(
                        target=_repeat,
                        args=(work, pause, stop),
                        name="heartbeat",
                        daemon=True,
                    ).start()

    def remove(self, patient: Patient) -> None:
        """End with a link that went down; one that is not there is no error."""
        with self._lock:
            self._patients.discard(patient)
            if not self._patients and self._stop is not None:
                self._stop.set()
                self._stop = None

    def beat(self) -> None:
        """Send each link a heartbeat."""
        for patient in self._all():
            try:
                patient.pulse()
            except Exception:  # one link's trouble is not the others'
                log.exception("heartbeat")

    def look(self) -> None:
        """Declare dead what has been silent for too long."""
        now = self._clock.monotonic()
        if now - self._looked > 5 * self._pause:  # we slept
            self._awake_since = now
        self._looked = now
        for patient in self._all():
            silent = now - max(patient.last_heard, self._awake_since)
            if patient.waiting_since is not None and silent >= self._silence:
                patient.pronounce(f"no byte for {silent:.0f} s")

    def _all(self) -> list[Patient]:
        with self._lock:
            return list(self._patients)


def _repeat(work: Callable[[], None], pause: float, stop: Event) -> None:
    while not stop.wait(pause):
        work()


class Pulse:
    """The heartbeat of one connection; see `Patient`."""

    def __init__(self, transport: LinkTransport, wire: Wire, *, clock: Clock) -> None:
        self._transport = transport
        self._wire = wire
        self._clock = clock
        self.waiting_since: float | None = None
        """See `Patient.waiting_since`."""
        self.latency: float | None = None
        """Seconds of the last round trip; None before the first."""
        self.verdict = ""
        """Why it was declared dead; empty: it was not."""

    @property
    def last_heard(self) -> float:
        """See `Patient.last_heard`."""
        return self._wire.last_heard

    def pulse(self) -> None:
        """See `Patient.pulse`. A host that knows no such request answers no, which is as good."""
        if self.waiting_since is None and self._transport.is_active():
            self.waiting_since = self._clock.monotonic()
            self._transport.request("keepalive@openssh.com", then=self._answered)

    def pronounce(self, reason: str) -> None:
        """See `Patient.pronounce`; the thread is for a connection through another that is dead too."""
        if not self.verdict:
            self.verdict = reason
            Thread(target=self.close, name="lost link", daemon=True).start()

    def close(self) -> None:
        """End the connection; safe to call twice."""
        self._transport.close()
        self._wire.close()

    def _answered(self, _answer: paramiko.Message | None) -> None:
        if self.waiting_since is not None and not self._transport.ended.is_set():
            self.latency = self._clock.monotonic() - self.waiting_since
        self.waiting_since = None
