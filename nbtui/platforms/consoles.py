"""What is needed of the terminal around us, on every platform."""

from contextlib import AbstractContextManager
from typing import Final, Protocol

STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2
"""As every process finds them."""


class Sink(Protocol):
    """Takes what the person does; called from a thread of the console's."""

    def typed(self, data: bytes) -> None:
        """Bytes of standard input."""

    def resized(self, columns: int, rows: int) -> None:
        """The window has another size now."""

    def ended(self) -> None:
        """Standard input is at its end; the last call."""


class Console(Protocol):
    """The standard streams of this process, a terminal or not."""

    def size(self) -> tuple[int, int] | None:
        """Columns and rows; None: input or output is no terminal."""

    def write(self, stream: int, data: bytes) -> None:
        """Write all of it to STDOUT or STDERR.

        Raises: OSError: whoever read it has gone.
        """

    def raw(self) -> AbstractContextManager[None]:
        """Pass every key through while inside, Ctrl-C too; afterwards it is as it was, on every path."""

    def feeding(self, sink: Sink) -> AbstractContextManager[None]:
        """Hand input, and changes of the size if there is one, to `sink` while inside."""
