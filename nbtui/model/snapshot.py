"""All there is to say about one profile now; the only thing the faces draw.

Named tuples, made by keyword: every command pays for defining them, and a frozen dataclass takes six times as long.
"""

from typing import Any, Literal, NamedTuple, Self

from nbtui.model.failure import Failure
from nbtui.model.question import Question

StateName = Literal[
    "disconnected",
    "connecting",
    "needs-input",
    "starting",
    "connected",
    "reconnecting",
    "stopping",
    "failed",
]
Light = Literal["off", "wait", "ok", "warn", "bad"]


class Lights(NamedTuple):
    """One light a layer; each is probed by itself."""

    link: Light = "off"
    tunnel: Light = "off"
    server: Light = "off"
    kernels: Light = "off"


class ServerInfo(NamedTuple):
    """The Jupyter server process on the host."""

    pid: int
    version: str
    root_dir: str
    started_at: float | None
    """Seconds since 1970 UTC; None when the host does not say."""

    session: str = ""
    """Name of the tmux session it lives in; empty: none that we know."""

    ours: bool = False
    """nbtui made the session."""


class Kernel(NamedTuple):
    """One running kernel and the notebook it belongs to."""

    id: str
    name: str
    """Kernel spec, such as python3."""

    path: str
    """Notebook, relative to the server's folder; empty for a kernel without one."""

    busy: bool
    last_activity: float | None
    """Seconds since 1970 UTC."""

    connections: int = 0
    memory: int | None = None
    """Resident bytes of the kernel's process, where it could be told."""


class KernelCount(NamedTuple):
    """The kernels in three numbers."""

    total: int
    busy: int
    idle_since: float | None
    """Seconds since 1970 UTC of the last activity; None while one is busy or there is none."""


class ForwardState(NamedTuple):
    """One forward and how it is."""

    kind: str
    listen: str
    to: str | None
    open: int = 0
    """Connections open now."""

    error: str = ""
    served: int = 0
    """Connections since it began to listen."""


class Usage(NamedTuple):
    """What the machine does, from the last probe."""

    cores: int
    load: tuple[float, float, float]
    memory_total: int
    """Bytes."""

    memory_used: int
    disk_total: int
    """Bytes of the file system that holds the profile's folder."""

    disk_used: int
    uptime: float
    """Seconds."""

    idle: float | None = None
    """Share of all processor time since boot that was idle, 0 to 1."""


class Snapshot(NamedTuple):
    """All there is to say about one profile now."""

    name: str
    host: str
    """As written in the profile, or resolved once it was acted on."""

    state: StateName = "disconnected"
    lights: Lights = Lights()
    local_port: int | None = None
    remote_port: int | None = None
    url: str | None = None
    """Without token."""

    runner: str = "tmux"
    server: ServerInfo | None = None
    kernels: KernelCount | None = None
    kernel_list: tuple[Kernel, ...] = ()
    forwards: tuple[ForwardState, ...] = ()
    since: float | None = None
    """Seconds since 1970 UTC at which `state` began."""

    question: Question | None = None
    last_error: Failure | None = None
    user: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()
    doing: str = ""
    """What is being waited for, in a few words; empty when nothing is."""

    retry_in: float | None = None
    """Seconds to the next attempt while reconnecting."""

    latency: float | None = None
    """Seconds of the last round trip over the link."""

    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    """What the lights cannot say, such as why the kernels light is off."""

    source: str = "profiles.toml"

    @property
    def up(self) -> bool:
        """It is connected, also while it asks something or is shut down."""
        asks = self.state in {"needs-input", "stopping"} and self.lights.link == "ok"
        return self.state == "connected" or asks

    def to_json(self) -> dict[str, Any]:
        """One element of `profiles` in `status --json`; docs/commands.md is its schema."""
        return {
            **self._asdict(),
            "lights": self.lights._asdict(),
            "server": self.server and self.server._asdict(),
            "kernels": self.kernels and self.kernels._asdict(),
            "kernel_list": [kernel._asdict() for kernel in self.kernel_list],
            "forwards": [forward._asdict() for forward in self.forwards],
            "question": self.question and self.question.to_json(),
            "last_error": self.last_error and self.last_error.to_json(),
            "usage": self.usage and self.usage._asdict(),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; keys of a newer version are left out."""
        known = {key: value for key, value in document.items() if key in cls._fields}
        return cls(**{**known, **_nested(known)})


def _nested(document: dict[str, Any]) -> dict[str, Any]:
    usage = document.get("usage")
    return {
        "lights": Lights(**document.get("lights", {})),
        "server": _maybe(ServerInfo, document.get("server")),
        "kernels": _maybe(KernelCount, document.get("kernels")),
        "kernel_list": tuple(
            Kernel(**kernel) for kernel in document.get("kernel_list", ())
        ),
        "forwards": tuple(ForwardState(**one) for one in document.get("forwards", ())),
        "question": document.get("question") and Question.from_json(document["question"]),
        "last_error": document.get("last_error")
        and Failure.from_json(document["last_error"]),
        "tags": tuple(document.get("tags", ())),
        "notes": tuple(document.get("notes", ())),
        "usage": usage and Usage(**{**usage, "load": tuple(usage["load"])}),
    }


def _maybe(kind: type[Any], document: dict[str, Any] | None) -> Any:
    return None if document is None else kind(**document)
