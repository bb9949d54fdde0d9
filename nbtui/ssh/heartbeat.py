"""Finding out that a link is dead although nobody says so.

Every few seconds a link is sent a request that wants an answer; what counts is not the answer but any sign of life:
a byte that arrives, since an answer may queue behind a bulk transfer, or a queue towards the host that gets shorter,
since the request may, too. Surprise: a laptop that slept or a process that was stopped looks like silence; time in
which we did not run does not count, but then the link is doubted, and gets only a moment to answer. The same when
the way to the host has become another one; when our own address is gone, there is nothing to wait for.

One thread looks at all links, one sends, because sending to a dead host blocks once its buffers are full; when it
does, another takes over the rest.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Protocol

import paramiko

from nbtui.clock import Clock, Naps
from nbtui.ssh.farewell import Farewell
from nbtui.ssh.here import is_here, source_now
from nbtui.ssh.transport import LinkTransport
from nbtui.ssh.wire import Wire

EVERY = 5.0
"""Seconds between two heartbeats of a link."""
SILENCE = 15.0
"""Seconds without a sign of life, with a heartbeat under way, after which a link is lost."""
DOUBT = 2.0
"""The same for a link that may have died while we slept, or with the network that we left."""
DEAF = 60.0
"""Seconds without a byte, with a heartbeat under way, after which a link is lost whatever is taken from us."""
LOOK = 1.0
"""Seconds between two looks."""
MOMENT = 0.3
"""Seconds in which bytes may still be read that lay here when the doubt came up."""
SLEEPY = 5.0
"""Looks that have to be missed in a row to call it a sleep."""
STUCK = 2.0
"""Seconds in one heartbeat's sending after which the others get another thread."""
SLOW = 2.0
"""Seconds after which an answer that did not come waits behind other bytes."""
FLOWING = 5.0
"""Seconds since the last sign of life in which a line counts as one that carries something."""
log = logging.getLogger(__name__)


class Patient(Protocol):
    """What has a heartbeat."""

    @property
    def last_heard(self) -> float:
        """Monotonic seconds at which the last byte arrived."""

    @property
    def last_sign(self) -> float:
        """Monotonic seconds of the last sign of life; see the module."""

    @property
    def waiting_since(self) -> float | None:
        """When the heartbeat that is under way was sent; None: none is."""

    def look(self) -> None:
        """Take note of what moves; may not block."""

    def stranded(self) -> bool:
        """This machine has not the address any more that the connection uses; may not block."""

    def rerouted(self) -> bool:
        """Since the last call the way to the host became another one; may not block."""

    def pulse(self) -> None:
        """Send one, unless one is under way; may block."""

    def pronounce(self, reason: str) -> None:
        """Declare it dead; may not block."""


@dataclass(kw_only=True, slots=True)
class _Doubt:
    """A reason to believe that a link is dead."""

    since: float
    why: str


@dataclass(kw_only=True, slots=True)
class _Beater:
    """The thread that sends."""

    stop: Event = field(default_factory=Event)
    hurry: Event = field(default_factory=Event)
    sending_since: float | None = None
    """When it began with the heartbeat that it is sending now."""

    def end(self) -> None:
        self.stop.set()
        self.hurry.set()


class Heart:
    """The heartbeat of all links; its threads run while there is one."""

    def __init__(
        self,
        *,
        clock: Clock,
        every: float = EVERY,
        silence: float = SILENCE,
        doubt: float = DOUBT,
        look: float = LOOK,
    ) -> None:
        self._clock = clock
        self._pause = look
        self._every = every
        self._silence = silence
        self._doubt = doubt
        self._lock = Lock()
        self._patients: dict[Patient, _Doubt | None] = {}
        self._stop: Event | None = None
        self._beater = _Beater()
        self._naps = Naps(clock, worth=SLEEPY * look)

    def add(self, patient: Patient) -> None:
        """Begin with a link that came up."""
        with self._lock:
            self._patients[patient] = None
            if self._stop is None:
                self._naps.missed(0.0)
                self._stop = stop = Event()
                self._start(lambda: self._look_on(stop))
                self._begin_to_beat()

    def remove(self, patient: Patient) -> None:
        """End with a link that went down; one that is not there is no error."""
        with self._lock:
            self._patients.pop(patient, None)
            if not self._patients and self._stop is not None:
                self._stop.set()
                self._stop = None
                self._beater.end()

    def beat(self) -> None:
        """Send each link a heartbeat."""
        self._beat(self._beater)

    def look(self) -> None:
        """Declare dead what has been silent for too long."""
        slept = self._naps.missed(self._pause)
        now = self._clock.monotonic()
        doubts = 0
        for patient in self._all():
            doubt = self._doubted(patient, now, slept=bool(slept))
            doubts += doubt is not None
            if reason := self._verdict(patient, doubt, now):
                patient.pronounce(reason)
        if doubts:
            self._beater.hurry.set()
        self._relieve(now)

    def _doubted(self, patient: Patient, now: float, *, slept: bool) -> _Doubt | None:
        """Why this link may be dead; a byte that came since settles it."""
        doubt = self._patients.get(patient)
        if doubt is not None and patient.last_heard > doubt.since + MOMENT:
            doubt = None
        if patient.rerouted():
            doubt = _Doubt(since=now, why="the way to it changed")
        if slept:
            doubt = _Doubt(since=now, why="we slept")
        with self._lock:
            if patient in self._patients:
                self._patients[patient] = doubt
        return doubt

    def _verdict(self, patient: Patient, doubt: _Doubt | None, now: float) -> str:
        """Why it is dead; empty: it is not."""
        if patient.stranded():
            return "the address of this machine changed"
        patient.look()
        if patient.waiting_since is None:
            return ""
        if doubt is not None:
            silent = now - max(doubt.since, patient.waiting_since)
            return f"no byte since {doubt.why}" if silent >= self._doubt else ""
        silent, deaf = now - patient.last_sign, now - patient.last_heard
        return (
            f"no byte for {deaf:.0f} s" if silent >= self._silence or deaf >= DEAF else ""
        )

    def _relieve(self, now: float) -> None:
        """Let another thread beat when one host does not take what it is sent."""
        since = self._beater.sending_since
        if since is not None and now - since >= STUCK:
            with self._lock:
                self._beater.end()
                if self._stop is not None:
                    self._begin_to_beat()

    def _begin_to_beat(self) -> None:
        self._beater = beater = _Beater()
        self._start(lambda: self._beat_on(beater))

    def _beat_on(self, beater: _Beater) -> None:
        while not beater.stop.is_set():
            beater.hurry.wait(self._every)
            beater.hurry.clear()
            self._beat(beater)

    def _beat(self, beater: _Beater) -> None:
        for patient in self._all():
            if beater.stop.is_set():
                return
            beater.sending_since = self._clock.monotonic()
            try:
                patient.pulse()
            except Exception:  # one link's trouble is not the others'
                log.exception("heartbeat")
            beater.sending_since = None

    def _look_on(self, stop: Event) -> None:
        while not stop.wait(self._pause):
            self.look()

    @staticmethod
    def _start(work: Callable[[], None]) -> None:
        Thread(target=work, name="heartbeat", daemon=True).start()

    def _all(self) -> list[Patient]:
        with self._lock:
            return list(self._patients)


class Pulse:
    """The heartbeat of one connection; see `Patient`."""

    def __init__(self, transport: LinkTransport, wire: Wire, *, clock: Clock) -> None:
        self._transport = transport
        self._wire = wire
        self._clock = clock
        self._place = wire.place()
        self._source = "" if self._place is None else str(self._place.local[0])
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

    @property
    def last_sign(self) -> float:
        """See `Patient.last_sign`."""
        return max(self._wire.last_heard, self._wire.last_moved)

    @property
    def busy(self) -> bool:
        """Answers wait behind other bytes: that one does not come in time is no fault of who should give it."""
        now, since = self._clock.monotonic(), self.waiting_since
        waits = (
            self.latency or 0.0 if since is None else max(now - since, self.latency or 0.0)
        )
        return waits > SLOW and now - self.last_sign < FLOWING

    def look(self) -> None:
        """See `Patient.look`."""
        self._wire.look()

    def stranded(self) -> bool:
        """See `Patient.stranded`."""
        return self._place is not None and not is_here(self._place)

    def rerouted(self) -> bool:
        """See `Patient.rerouted`. No way at all may be a Wi-Fi that changes its station: silence will tell."""
        source = self._source if self._place is None else source_now(self._place)
        before, self._source = self._source, source or self._source
        return self._source != before

    def pulse(self) -> None:
        """See `Patient.pulse`. A host that knows no such request answers no, which is as good."""
        if self.waiting_since is None and self._transport.is_active():
            self.waiting_since = self._clock.monotonic()
            self._transport.request("keepalive@openssh.com", then=self._answered)

    @property
    def farewell(self) -> Farewell:
        """See `Leaver.farewell`."""
        return self._transport.farewell

    @property
    def ended(self) -> Event:
        """See `Leaver.ended`."""
        return self._transport.ended

    def pronounce(self, reason: str) -> None:
        """See `Patient.pronounce`; the thread is for a connection through another that is dead too."""
        if not self.verdict:
            self.verdict = reason
            end = self.close if self.stranded() else self._transport.give_up
            Thread(target=end, name="lost link", daemon=True).start()

    def close(self) -> None:
        """End the connection; safe to call twice."""
        self._transport.close()
        self._wire.close()

    def _answered(self, _answer: paramiko.Message | None) -> None:
        if self.waiting_since is not None and not self._transport.ended.is_set():
            self.latency = self._clock.monotonic() - self.waiting_since
        self.waiting_since = None
