"""The control shell of a link: one `sh -s` channel that takes scripts one after the other.

It outlives transports as the link does: the first script on a new one ends what the lost one left on the host
(`nbtui.ssh.left_behind`). A script that does not end in time is killed there, and the next gets a fresh sh.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock

import paramiko

from nbtui.clock import Clock, SystemClock
from nbtui.errors import NbtuiError, TimedOut
from nbtui.model.shell import Completed
from nbtui.ssh.channels import NoSession
from nbtui.ssh.crossing import GetTransport
from nbtui.ssh.dialogue import Dialogue, Said
from nbtui.ssh.left_behind import WHO_AM_I, HostProcess, Ours, end_script, parse_ours

OPENING = 10.0
"""Seconds that the start files of a login shell may take."""
_LIMIT = 65536
_CLEANING = 3.0
"""Seconds to end, on the host, what did not end in time."""
_PLACE = 3.0
"""Seconds in which a session that ended gives its place free, where few are granted."""
_MOMENT = 0.05
_NOTHING = Ours(boot="")
_Then = Callable[[Completed], None]
"""What is done with how a script ended."""


class ControlShell:
    """See the module; satisfies `nbtui.model.shell.Shell`."""

    def __init__(self, transport: GetTransport, *, clock: Clock | None = None) -> None:
        """Nothing is opened before it is needed.

        Args:
            transport: the link's live transport; not waited for.
            clock: time.
        """
        self._get = transport
        self._clock = clock or SystemClock()
        self._turn = Lock()
        self._dialogue: Dialogue | None = None
        self._carrier: paramiko.Transport | None = None
        self._ours = _NOTHING
        self._left: list[Ours] = []
        self._unheard: list[tuple[Said, _Then]] = []
        self._lent = 0

    @property
    def pid(self) -> int | None:
        """Process id of the sh on the host; None: not opened yet, or not told."""
        return _pid(self._ours.shell)

    @property
    def sshd_pid(self) -> int | None:
        """Process id of the sshd on the host that is our connection."""
        return _pid(self._ours.sshd)

    @property
    def boot_id(self) -> str:
        """Names this run of the host; empty: not opened yet, or not told."""
        return self._ours.boot

    def open(self, *, timeout: float = OPENING) -> None:
        """Open it now, which `run` does else; before the first forward, for sshd delays without a session.

        Args:
            timeout: seconds.

        Raises:
            LinkLost: the link is down.
            TimedOut: no answer in time.
            NoSession: the host grants none.
            ShellEnded: there is no shell.
        """
        deadline = self._clock.monotonic() + timeout
        with self._my_turn(timeout):
            self._introduce(self._ready(deadline), deadline)

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        """See `nbtui.model.shell.Shell.run`. Raises ShellEnded, too, when somebody killed the sh."""
        deadline = self._clock.monotonic() + timeout
        with self._my_turn(timeout):
            dialogue = self._ready(deadline)
            with self._given_up(dialogue, clean=not self._unheard):
                said = dialogue.say(
                    script, deadline=deadline, limit=limit, clock=self._clock
                )
            self._introduce(dialogue, deadline)
            with self._given_up(dialogue):
                return dialogue.hear(said, deadline=deadline, clock=self._clock)

    @contextmanager
    def lend(self) -> Iterator[None]:
        """Give its place to another session for as long as the with-block lasts (MaxSessions 1).

        Scripts meanwhile fail at once, by TimedOut.
        """
        with self._my_turn(OPENING):
            self._lent += 1
            self._drop()
        try:
            yield
        finally:
            with self._turn:
                self._lent -= 1

    def close(self) -> None:
        """End the sh; safe to call twice and from another thread. The next `run` opens it again."""
        dialogue = self._dialogue
        if dialogue is not None:
            dialogue.close()

    @contextmanager
    def _my_turn(self, timeout: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=timeout):
            message = "other scripts kept the host's shell busy"
            raise TimedOut(message, layer="shell")
        try:
            yield
        finally:
            self._turn.release()

    def _ready(self, deadline: float) -> Dialogue:
        if self._lent:
            message = "an attached terminal has the only session that the host grants"
            raise TimedOut(message, layer="shell", hint="leave the attached terminal")
        transport = self._get(0)
        if transport is not self._carrier:
            self._moved(transport)
        if self._dialogue is None or not self._dialogue.usable:
            self._drop()
            self._dialogue = self._open(transport, deadline)
        return self._dialogue

    def _moved(self, transport: paramiko.Transport) -> None:
        """The link has another transport: what the old one has on the host is left behind."""
        if self._ours != _NOTHING:
            self._left.append(self._ours)
        self._drop()
        self._carrier, self._ours = transport, _NOTHING

    def _open(self, transport: paramiko.Transport, deadline: float) -> Dialogue:
        """A sh that was told to say who we are and to end what was left; that is heard by `_introduce`.

        Who opens it has a script, which is sent right after: a round trip less.
        """
        dialogue = self._find_place(transport, deadline)
        with self._given_up(dialogue, clean=False):
            self._say_first(dialogue, WHO_AM_I, self._learn, deadline)
            for left in self._left:
                self._say_first(dialogue, end_script(left), self._ended, deadline)
        return dialogue

    def _say_first(
        self, dialogue: Dialogue, script: str, then: _Then, deadline: float
    ) -> None:
        said = dialogue.say(script, deadline=deadline, limit=_LIMIT, clock=self._clock)
        self._unheard.append((said, then))

    def _introduce(self, dialogue: Dialogue, deadline: float) -> None:
        """Hear what a new sh has to say first."""
        with self._given_up(dialogue, clean=False):
            while self._unheard:
                said, then = self._unheard.pop(0)
                then(dialogue.hear(said, deadline=deadline, clock=self._clock))

    def _learn(self, heard: Completed) -> None:
        self._ours = parse_ours(heard.text)

    def _ended(self, _heard: Completed) -> None:
        self._left.pop(0)

    def _find_place(self, transport: paramiko.Transport, deadline: float) -> Dialogue:
        """A session that just ended may still count."""
        patient = min(deadline, self._clock.monotonic() + _PLACE)
        while True:
            now = self._clock.monotonic()
            try:
                return Dialogue.open(transport, timeout=max(deadline - now, _MOMENT))
            except NoSession:
                if now >= patient:
                    raise
            self._clock.wait(_MOMENT)

    @contextmanager
    def _given_up(self, dialogue: Dialogue, *, clean: bool = True) -> Iterator[None]:
        """What did not end in time, or not as it should, is ended on the host."""
        try:
            yield
        except TimedOut:
            dialogue.kill()
            self._dialogue = None
            if clean:
                self._clean()
            raise
        except NbtuiError:
            dialogue.close()
            self._dialogue = None
            raise

    def _clean(self) -> None:
        """End the stuck sh through a fresh one; what fails now is done when the next is opened."""
        self._left.append(Ours(boot=self._ours.boot, shell=self._ours.shell))
        deadline = self._clock.monotonic() + _CLEANING
        with suppress(NbtuiError):
            self._dialogue = self._open(self._get(0), deadline)
            self._introduce(self._dialogue, deadline)

    def _drop(self) -> None:
        dialogue, self._dialogue = self._dialogue, None
        self._unheard.clear()
        if dialogue is not None:
            dialogue.close()


def _pid(process: HostProcess | None) -> int | None:
    return None if process is None else process.pid
