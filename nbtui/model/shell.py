"""What a host can be asked over a link, written for those who ask (remote, runners, session)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """How a script ended."""

    status: int
    """Exit status; 128+n when a signal ended it."""

    out: bytes
    err: bytes
    cut: bool = False
    """Output went over the limit; the rest was read and dropped."""

    @property
    def text(self) -> str:
        """`out` as text; what is not UTF-8 becomes U+FFFD. Still hostile: clean it before showing."""
        return self.out.decode(errors="replace")


class Shell(Protocol):
    """A POSIX sh on the host that takes one script after the other."""

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        """Run a script with standard input on the null device, in a subshell: it may `exit`.

        The script never stands in an argument list at either end, so it may hold a secret.

        Args:
            script: POSIX sh; whoever builds it quotes with `nbtui.quoting`.
            timeout: seconds until the shell is given up and opened anew for the next script.
            limit: bytes kept of each of the two streams.

        Raises:
            TimedOut: no answer in time.
            LinkLost: the link went away. A non-zero status is no error.
        """


class Stream(Protocol):
    """A byte stream to somewhere on the host: a socket, a channel."""

    def recv(self, size: int, /) -> bytes:
        """Up to `size` bytes; b"" at the end. Raises OSError."""

    def sendall(self, data: bytes, /) -> object:
        """Send all of it. Raises OSError."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Seconds that `recv` and `sendall` may block."""

    def close(self) -> None:
        """Safe to call twice."""


Reach = Callable[[str, int, float], Stream]
"""(host as the far end sees it, TCP port, seconds) -> a connection. Raises LinkLost, HostUnreachable."""


class Terminal(Protocol):
    """A command on the host, with a pty or without; the bytes of attach and shell."""

    def read(self) -> tuple[bytes, bytes]:
        """Wait for output: (stdout, stderr), either may be empty; both empty: it ended."""

    def write(self, data: bytes) -> None:
        """Send to its standard input. Raises LinkLost."""

    def end_of_input(self) -> None:
        """Close its standard input."""

    def resize(self, columns: int, rows: int) -> None:
        """Tell the pty; without one nothing happens."""

    def status(self) -> int:
        """Exit status once `read` said that it ended; 255: by a signal. Raises LinkLost."""

    def close(self) -> None:
        """Hang up; safe to call twice and from another thread."""
