"""What the doctor found in one layer, and how the layers depend on each other. Pure.

Named tuples: the messages of the agent's socket are made of them (see `nbtui.model.snapshot`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, Self

from nbtui.errors import NbtuiError

CheckStatus = Literal["wait", "ok", "warn", "bad", "skip"]
"""wait: it is being looked at; only while a doctor is at work, never in `doctor --json`."""

STATUSES: Final = ("wait", "ok", "warn", "bad", "skip")

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "config": (),
    "agent": (),
    "profile": ("config", "agent"),
    "key files": ("profile",),
    "ssh-agent": ("profile",),
    "name": ("profile",),
    "tcp": ("name",),
    "banner": ("tcp",),
    "key exchange": ("banner",),
    "host key": ("key exchange",),
    "login": ("host key", "key files"),
    "shell": ("login",),
    "tmux": ("shell",),
    "jupyter": ("shell",),
    "folder": ("shell",),
    "runtime files": ("shell",),
    "linger": ("shell",),
    "server": ("shell",),
    "port": ("shell",),
    "local port": ("profile",),
    "tunnel": ("port", "local port"),
    "kernel": ("tunnel",),
    "versions": ("config", "agent"),
}
"""The layers from here to the kernel, in their order, and what must be well before one can be looked at."""


HOST_KEY = "host-key"
"""The fix of a host key that changed: it is asked about and done by who replaces host keys everywhere."""


class Fix(NamedTuple):
    """What `doctor --fix` can do about a check, once a person said yes."""

    name: str
    """A key of the table of fixes."""

    text: str
    """The question without its mark: "Allow only yourself to read /home/ada/.ssh/id"."""

    about: str = ""
    """What it is to be done to: a path, a pid; the fix looks again before it acts."""

    detail: tuple[str, ...] = ()
    """Lines that help to decide."""

    asks: bool = False
    """It asks by itself, with all that is to be known; nobody need be asked before."""

    def packed(self) -> dict[str, Any]:
        """As it travels."""
        return self._asdict()

    @classmethod
    def unpacked(cls, document: dict[str, Any]) -> Self:
        """Read what `packed` wrote. Raises KeyError, TypeError."""
        name, text, about = (str(document[key]) for key in ("name", "text", "about"))
        detail = tuple(str(line) for line in document["detail"])
        asks = document["asks"] is True
        return cls(name=name, text=text, about=about, detail=detail, asks=asks)


class Check(NamedTuple):
    """One layer, looked at."""

    layer: str
    """A key of `NEEDS`."""

    status: CheckStatus
    evidence: str = ""
    """What was found, clean; may have several lines."""

    hint: str = ""
    """What to try; `try` in JSON."""

    seconds: float = 0.0
    """How long looking took; without the time in which a person thought."""

    code: int = 0
    """The exit status that this would give `connect`; 0 unless it is bad."""

    fix: Fix | None = None

    @classmethod
    def of(cls, layer: str, error: NbtuiError) -> Self:
        """What ended a look at a layer."""
        code = int(error.code)
        return cls(layer, "bad", evidence=error.message, hint=error.hint, code=code)

    @property
    def took(self) -> str:
        """The time of a look, as a person reads it; empty where nothing was looked at.

        >>> Check("tcp", "ok", seconds=0.0123).took, Check("kernel", "ok", seconds=1.62).took
        ('12 ms', '1.6 s')
        """
        if self.status in ("skip", "wait"):
            return ""
        return (
            f"{self.seconds * 1000:.0f} ms" if self.seconds < 1 else f"{self.seconds:.1f} s"
        )

    def to_json(self) -> dict[str, Any]:
        """One of `checks` in `doctor --json`."""
        return {
            "layer": self.layer,
            "status": self.status,
            "seconds": round(self.seconds, 4),
            "evidence": self.evidence,
            "try": self.hint,
        }

    def packed(self) -> dict[str, Any]:
        """All of it, as it travels."""
        return {**self._asdict(), "fix": self.fix and self.fix.packed()}

    @classmethod
    def unpacked(cls, document: dict[str, Any]) -> Self:
        """Read what `packed` wrote. Raises KeyError, TypeError, ValueError: it is something else."""
        known = {key: document[key] for key in cls._fields}
        texts = (known["evidence"], known["hint"])
        if known["layer"] not in NEEDS or known["status"] not in STATUSES:
            raise ValueError(known["layer"])
        if not all(isinstance(x, str) for x in texts):
            raise TypeError(texts)
        seconds, code, fix = float(known["seconds"]), int(known["code"]), known["fix"]
        read = None if fix is None else Fix.unpacked(fix)
        return cls(**{**known, "seconds": seconds, "code": code, "fix": read})


def cause_of(checks: Iterable[Check]) -> Check | None:
    """The first bad one: what is wrong.

    >>> cause_of([Check("name", "ok"), Check("tcp", "bad"), Check("tmux", "bad")]).layer
    'tcp'
    """
    return next((one for one in checks if one.status == "bad"), None)


def blocked_by(layer: str, found: Sequence[Check]) -> Check | None:
    """The bad one that makes it useless to look at a layer, however far below it.

    >>> blocked_by("tmux", [Check("tcp", "bad")]).layer
    'tcp'
    >>> blocked_by("tmux", [Check("jupyter", "bad")])
    """
    below = set(_below(layer))
    return cause_of(one for one in found if one.layer in below)


def _below(layer: str) -> Iterator[str]:
    for need in NEEDS[layer]:
        yield need
        yield from _below(need)


def skipped(layer: str, cause: Check) -> Check:
    """What cannot be looked at."""
    return Check(layer=layer, status="skip", evidence=f"needs {cause.layer} first")
