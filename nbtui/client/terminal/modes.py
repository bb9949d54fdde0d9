"""What a program on the host has switched on in our terminal, and how to switch it off again.

A program that ends well cleans up by itself; one whose link is cut does not.
"""

import re

_SCREEN = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")
"""Into and out of the alternate screen (xterm's ctlseqs, DECSET)."""

_LONGEST = 7
"""Bytes of such a sequence that may stand at the end of one chunk, its rest in the next."""

_OFF = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"  # mouse
    b"\x1b[?1004l\x1b[?2004l"  # focus reports, bracketed paste
    b"\x1b[?1l\x1b>"  # cursor and number keys
    b"\x1b[?25h\x1b[0m"  # the cursor is seen, text is plain
)


class Modes:
    r"""Follows the output.

    Surprise: leaving an alternate screen that is not there moves the cursor back over what was printed
    last, such as tmux's "[detached]"; so it is left only when the output says that we are in it.

    >>> modes = Modes()
    >>> modes.follow(b"hi\x1b[?10")
    >>> modes.follow(b"49h")
    >>> modes.undo()[:8]
    b'\x1b[?1049l'
    """

    def __init__(self) -> None:
        self._tail = b""
        self._alternate = False

    def follow(self, output: bytes) -> None:
        """Take note of the next bytes that go to the terminal."""
        text = self._tail + output
        for switch in _SCREEN.finditer(text):
            self._alternate = switch[1] == b"h"
        self._tail = text[-_LONGEST:]

    def undo(self) -> bytes:
        """What to write so that the terminal is as a shell expects it."""
        return (b"\x1b[?1049l" if self._alternate else b"") + _OFF
