"""The steps of a dial that went well, for whoever wants to know how long each took."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step."""

    where: str
    """`user@host` of the hop, as in messages."""

    layer: str
    """name, tcp, banner, key exchange, host key, login: the layers of the errors."""

    evidence: str
    """What was found, for people; clean."""

    at: float
    """When it was over, on the monotonic clock."""


Passed = Callable[[Stage], None]
"""Called on the thread that dials."""


def unnoticed(_stage: Stage) -> None:
    """A `Passed` for when nobody wants to know."""
