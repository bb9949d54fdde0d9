"""Jupyter's REST API, asked over a `Reach`.

The token goes only into the Authorization header, and only to a server whose listener the probe saw to
belong to it. A server that wants a password answers 403 to us: that is an outcome (None, False), no error.
Source: jupyter_server, services/api/api.yaml.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from nbtui.clock import Clock, SystemClock
from nbtui.errors import NbtuiError
from nbtui.model.host import JupyterServer
from nbtui.model.shell import Reach
from nbtui.model.snapshot import Kernel
from nbtui.model.text import clean_line
from nbtui.remote.conversation import Address, Answer, Conversation, conversation

OK, BAD_REQUEST = 200, 400
CLOSED = frozenset({301, 302, 303, 307, 308, 401, 403})
"""What a server answers whose door is a login page."""

STRANGER = "what answers on Jupyter's port is not Jupyter"
NAME = 200
"""Characters that are kept of a name; 4096 of a path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """GET /api/status."""

    kernels: int
    connections: int
    last_activity: float | None
    """Seconds since 1970 UTC."""


class Api:
    """One connection to a server's API. Made by `api_of`."""

    def __init__(self, server: JupyterServer, talk: Conversation) -> None:
        self._server, self._talk = server, talk

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: bool = True,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Callable[[], Answer]:
        """Send a request; what is returned waits for its answer.

        Args: more: headers.
        """
        headers = {"Accept": "application/json", **more}
        if token and self._server.token and self._server.verified:
            headers["Authorization"] = f"token {self._server.token}"
        return self._talk.ask(method, _path(self._server) + path, headers)

    def documents(self, *paths: str, token: bool = True) -> list[Any]:
        """The JSON at each path, in one round trip; None for one that is closed to us."""
        answers = [self.ask("GET", path, token=token) for path in paths]
        return [
            _document(path, answer()) for path, answer in zip(paths, answers, strict=True)
        ]


def _document(path: str, answer: Answer) -> Any:
    if answer.status in CLOSED:
        return None
    if answer.status != OK:
        raise NbtuiError(f"Jupyter answers {answer.status} to {path}", layer="jupyter")
    return _json(answer.body)


@contextmanager
def api_of(
    server: JupyterServer, reach: Reach, timeout: float, clock: Clock | None
) -> Iterator[Api]:
    """A connection to the server's API; everything inside has `timeout` seconds together. Raises: see `ready`."""
    address = Address(host=server.address, port=server.port, secure=server.secure)
    with conversation(
        address, reach, timeout=timeout, clock=clock or SystemClock()
    ) as talk:
        yield Api(server, talk)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise NbtuiError(STRANGER, layer="jupyter") from exc


def ready(
    server: JupyterServer,
    reach: Reach,
    *,
    timeout: float = 10.0,
    clock: Clock | None = None,
) -> str:
    """The server's version, from GET /api, without a token; empty where even that is closed.

    Raises:
        TimedOut, LinkLost, HostUnreachable: no answer.
        NbtuiError: something else than Jupyter answered.
    """
    with api_of(server, reach, timeout, clock) as api:
        [document] = api.documents("api", token=False)
    if document is None:
        return ""
    if not isinstance(document, dict) or not isinstance(document.get("version"), str):
        raise NbtuiError(STRANGER, layer="jupyter")
    return clean_line(document["version"], limit=40)


def status(
    server: JupyterServer,
    reach: Reach,
    *,
    timeout: float = 10.0,
    clock: Clock | None = None,
) -> Status | None:
    """How the server is; None when its API is closed to us. Raises: see `ready`."""
    with api_of(server, reach, timeout, clock) as api:
        [document] = api.documents("api/status")
    if document is None:
        return None
    facts = document if isinstance(document, dict) else {}
    return Status(
        kernels=_count(facts.get("kernels")),
        connections=_count(facts.get("connections")),
        last_activity=seconds(facts.get("last_activity")),
    )


def kernels(
    server: JupyterServer,
    reach: Reach,
    *,
    timeout: float = 10.0,
    memory: Mapping[str, int] | None = None,
    status: bool = False,
    clock: Clock | None = None,
) -> tuple[Kernel, ...] | None:
    """The running kernels, each with its notebook; None when the API is closed to us.

    Args:
        server: whom to ask.
        reach: the way there.
        timeout: seconds for all requests together, which are sent at once.
        memory: resident bytes by kernel id: `dict(report.kernel_memory)`.
        status: GET /api/status has to answer as well.
        clock: the time.

    Raises: see `ready`.
    """
    paths = ("api/kernels", "api/sessions", *(("api/status",) if status else ()))
    with api_of(server, reach, timeout, clock) as api:
        running, sessions, *_ = api.documents(*paths)
    return None if running is None else tuple(_kernels(running, sessions, memory or {}))


def _kernels(running: Any, sessions: Any, memory: Mapping[str, int]) -> Iterator[Kernel]:
    paths = dict(_paths(sessions))
    for facts in _objects(running):
        ident = _text(facts, "id", NAME)
        yield Kernel(
            id=ident,
            name=_text(facts, "name", NAME),
            path=paths.get(ident, ""),
            busy=facts.get("execution_state") == "busy",
            last_activity=seconds(facts.get("last_activity")),
            connections=_count(facts.get("connections")),
            memory=memory.get(ident),
        )


def _paths(sessions: Any) -> Iterator[tuple[str, str]]:
    """(kernel id, path); a notebook's comes last, so that it wins over a console on the same kernel."""
    found = sorted(_objects(sessions), key=lambda one: one.get("type") == "notebook")
    for session in found:
        kernel = session.get("kernel")
        if isinstance(kernel, dict):
            yield _text(kernel, "id", NAME), _text(session, "path", 4096)


def shutdown(
    server: JupyterServer,
    reach: Reach,
    *,
    timeout: float = 10.0,
    clock: Clock | None = None,
) -> bool:
    """Ask it to end with all its kernels; False when its API is closed to us. Raises: see `ready`."""
    with api_of(server, reach, timeout, clock) as api:
        return api.ask("POST", "api/shutdown")().status < 300  # noqa: PLR2004  # any success


def page_url(server: JupyterServer, local_port: int, *, token: bool = False) -> str:
    """What a browser here opens; built by us, whatever the host wrote into `base_url`.

    Args:
        server: its base_url and whether it speaks HTTPS count.
        local_port: of the tunnel.
        token: with the secret in it; only for the user's own browser and terminal.

    >>> lab = JupyterServer(pid=7, port=8888, address="::1", token="a&b", base_url="/me/<x>/")
    >>> page_url(lab, 8889)
    'http://localhost:8889/me/%3Cx%3E/'
    >>> page_url(lab, 8889, token=True)
    'http://localhost:8889/me/%3Cx%3E/?token=a%26b'
    """
    scheme = "https" if server.secure else "http"
    query = f"?token={quote(server.token, safe='')}" if token and server.token else ""
    return f"{scheme}://localhost:{local_port}{_path(server)}{query}"


def _path(server: JupyterServer) -> str:
    """The base URL, percent-encoded; what is encoded already is left so."""
    return quote(f"/{server.base_url.strip('/')}/".replace("//", "/"), safe="/%@:~")


def seconds(text: object) -> float | None:
    """Seconds since 1970 UTC of an ISO 8601 time; None when it is none. UTC if it names no zone.

    >>> seconds("1970-01-01T00:01:00.5Z"), seconds("yesterday")
    (60.5, None)
    """
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _objects(document: Any) -> list[dict[str, Any]]:
    items = document if isinstance(document, list) else []
    return [one for one in items if isinstance(one, dict)]


def _text(facts: Mapping[str, Any], key: str, limit: int) -> str:
    value = facts.get(key)
    return clean_line(value, limit=limit) if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
