"""What a client and the agent say to each other, as types.

`to_json` makes the object that `Channel.send` takes, `from_client` and `from_agent` read one. Readers
trust nothing: whatever does not fit raises `ProtocolError`, and keys of a newer version are ignored.

The order: both say hello; the client sends one request; the agent streams until `Done` or `Failed`.
Closing the connection cancels what only this client waits for.

Named tuples, not dataclasses: a frozen dataclass takes six times as long to define, and every command
pays for all of them. They are made by keyword all the same.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from nbtui.ipc.errors import ProtocolError
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.paths import SSH_CONFIG

if TYPE_CHECKING:
    from nbtui.model.check import Check

PROTOCOL: Final = 2
"""Changes when an older end would misunderstand a newer one."""

STDIN_WINDOW: Final = 1 << 20
"""See `Taken`."""


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Context(NamedTuple):
    """What belongs to the person who asks, not to the agent's own login."""

    auth_sock: str | None = None
    """SSH_AUTH_SOCK of the client."""

    ssh_config: str | None = None
    """NBTUI_SSH_CONFIG of the client: see `nbtui.paths.SSH_CONFIG`."""

    term: str | None = None
    lang: str | None = None
    display: str | None = None
    can_ask: bool = False
    """The client will answer questions; else the agent need not put them."""

    @classmethod
    def of(cls, environ: Mapping[str, str], *, can_ask: bool) -> "Context":
        """Gather it from the client's environment."""
        locale = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
        return cls(
            auth_sock=environ.get("SSH_AUTH_SOCK") or None,
            ssh_config=environ.get(SSH_CONFIG) or None,
            term=environ.get("TERM") or None,
            lang=next(filter(None, locale), None),
            display=environ.get("DISPLAY") or None,
            can_ask=can_ask,
        )

    def to_json(self) -> dict[str, Any]:
        """As it travels: the names of the environment."""
        return {
            "SSH_AUTH_SOCK": self.auth_sock,
            SSH_CONFIG: self.ssh_config,
            "TERM": self.term,
            "LANG": self.lang,
            "DISPLAY": self.display,
            "can_ask": self.can_ask,
        }


class Hello(NamedTuple):
    """The client's first word."""

    version: str
    protocol: int = PROTOCOL

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "hello", **self._asdict()}


class Request(NamedTuple):
    """The one thing that a connection is for."""

    op: str
    args: Mapping[str, Any] = _NOTHING
    context: Context = Context()

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        context = self.context.to_json()
        return {"type": "request", "op": self.op, "args": {**self.args}, "context": context}


class Answer(NamedTuple):
    """To a question of this connection."""

    id: str
    value: str | None
    """None is a refusal."""

    def __repr__(self) -> str:
        """Without the value, which may be a password."""
        return f"Answer(id={self.id!r})"

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "answer", **self._asdict()}


class Resize(NamedTuple):
    """The client's terminal has another size now."""

    columns: int
    rows: int

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "resize", **self._asdict()}


class Eof(NamedTuple):
    """The client's standard input ended."""

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "eof"}


class Cancel(NamedTuple):
    """Whoever sits there said Ctrl-C; a client that only closes its connection has vanished."""

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "cancel"}


class AgentHello(NamedTuple):
    """The agent's first word."""

    version: str
    pid: int
    links: int
    """Links that are up; with none, an agent may be replaced."""

    protocol: int = PROTOCOL

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "hello", **self._asdict()}


class Snapshots(NamedTuple):
    """Rows as they are now."""

    profiles: tuple[Snapshot, ...]

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "snapshots", "profiles": [one.to_json() for one in self.profiles]}


class Asked(NamedTuple):
    """A question for whoever sits at the client."""

    question: Question

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "question", "question": self.question.to_json()}


class Withdrawn(NamedTuple):
    """Somebody else answered this one."""

    id: str

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "withdrawn", **self._asdict()}


class Lines(NamedTuple):
    """More lines of a log, clean and masked."""

    lines: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "lines", **self._asdict()}


class Checked(NamedTuple):
    """What a doctor found in one layer, or that it looks there now."""

    check: "Check"

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "check", "check": self.check.packed()}


class Ready(NamedTuple):
    """Streams of a terminal or a command begin after this."""

    note: str = ""
    """One line for the person, such as how to detach."""

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "ready", **self._asdict()}


class Taken(NamedTuple):
    """So much of the client's standard input has reached the host: as much more may come.

    At most `STDIN_WINDOW` bytes are under way, so that neither end ever waits for the other while it has
    something else to hear, such as Ctrl-C.
    """

    size: int

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "taken", **self._asdict()}


class Done(NamedTuple):
    """The request is done."""

    value: Mapping[str, Any] = _NOTHING

    def __repr__(self) -> str:
        """Without the value, which may hold a URL with its token."""
        return "Done()"

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "done", "value": {**self.value}}


class Failed(NamedTuple):
    """The request failed."""

    failure: Failure

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": "failed", "failure": self.failure.to_json()}


FromClient = Hello | Request | Answer | Resize | Eof | Cancel
FromAgent = (
    AgentHello
    | Snapshots
    | Asked
    | Withdrawn
    | Lines
    | Checked
    | Ready
    | Taken
    | Done
    | Failed
)


def from_client(document: Mapping[str, Any]) -> FromClient:
    """Read what a client sent.

    >>> from_client({"type": "resize", "columns": 80, "rows": 24})
    Resize(columns=80, rows=24)

    Raises: ProtocolError: it is not a message of a client's, or its fields are not of their types.
    """
    return _read(_CLIENT, document)


def from_agent(document: Mapping[str, Any]) -> FromAgent:
    """Read what the agent sent.

    >>> from_agent({"type": "withdrawn", "id": "q1"})
    Withdrawn(id='q1')

    Raises: ProtocolError: it is not a message of the agent's, or its fields are not of their types.
    """
    return _read(_AGENT, document)


T = TypeVar("T")
Document = Mapping[str, Any]
_LARGEST_SIZE = 65535
"""Columns or rows: `struct winsize` of ioctl_tty(2) has 16 bits."""


def _read(readers: Mapping[str, Callable[[Document], T]], document: Document) -> T:
    kind = document.get("type")
    reader = readers.get(kind) if isinstance(kind, str) else None
    if reader is None:
        message = f"there is no message of type {str(kind)[:40]!r}"
        raise ProtocolError(message)
    try:
        return reader(document)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        message = f"a message of type {kind!r} does not have the fields it should"
        raise ProtocolError(message) from exc


def _field(document: Document, key: str, kind: type[T]) -> T:
    value = document[key]
    if type(value) is not kind:  # a bool is an int to isinstance
        raise TypeError(key)
    return value


def _maybe_text(document: Document, key: str) -> str | None:
    return None if document.get(key) is None else _field(document, key, str)


def _size(document: Document, key: str) -> int:
    size = _field(document, key, int)
    if not 0 < size <= _LARGEST_SIZE:
        raise ValueError(key)
    return size


def _context(document: Document) -> Context:
    return Context(
        auth_sock=_maybe_text(document, "SSH_AUTH_SOCK"),
        ssh_config=_maybe_text(document, SSH_CONFIG),
        term=_maybe_text(document, "TERM"),
        lang=_maybe_text(document, "LANG"),
        display=_maybe_text(document, "DISPLAY"),
        can_ask=_field({"can_ask": False, **document}, "can_ask", bool),
    )


def _request(document: Document) -> Request:
    return Request(
        op=_field(document, "op", str),
        args=_field({"args": {}, **document}, "args", dict),
        context=_context(_field({"context": {}, **document}, "context", dict)),
    )


def _agent_hello(document: Document) -> AgentHello:
    return AgentHello(
        version=_field(document, "version", str),
        protocol=_field(document, "protocol", int),
        pid=_field(document, "pid", int),
        links=_field(document, "links", int),
    )


def _snapshots(document: Document) -> Snapshots:
    rows = _field(document, "profiles", list)
    return Snapshots(profiles=tuple(Snapshot.from_json(row) for row in rows))


def _lines(document: Document) -> Lines:
    lines = tuple(_field(document, "lines", list))
    if not all(isinstance(line, str) for line in lines):
        raise TypeError(lines)
    return Lines(lines=lines)


def _checked(document: Document) -> Checked:
    # only a doctor's client reads these
    from nbtui.model.check import Check  # noqa: PLC0415

    return Checked(check=Check.unpacked(_field(document, "check", dict)))


_CLIENT: Final[dict[str, Callable[[Document], FromClient]]] = {
    "hello": lambda it: Hello(
        version=_field(it, "version", str), protocol=_field(it, "protocol", int)
    ),
    "request": _request,
    "answer": lambda it: Answer(id=_field(it, "id", str), value=_maybe_text(it, "value")),
    "resize": lambda it: Resize(columns=_size(it, "columns"), rows=_size(it, "rows")),
    "eof": lambda _: Eof(),
    "cancel": lambda _: Cancel(),
}
_AGENT: Final[dict[str, Callable[[Document], FromAgent]]] = {
    "hello": _agent_hello,
    "snapshots": _snapshots,
    "question": lambda it: Asked(question=Question.from_json(_field(it, "question", dict))),
    "withdrawn": lambda it: Withdrawn(id=_field(it, "id", str)),
    "lines": _lines,
    "check": _checked,
    "ready": lambda it: Ready(note=_field({"note": "", **it}, "note", str)),
    "taken": lambda it: Taken(size=_field(it, "size", int)),
    "done": lambda it: Done(value=_field({"value": {}, **it}, "value", dict)),
    "failed": lambda it: Failed(failure=Failure.from_json(_field(it, "failure", dict))),
}
