"""Jupyter servers from their runtime files and what else is known of their processes. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from nbtui.model.host import JupyterServer
from nbtui.model.text import clean_line
from nbtui.remote.listening import Holders, Socket, dial_address, literal
from nbtui.remote.panes import Pane
from nbtui.remote.processes import Process, lineage

PATH_LIMIT = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the rest of the probe says about processes and sockets."""

    processes: Mapping[int, Process]
    sockets: tuple[Socket, ...]
    holders: Holders
    panes: tuple[Pane, ...]


def read_runtime_file(text: str) -> dict[str, Any]:
    """The object in a runtime file; empty when it holds something else.

    >>> read_runtime_file('{"port": 8889}'), read_runtime_file("[" * 100000)
    ({'port': 8889}, {})
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def server_of(pid: int, path: str, text: str, evidence: Evidence) -> JupyterServer | None:
    """The server of one runtime file.

    None when the file is broken, speaks of another process or of a Unix socket, or when the process
    can be seen not to listen on the port: then its pid was given to another program.
    """
    facts = read_runtime_file(text)
    port = facts.get("port")
    if not _is_port(port) or facts.get("pid") != pid or facts.get("sock"):
        return None
    bound = [one.address for one in evidence.sockets if _belongs(one, pid, port, evidence)]
    if not bound and pid in evidence.holders.seen:
        return None
    process, pane = evidence.processes.get(pid), _pane(pid, evidence)
    return JupyterServer(
        pid=pid,
        port=port,
        address=dial_address(bound or [_said(facts)]),
        token=_token(facts),
        base_url=_base_url(facts),
        root_dir=_text(facts, "root_dir") or _text(facts, "notebook_dir"),
        version=_text(facts, "version")[:40],
        password=facts.get("password") is True,
        secure=facts.get("secure") is True,
        started_at=process.started_at if process else None,
        session=pane.session.name if pane else "",
        pane_pid=pane.pid if pane else 0,
        verified=bool(bound),
        runtime_file=clean_line(path, limit=PATH_LIMIT),
    )


def _is_port(port: object) -> TypeGuard[int]:
    return isinstance(port, int) and not isinstance(port, bool) and 0 < port < 1 << 16


def _belongs(socket: Socket, pid: int, port: int, evidence: Evidence) -> bool:
    holder = socket.pid or evidence.holders.by_inode.get(socket.inode)
    return socket.port == port and holder == pid


def _said(facts: Mapping[str, Any]) -> str:
    """The address of the file, for a host that does not show its sockets."""
    return literal(_text(facts, "hostname"), default="127.0.0.1")


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return clean_line(value, limit=PATH_LIMIT) if isinstance(value, str) else ""


def _token(facts: Mapping[str, Any]) -> str:
    """It goes into a header: anything but printable ASCII cannot be a token."""
    token = facts.get("token")
    fits = isinstance(token, str) and token.isascii() and token.isprintable()
    return str(token) if fits and " " not in str(token) else ""


def _base_url(facts: Mapping[str, Any]) -> str:
    path = _text(facts, "base_url").strip("/")
    return f"/{path}/" if path else "/"


def _pane(pid: int, evidence: Evidence) -> Pane | None:
    """The tmux pane that started it, else the one whose terminal it is on."""
    by_pid = {pane.pid: pane for pane in evidence.panes}
    for ancestor in lineage(pid, evidence.processes):
        if ancestor in by_pid:
            return by_pid[ancestor]
    process = evidence.processes.get(pid)
    by_tty = {pane.tty: pane for pane in evidence.panes if pane.tty}
    return by_tty.get(process.tty) if process and process.tty else None


def unique(servers: Iterable[JupyterServer | None]) -> tuple[JupyterServer, ...]:
    """Each process once, oldest first."""
    by_pid = {one.pid: one for one in servers if one}
    return tuple(sorted(by_pid.values(), key=lambda one: (one.started_at or 0.0, one.pid)))
