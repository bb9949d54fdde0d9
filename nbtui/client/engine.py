"""All that a face can ask for: plain data in, plain data out.

Every method blocks, so the dashboard calls them in thread workers. Errors are `NbtuiError`s; one that
the agent reports is a `RemoteFailure` and keeps its code, hint, layer and host. Ctrl-C in a method
raises `Interrupted`; what nobody else waits for is then undone by the agent.

Every command imports this module, so its data are named tuples (see `nbtui.ipc.messages`).

`names` is None for all: every saved profile and everything that the agent has a session for.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from nbtui.errors import ExitCode, NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot

if TYPE_CHECKING:
    from nbtui.model.check import Check, Fix
    from nbtui.model.hint import Hint
    from nbtui.model.profile import Profile

Rows = tuple[Snapshot, ...]


class ConnectOptions(NamedTuple):
    """How to connect."""

    start: bool = True
    """Start a server when none is found; else that is a failure."""

    local_port: int | Literal["auto"] | None = None
    """Of the tunnel; auto: any free one; None: what the profile says."""

    wait: float | None = None
    """Seconds for the whole of it; None: the agent's own bounds of each step."""


class StopStep(NamedTuple):
    """One step of a clean shutdown."""

    step: str
    ok: bool
    seconds: float


class StopReport(NamedTuple):
    """What `stop` did."""

    name: str
    steps: tuple[StopStep, ...]
    left: tuple[str, ...]
    """What could not be verified to be gone."""


class ReplacedKey(NamedTuple):
    """One host key that was replaced in known_hosts."""

    host: str
    """With its port when that is not 22."""

    old: str
    """Type and fingerprint."""

    new: str
    file: str
    line: int
    kept: tuple[str, ...]
    """Files as they were before."""

    def __str__(self) -> str:
        """A line for people."""
        before = f"; as it was: {', '.join(self.kept)}" if self.kept else ""
        return f"{self.host} has {self.new} in place of {self.old} ({self.file}:{self.line}){before}"


class AgentInfo(NamedTuple):
    """The running agent."""

    pid: int
    version: str
    links: int
    """Links that are up."""

    profiles: tuple[str, ...] = ()
    """Names that it has a session for; empty too when it speaks another protocol."""

    started_at: float | None = None
    """Seconds since 1970 UTC; None when it speaks another protocol."""


class RemoteFailure(NbtuiError):
    """What the agent reports, with all that it knows."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            failure.message, host=failure.host, layer=failure.layer, hint=failure.hint
        )
        known = failure.code in set(ExitCode)
        self.code = ExitCode(failure.code) if known else ExitCode.FAILED
        self.failure, self.offered = failure, failure.offered


class Talk(Protocol):
    """What a face hands in: somebody to ask, and somewhere to say how it goes."""

    @property
    def can_ask(self) -> bool:
        """Somebody sits there. False: `ask` is never called, every question is refused."""

    def ask(self, question: Question) -> str | None:
        """Put a question and wait; None is a refusal."""

    def progress(self, snapshot: Snapshot) -> None:
        """The profile as it is now, while the request goes on."""


class Unattended:
    """A `Talk` with nobody there."""

    can_ask = False

    def ask(self, _question: Question) -> None:
        """Refuse."""

    def progress(self, _snapshot: Snapshot) -> None:
        """Say nothing."""


class Watch(AbstractContextManager["Watch"], Iterator[Rows], Protocol):
    """Rows as they change: first all, then those that changed.

    Ends after `close`; raises `AgentError` from `next` when the agent goes away.
    """

    def close(self) -> None:
        """End it, from any thread; a second call does nothing."""


class Checks(Iterator["Check"], Protocol):
    """Checks as they are made, each after one of status wait that says what is being looked at."""

    def close(self) -> None:
        """End it, from any thread; a link that was opened only for this is closed."""


class Looking(Protocol):
    """Questions that change nothing on the host."""

    def snapshots(self, names: Sequence[str] | None = None) -> Rows:
        """The rows now. Starts no agent when none runs and nothing should be up."""

    def watch(self, names: Sequence[str] | None = None) -> Watch:
        """The rows as they change."""

    def probe(self, name: str, talk: Talk) -> Snapshot:
        """Look again at the host; opens the link."""

    def hints(self, names: Sequence[str] | None, talk: Talk) -> "tuple[Hint, ...]":
        """Proposals to resize, with fresh figures."""

    def url(self, name: str, talk: Talk, *, sent: bool = False) -> str:
        """The URL with its token; opens link and tunnel, starts no server.

        Args: sent: a browser is sent there now; when none comes, the profile's notes say so.
        """

    def doctor(
        self,
        name: str | None,
        mending: bool,  # noqa: FBT001  # as `doctor --fix` is said
        talk: Talk,
        *,
        draft: "Profile | None" = None,
    ) -> "Checks":
        """Look at every layer, in their order; without a name at what this machine alone can tell.

        Args: draft: counts in place of what is saved under the name, if anything is.

        An unknown host key is asked about with `mending` only, because the answer is written to a file.
        """

    def logs(self, name: str, lines: int, follow: bool, talk: Talk) -> Iterator[str]:  # noqa: FBT001  # as `logs -n N -f` is said
        """The server's terminal output, masked; endless with `follow`."""


class Acting(Protocol):
    """What changes something."""

    def connect(self, name: str, options: ConnectOptions, talk: Talk) -> Snapshot:
        """Link, server, tunnel; returns when the notebook answers through it."""

    def start(self, name: str, wait: float | None, talk: Talk) -> Snapshot:
        """Link and server, no tunnel."""

    def stop(self, name: str, yes: bool, force: bool, talk: Talk) -> StopReport:  # noqa: FBT001  # as `stop --yes --force` is said
        """Shut the server down cleanly. Raises: `Refused` by code 9: work would be lost."""

    def mend(self, name: str | None, fix: "Fix", talk: Talk) -> str:
        """Do what a check of `doctor` offers, once a person said yes; what was done.

        Raises: `NbtuiError`: it could not be done.
        """

    def disconnect(self, names: Sequence[str] | None) -> Rows:
        """Close tunnels, forwards and links; what runs on the hosts goes on."""

    def replace_host_key(
        self, name: str, offered: str | None, talk: Talk
    ) -> tuple[ReplacedKey, ...]:
        """Ask for each host on the way that has another key than on file, and replace what is confirmed.

        Args: offered: fingerprint that the first of them must still have; None: whatever it has.
        Raises: by code 5: nobody said yes, or it may not be replaced; nothing was changed.
        """

    def forget(self, name: str, talk: Talk) -> tuple[str, ...]:
        """Erase passwords and passphrases of the way to the host, from memory and keyring; what there was of them."""

    def answer(self, name: str, question_id: str, value: str | None) -> None:
        """Answer a question that a snapshot showed; None is a refusal."""


class Terminals(Protocol):
    """This terminal becomes one on the host."""

    def attach(self, name: str, talk: Talk) -> int:
        """To the server's terminal; returns the exit status.

        Raises: NoTerminal: after the link is up.
        """

    def shell(self, name: str, command: Sequence[str] | None, talk: Talk) -> int:
        """To a shell that lasts, or with a command to that command; returns the exit status.

        Raises: NoTerminal: without a command, after the link is up.
        """


class Background(Protocol):
    """The agent itself."""

    def agent_status(self) -> AgentInfo | None:
        """The agent that runs, of whatever version; None: none does. Starts none."""

    def agent_start(self) -> AgentInfo:
        """Start one unless it runs."""

    def agent_stop(self) -> None:
        """Close all links and end it; returns when the process is gone."""

    def agent_restart(self) -> AgentInfo:
        """Stop and start, of whatever version the old one is."""


class Engine(Looking, Acting, Terminals, Background, Protocol):
    """All of it; `nbtui.client.socket_engine` is the real one, tests hand in a short fake."""
