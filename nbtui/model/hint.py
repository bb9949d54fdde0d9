"""A proposal to resize, with the evidence that it rests on."""

from typing import Any, Literal, NamedTuple, Self

HintKind = Literal["down", "up", "stop", "keep", "terminal"]


class Hint(NamedTuple):
    """One element of `hints --json`."""

    profile: str
    kind: HintKind
    to: str
    """Flavor or size proposed; empty when none."""

    confidence: float
    """0 to 1."""

    evidence: dict[str, Any]
    saves_per_month: float | None
    """In the currency of the flavors; None when no price is known."""

    text: str
    hint: str = ""
    """What to try; `try` in JSON."""

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        document = self._asdict()
        document["try"] = document.pop("hint")
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        rest = {key: value for key, value in document.items() if key != "try"}
        return cls(**rest, hint=document["try"])
