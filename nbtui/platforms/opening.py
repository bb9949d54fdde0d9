"""What both platforms say of a file that others can get at."""

from typing import NamedTuple


class Opening(NamedTuple):
    """Who else can get at a file."""

    why: str
    """Such as "mode 0644" or "Everyone"; reads well in brackets."""

    hint: str
    """One imperative line, for this machine's shell."""
