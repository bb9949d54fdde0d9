"""An error as data: what travels over the agent's socket and stands in `last_error`."""

from typing import Any, NamedTuple, Self

from nbtui.errors import NbtuiError
from nbtui.quoting import quote


class Failure(NamedTuple):
    """What happened, where, and what to try."""

    code: int
    """An `nbtui.errors.ExitCode`."""

    message: str
    """One or more lines, clean of control sequences and secrets."""

    hint: str = ""
    """What to try; empty when nobody knows."""

    layer: str = ""
    host: str = ""
    offered: str = ""
    """Of a changed host key: the fingerprint of the one that the host has now."""

    @classmethod
    def of(cls, error: NbtuiError, *, name: str = "NAME") -> Self:
        """The same as data.

        Args: name: the profile, for hints that say NAME because whoever raised it knows none.
        """
        return cls(
            code=int(error.code),
            message=error.message,
            hint=error.hint.replace("NAME", quote(name)),
            layer=error.layer,
            host=error.host,
            offered=error.offered,
        )

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            code=int(document["code"]),
            message=document["message"],
            hint=document["try"],
            layer=document.get("layer", ""),
            host=document.get("host", ""),
            offered=document.get("offered", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """The object of `last_error` in `status --json`."""
        document = self._asdict()
        document["try"] = document.pop("hint")
        return document
