"""A way to start, read, attach to and end a server on a host. Finding is the probe's job."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nbtui.errors import NbtuiError
from nbtui.model.host import HostReport, TmuxSession


@dataclass(frozen=True, kw_only=True, slots=True)
class LaunchOrder:
    """What is to be started."""

    profile: str
    """Name of the profile: the mark, and the stem of the session's name."""

    port: int
    """TCP port on the host; was free when the probe looked."""

    token: str = field(repr=False)
    """Secret; goes over a 0600 file on the host that is deleted by who reads it."""

    directory: str = "~"
    activate: str = ""
    command: str = ""
    """Empty: jupyter lab, else notebook, else server."""

    jupyter: str = ""
    """Absolute path of a `jupyter` to use when PATH has none after activation; empty: none."""


class Runner(Protocol):
    """A way to outlive our connection."""

    def launch(self, order: LaunchOrder, report: HostReport) -> TmuxSession:
        """Start the server detached, marked for the profile; returns before it answers.

        Raises:
            HostLacks: the multiplexer, the folder, or room for the start file is missing.
            LinkLost, TimedOut: see `Shell.run`.
        """

    def state(
        self, session: TmuxSession, *, lines: int = 50
    ) -> tuple[TmuxSession | None, str]:
        """The session now (None: gone) and the last lines of its terminal, in one round trip.

        The text is clean of control sequences; secrets are the caller's to mask.
        """

    def interrupt(self, session: TmuxSession) -> None:
        """Ctrl-C twice in its terminal."""

    def end(self, session: TmuxSession) -> None:
        """End the session; one that is gone is no error."""

    def attach_command(self, session: TmuxSession, *, note: str = "") -> str:
        """A POSIX shell line that, run in a pty, makes it the server's terminal.

        Args: note: one line that is shown there for a while, where that can be.
        """

    def explain(self, text: str, session: TmuxSession) -> NbtuiError:
        """Why a start failed, from what its terminal says and its exit status."""


class Shells(Protocol):
    """What `nbtui shell` needs; a runner with terminals has it too."""

    def shell_session(
        self, *, profile: str, directory: str, activate: str, report: HostReport
    ) -> TmuxSession:
        """The session in which the shell of this profile lasts; made when there is none.

        Raises: see `Runner.launch`.
        """

    def run_command(
        self, argv: Sequence[str], *, directory: str, activate: str, mark: str = ""
    ) -> str:
        """A POSIX shell line that runs `argv` in the folder and environment of the profile.

        Args: mark: printed on standard error before all else, with a blank, the process id and a newline.
        """
