"""The one authenticated connection to a host; everything else rides on it.

A link outlives its transports: it is opened, lost, opened again; who asks for the transport meanwhile waits a
bounded time. It never reconnects by itself: when, is for the session's rules to say. Surprise: `open` from several
threads makes one dial; all of them get its outcome, but if who dialled gave up, or could not answer what the host
asked, the next one who can dials.
"""

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, wait as wait_for
from dataclasses import dataclass, field
from threading import Condition

import paramiko

from nbtui.clock import Clock
from nbtui.errors import Interrupted, LinkError, LinkLost
from nbtui.model.question import Ask, Tell
from nbtui.model.shell import Stream, Terminal
from nbtui.model.target import Target
from nbtui.model.text import clean_line
from nbtui.ssh.attempt import SLICE, Attempt
from nbtui.ssh.channels import open_direct
from nbtui.ssh.consent import Consents
from nbtui.ssh.dial import Dialled, LoginContext
from nbtui.ssh.dialler import Dialler
from nbtui.ssh.farewell import Leaving
from nbtui.ssh.heartbeat import Heart, Pulse
from nbtui.ssh.keychange import KeyChange, Sightings, name_of
from nbtui.ssh.listeners import Listeners
from nbtui.ssh.lookout import Lookout
from nbtui.ssh.remembered import Secrets
from nbtui.ssh.shell import ControlShell
from nbtui.ssh.stage import unnoticed
from nbtui.ssh.terminal import open_terminal
from nbtui.ssh.transport import LinkTransport

__all__ = ["Link", "LoginContext"]
TERMINAL_WAIT = 10.0
"""Seconds that a terminal waits for a link that is being replaced."""
log = logging.getLogger(__name__)
Lost = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opening:
    """A dial under way, and who waits for it."""

    attempt: Attempt
    outcome: "Future[None]" = field(default_factory=Future)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Up:
    """The connection that stands."""

    transport: LinkTransport
    pulse: Pulse
    key: str
    """Fingerprint of the host's key."""
    personal: bool


class Link:
    """See the module. Get one from `nbtui.ssh.links.Links`, which shares them."""

    def __init__(
        self,
        target: Target,
        *,
        jump: "Link | None",
        clock: Clock,
        secrets: Secrets,
        consents: Consents,
        heart: Heart,
        lookout: Lookout,
        sightings: Sightings,
    ) -> None:
        self.target = target
        self.jump = jump
        self._clock = clock
        self._dialler = Dialler(
            target,
            jump=jump,
            secrets=secrets,
            consents=consents,
            clock=clock,
            up=lambda: self.up,
            on_end=self._ended,
        )
        self._heart = heart
        self._leaving = Leaving(clock=clock)
        deaf = jump.on_lost(self._behind) if jump is not None else lambda: None
        self._deaf: Callable[[], None] = deaf
        self._lookout = lookout
        self._sightings = sightings
        self.shell = ControlShell(self.transport, clock=clock)
        """Takes scripts, one after the other; opened with the first."""
        self._changed = Condition()
        self._up: _Up | None = None
        self._opening: _Opening | None = None
        self._wanted = False
        self._closed = False
        self._lost: Listeners[str] = Listeners()
        self._risen: Listeners[()] = Listeners()
        self.missed: Listeners[()] = Listeners()
        """To be told, on any thread, that somebody here wants the link and it is down."""

    @property
    def up(self) -> bool:
        """A connection stands, as far as we know."""
        return self._up is not None

    @property
    def last_heard(self) -> float:
        """Monotonic seconds of the last sign of life; 0.0 while it is down."""
        up = self._up
        return 0.0 if up is None else up.pulse.last_sign

    @property
    def busy(self) -> bool:
        """Answers wait behind other bytes, so that one that is late is no fault."""
        up = self._up
        return up is not None and up.pulse.busy

    @property
    def latency(self) -> float | None:
        """Seconds of the last heartbeat's round trip; None before the first."""
        up = self._up
        return None if up is None else up.pulse.latency

    @property
    def personal(self) -> bool:
        """It could not be opened by another process without a person; see `Attempt.personal`."""
        up = self._up
        own = up is not None and up.personal
        return own or (self.jump is not None and self.jump.personal)

    def open(
        self,
        *,
        ask: Ask,
        tell: Tell,
        timeout: float,
        context: LoginContext,
        within: Attempt | None = None,
    ) -> None:
        """Dial if it is down; the jump first. When another thread dials, wait for that.

        Args:
            ask: answers what only a person can say; its time does not count.
            tell: hears what is being waited for.
            timeout: seconds for all hops together.
            context: what belongs to who asks.
            within: the dial of the link behind this one, or whatever this is a part of, whose end ends this too.

        Raises:
            HostUnreachable, HostKeyError, LoginError: see the class of each.
            Interrupted: `close` was called meanwhile.
        """
        while not self.up:
            opening, mine = self._claim(ask, tell, timeout, context, within)
            if mine:
                self._open(opening, context, within)
            else:
                self._others_dial(opening, tell, within, context)

    def close(self) -> None:
        """Hang up for good, and end a dial that is under way; safe to call twice and from any thread."""
        with self._changed:
            self._closed = True
            self._wanted = False
            up, self._up = self._up, None
            opening = self._opening
            self._changed.notify_all()
        self._deaf()
        if opening is not None:
            opening.attempt.cancel()
        if up is not None:
            self._heart.remove(up.pulse)
            up.pulse.close()
            self._saw(up)
        self._leaving.close()

    def meet(
        self, *, ask: Ask, tell: Tell, timeout: float, context: LoginContext
    ) -> KeyChange | None:
        """Look, on a connection of its own that goes no further, whether the host has another key than on file.

        The jump is opened for it, and that may ask. Arguments and what is raised: see `open`.
        """
        attempt = self._attempt(ask, tell, timeout, None)
        trust, proof = self._dialler.meet(attempt, context)
        return None if trust.holds(proof) else trust.change(proof)

    def on_lost(self, callback: Lost) -> Callable[[], None]:
        """Be called, on a thread of the link, with the reason each time it is lost; `close` is no loss.

        Returns:
            What takes the callback away again.
        """
        return self._lost.add(callback)

    def on_way_up(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Be called each time that this link, or one that it leads through, has come up.

        Returns:
            What takes the callback away again.
        """
        forget = contextlib.ExitStack()
        forget.callback(self._risen.add(callback))
        if self.jump is not None:
            forget.callback(self.jump.on_way_up(callback))
        return forget.close

    def watch(self, answers: Callable[[], None]) -> Callable[[], None]:
        """Be called once, on a thread of its own, when the first machine on the way answers.

        Returns:
            What ends the watch; a link that is reached by a command is not watched.
        """
        if self.jump is not None:
            return self.jump.watch(answers)
        if self.target.proxy_command is not None:
            return lambda: None
        return self._lookout.watch(self.target, answers)

    def transport(self, wait: float) -> paramiko.Transport:
        """The connection; waits while it is being replaced.

        Args:
            wait: seconds.

        Raises:
            LinkLost: it is down, or was still down after `wait`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._up is not None or not self._wanted, wait)
            if self._up is None:
                raise LinkLost(
                    f"the link to {self.target.where} is down", host=self.target.host
                )
            return self._up.transport

    def reach(self, host: str, port: int, timeout: float) -> Stream:
        """See `nbtui.model.shell.Reach`."""
        return open_direct(self.transport(timeout), (host, port), timeout=timeout)

    def terminal(
        self, command: str, *, term: str, columns: int, rows: int, pty: bool
    ) -> Terminal:
        """Start a command of the login shell's language; see `open_terminal` for what it raises.

        Args:
            command: empty: the login shell.
            term: what TERM is to say, with a pty.
            columns: of the pty.
            rows: of the pty.
            pty: the command gets a terminal of its own.
        """
        return open_terminal(
            self.transport(TERMINAL_WAIT),
            command,
            lender=self.shell,
            term=term,
            columns=columns,
            rows=rows,
            pty=pty,
            clock=self._clock,
        )

    def _claim(
        self,
        ask: Ask,
        tell: Tell,
        timeout: float,
        context: LoginContext,
        within: Attempt | None,
    ) -> tuple[_Opening, bool]:
        """The dial under way, and whether it is for the caller to make it."""
        with self._changed:
            if self._opening is not None:
                return self._opening, False
            if self._closed:  # whoever comes late must not open what nobody would close
                raise Interrupted(f"the link to {self.target.where} was closed")
            self._dialler.admit(context)
            self._opening = _Opening(attempt=self._attempt(ask, tell, timeout, within))
            self._wanted = True
            return self._opening, True

    def _attempt(
        self, ask: Ask, tell: Tell, timeout: float, within: Attempt | None
    ) -> Attempt:
        return Attempt(
            where=self.target.where,
            seconds=timeout,
            clock=self._clock,
            ask=ask,
            tell=tell,
            notice=unnoticed if within is None else within.notice,
        )

    def _open(
        self, opening: _Opening, context: LoginContext, within: Attempt | None
    ) -> None:
        guard = (
            contextlib.nullcontext() if within is None else within.holding(opening.attempt)
        )
        try:
            with guard:
                dialled = self._dialler.dial(opening.attempt, context)
                self._stand(dialled, personal=opening.attempt.personal)
        except BaseException as exc:
            self._opened(opening)
            opening.outcome.set_exception(exc)
            raise
        self._opened(opening)
        opening.outcome.set_result(None)

    def _opened(self, opening: _Opening) -> None:
        with self._changed:
            if self._opening is opening:
                self._opening = None
            self._changed.notify_all()

    def _others_dial(
        self, opening: _Opening, tell: Tell, within: Attempt | None, context: LoginContext
    ) -> None:
        """Wait for another thread's dial; raises what it raised, unless we can do better."""
        tell(f"waiting for the login to {self.target.where} that is under way")
        with contextlib.nullcontext() if within is None else within.person():
            while not wait_for([opening.outcome], SLICE).done:
                if within is not None:
                    within.check()
        try:
            opening.outcome.result()
        except Interrupted:
            if not self._wanted:
                raise
        except LinkError as exc:
            if exc.helped is None or context.alone():
                raise

    def _stand(self, dialled: Dialled, *, personal: bool) -> None:
        """Take a fresh connection into use. Raises Interrupted: `close` came first."""
        pulse = Pulse(dialled.transport, dialled.wire, clock=self._clock)
        with self._changed:
            if not self._wanted:
                pulse.close()
                raise Interrupted(f"the link to {self.target.where} was closed")
            transport, key = dialled.transport, dialled.key
            up = _Up(transport=transport, pulse=pulse, key=key, personal=personal)
            self._up = up
            self._changed.notify_all()
        self._heart.add(pulse)
        self._saw(up)
        self._leaving.replaced()
        self._risen.tell()
        if dialled.transport.ended.is_set():
            self._ended(dialled.transport)

    def _behind(self, reason: str) -> None:
        """The jump was lost; what comes through it may still have something to say."""
        up = self._up
        if up is not None:
            up.pulse.pronounce(f"the way there was lost: {reason}")

    def _ended(self, transport: LinkTransport) -> None:
        """It ended or was given up. Says so unless it was closed by us or never stood."""
        with self._changed:
            up = self._up
            if up is None or up.transport is not transport:
                return
            self._up = None
        self._heart.remove(up.pulse)
        self._saw(up)
        if not transport.ended.is_set():
            self._leaving.add(up.pulse)
        reason = up.pulse.verdict or _reason(transport)
        log.info("%s: lost: %s", self.target.where, reason)
        self._lost.tell(reason)

    def _saw(self, up: _Up) -> None:
        """The host has this key now: when a link comes up, and when it goes, which may be days later."""
        self._sightings.saw(name_of(self.target), up.key)


def _reason(transport: LinkTransport) -> str:
    exc = transport.get_exception()
    error = clean_line(getattr(exc, "strerror", None) or str(exc or ""))
    return transport.goodbye or error or "the host closed the connection"
