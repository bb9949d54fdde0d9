"""What a client and the agent say to each other, as types.

Each message is a frozen dataclass; `TYPE` is its `type` on the wire, `to_json` makes the object that
`Channel.send` takes, `from_client` and `from_agent` read one. Readers trust nothing: whatever does not
fit raises `ProtocolError`, and keys of a newer version are ignored.

The order: both say hello; the client sends one request; the agent streams until `Done` or `Failed`.
Closing the connection cancels what only this client waits for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, TypeVar, cast

from nbtui.ipc.errors import ProtocolError
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot

PROTOCOL: Final = 1
"""Changes when an older end would misunderstand a newer one."""


class _Plain:
    """A message whose fields travel as they are."""

    __slots__ = ()
    TYPE: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": self.TYPE} | {
            one.name: getattr(self, one.name) for one in fields(cast("Any", self))
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What belongs to the person who asks, not to the agent's own login."""

    auth_sock: str | None = None
    """SSH_AUTH_SOCK of the client."""

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
            term=environ.get("TERM") or None,
            lang=next(filter(None, locale), None),
            display=environ.get("DISPLAY") or None,
            can_ask=can_ask,
        )

    def to_json(self) -> dict[str, Any]:
        """As it travels: the names of the environment."""
        return {
            "SSH_AUTH_SOCK": self.auth_sock,
            "TERM": self.term,
            "LANG": self.lang,
            "DISPLAY": self.display,
            "can_ask": self.can_ask,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello(_Plain):
    """The client's first word."""

    TYPE: ClassVar[str] = "hello"
    version: str
    protocol: int = PROTOCOL


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """The one thing that a connection is for."""

    TYPE: ClassVar[str] = "request"
    op: str
    args: dict[str, Any] = field(default_factory=dict)
    context: Context = field(default_factory=Context)

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        context = self.context.to_json()
        return {"type": self.TYPE, "op": self.op, "args": self.args, "context": context}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(_Plain):
    """To a question of this connection."""

    TYPE: ClassVar[str] = "answer"
    id: str
    value: str | None = field(repr=False)
    """None is a refusal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resize(_Plain):
    """The client's terminal has another size now."""

    TYPE: ClassVar[str] = "resize"
    columns: int
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Eof(_Plain):
    """The client's standard input ended."""

    TYPE: ClassVar[str] = "eof"


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentHello(_Plain):
    """The agent's first word."""

    TYPE: ClassVar[str] = "hello"
    version: str
    pid: int
    links: int
    """Links that are up; with none, an agent may be replaced."""

    protocol: int = PROTOCOL


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshots:
    """Rows as they are now."""

    TYPE: ClassVar[str] = "snapshots"
    profiles: tuple[Snapshot, ...]

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": self.TYPE, "profiles": [one.to_json() for one in self.profiles]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question for whoever sits at the client."""

    TYPE: ClassVar[str] = "question"
    question: Question

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": self.TYPE, "question": self.question.to_json()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(_Plain):
    """Somebody else answered this one."""

    TYPE: ClassVar[str] = "withdrawn"
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines(_Plain):
    """More lines of a log, clean and masked."""

    TYPE: ClassVar[str] = "lines"
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready(_Plain):
    """Streams of a terminal or a command begin after this."""

    TYPE: ClassVar[str] = "ready"
    note: str = ""
    """One line for the person, such as how to detach."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done(_Plain):
    """The request is done."""

    TYPE: ClassVar[str] = "done"
    value: dict[str, Any] = field(default_factory=dict, repr=False)
    """May hold a URL with its token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The request failed."""

    TYPE: ClassVar[str] = "failed"
    failure: Failure

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        return {"type": self.TYPE, "failure": self.failure.to_json()}


FromClient = Hello | Request | Answer | Resize | Eof
FromAgent = AgentHello | Snapshots | Asked | Withdrawn | Lines | Ready | Done | Failed


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


_CLIENT: Final[dict[str, Callable[[Document], FromClient]]] = {
    Hello.TYPE: lambda it: Hello(
        version=_field(it, "version", str), protocol=_field(it, "protocol", int)
    ),
    Request.TYPE: _request,
    Answer.TYPE: lambda it: Answer(
        id=_field(it, "id", str), value=_maybe_text(it, "value")
    ),
    Resize.TYPE: lambda it: Resize(columns=_size(it, "columns"), rows=_size(it, "rows")),
    Eof.TYPE: lambda _: Eof(),
}
_AGENT: Final[dict[str, Callable[[Document], FromAgent]]] = {
    AgentHello.TYPE: _agent_hello,
    Snapshots.TYPE: _snapshots,
    Asked.TYPE: lambda it: Asked(question=Question.from_json(_field(it, "question", dict))),
    Withdrawn.TYPE: lambda it: Withdrawn(id=_field(it, "id", str)),
    Lines.TYPE: _lines,
    Ready.TYPE: lambda it: Ready(note=_field({"note": "", **it}, "note", str)),
    Done.TYPE: lambda it: Done(value=_field({"value": {}, **it}, "value", dict)),
    Failed.TYPE: lambda it: Failed(failure=Failure.from_json(_field(it, "failure", dict))),
}
