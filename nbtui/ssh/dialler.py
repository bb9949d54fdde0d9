"""How one link is dialled: the hop before it first, and again where the host did not wait for a person's answer.

It remembers that a machine needs a person: whoever comes alone then is told so and does not begin one more login
that ends in front of the same question.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

import paramiko

from nbtui.clock import Clock
from nbtui.errors import LinkError, LoginError
from nbtui.model.question import Ask, Tell
from nbtui.model.target import Target
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.consent import Consents
from nbtui.ssh.dial import Dial, Dialled, HungUp, LoginContext
from nbtui.ssh.remembered import Secrets
from nbtui.ssh.transport import LinkTransport
from nbtui.ssh.trust import HostProof, Trust

CALLS = 4
"""How often a host is called that hangs up while a person thinks."""


class Hop(Protocol):
    """The link before."""

    def open(
        self,
        *,
        ask: Ask,
        tell: Tell,
        timeout: float,
        context: LoginContext,
        within: Attempt | None = None,
    ) -> None:
        """See `nbtui.ssh.link.Link.open`."""

    def transport(self, wait: float) -> paramiko.Transport:
        """See `nbtui.ssh.link.Link.transport`."""


class Dialler:
    """See the module."""

    def __init__(
        self,
        target: Target,
        *,
        jump: Hop | None,
        secrets: Secrets,
        consents: Consents,
        clock: Clock,
        up: Callable[[], bool],
        on_end: Callable[[LinkTransport], None],
    ) -> None:
        """Nothing is dialled yet.

        Args:
            target: where to.
            jump: the hop before.
            secrets: of all links.
            consents: to commands that were imported.
            clock: time.
            up: whether a connection to the target stands now.
            on_end: called with each transport when it ends.
        """
        self._target = target
        self._jump = jump
        self._secrets = secrets
        self._consents = consents
        self._clock = clock
        self._up = up
        self._on_end = on_end
        self._needs_person: LinkError | None = None
        """Why the last dial failed, where nobody was there to answer."""

    def admit(self, context: LoginContext) -> None:
        """Raise what the last dial raised when a person is needed and who asks is alone."""
        if self._needs_person is not None and context.alone():
            raise self._needs_person

    def dial(self, attempt: Attempt, context: LoginContext) -> Dialled:
        """Dial. Raises: see `nbtui.ssh.link.Link.open`."""
        dial = self._prepared(attempt, context)
        with self._remembering(attempt):
            return self._run(dial)

    def meet(self, attempt: Attempt, context: LoginContext) -> tuple[Trust, HostProof]:
        """Look what the host proves to be; see `nbtui.ssh.dial.Dial.meet`."""
        return self._prepared(attempt, context).meet()

    def _prepared(self, attempt: Attempt, context: LoginContext) -> Dial:
        """All that a dial needs, the jump included, which is opened."""
        jump = self._jump
        if jump is not None:
            jump.open(
                ask=attempt.ask,
                tell=attempt.tell,
                timeout=attempt.left(),
                context=context,
                within=attempt,
            )
        return Dial(
            self._target,
            jump=None if jump is None else lambda: jump.transport(attempt.left()),
            attempt=attempt,
            context=context,
            secrets=self._secrets,
            consents=self._consents,
            clock=self._clock,
            on_end=self._on_end,
        )

    @contextlib.contextmanager
    def _remembering(self, attempt: Attempt) -> Iterator[None]:
        self._needs_person, attempt.unanswered = None, False
        try:
            yield
        except LinkError as exc:
            if attempt.unanswered:
                exc.helped = self._up
                self._needs_person = exc
            raise

    def _run(self, dial: Dial) -> Dialled:
        for _ in range(CALLS):
            with contextlib.suppress(HungUp):
                return dial.run()
        raise LoginError(
            f"{self._target.where} hangs up before it gets its answers",
            host=self._target.host,
            hint="connect again and answer at once",
        )
