"""What a double-click does, on every platform."""

from typing import NamedTuple


class Icon(NamedTuple):
    """Runs a program in a terminal."""

    title: str
    """One line without control characters, as the two below."""

    comment: str
    """Shown beside it, where there is room."""

    argv: tuple[str, ...]
    """The program by its full path, and its arguments."""
