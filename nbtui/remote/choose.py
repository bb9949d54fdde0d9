"""Which server a profile means: ours, else the one on its port, else the only one. Pure.

Surprise: a server in a session that is marked for another profile is never taken silently, even when it is
the only one; on a shared account it may be a colleague's.
"""

from dataclasses import dataclass

from nbtui.model.host import HostReport, JupyterServer


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """This one."""

    server: JupyterServer


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """The user chooses; it may be one, which is then somebody else's to all appearances."""

    servers: tuple[JupyterServer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoServer:
    """None fits."""


Choice = Found | Several | NoServer


def choose(report: HostReport, profile: str, port: int | None) -> Choice:
    """Pick among the live servers of a report.

    Args:
        report: of the host.
        profile: name that the sessions of nbtui are marked with.
        port: the profile's TCP port on the host; None: it does not say.

    >>> def server(pid: int, port: int) -> JupyterServer:
    ...     return JupyterServer(pid=pid, port=port, address="127.0.0.1", token="")
    >>> def look(*servers: JupyterServer) -> HostReport:
    ...     return HostReport(
    ...         hostname="h", user="u", uid=1, home="/", login_shell="/bin/sh", servers=servers
    ...     )
    >>> choose(look(server(7, 8888)), "myvm", None).server.pid
    7
    >>> choose(look(server(7, 8888)), "myvm", 8889)
    NoServer()
    >>> [one.pid for one in choose(look(server(7, 8888), server(8, 8890)), "myvm", None).servers]
    [7, 8]
    """
    marks = {one.name: one.profile for one in report.sessions if one.profile}
    ours = tuple(one for one in report.servers if marks.get(one.session) == profile)
    if ours:
        return _one_of(_on(ours, port) or ours)
    if port is not None:
        return _one_of(_on(report.servers, port))
    if any(marks.get(one.session) for one in report.servers):
        return Several(servers=report.servers)
    return _one_of(report.servers)


def _on(servers: tuple[JupyterServer, ...], port: int | None) -> tuple[JupyterServer, ...]:
    return tuple(one for one in servers if one.port == port)


def _one_of(servers: tuple[JupyterServer, ...]) -> Choice:
    match servers:
        case ():
            return NoServer()
        case (server,):
            return Found(server=server)
        case _:
            return Several(servers=servers)
