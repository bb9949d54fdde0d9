"""The tunnel's local port: which one, and keeping it."""

from collections.abc import Callable
from contextlib import suppress

from nbtui.errors import LocalPortTaken, NbtuiError
from nbtui.model.profile import ForwardSpec
from nbtui.session.rig import Forward, Rig
from nbtui.session.visits import Visits

OpenForward = Callable[[ForwardSpec, Rig], Forward]

TRIES = 64
"""Ports tried after the first one that is taken."""


def open_tunnel(
    rig: Rig, make: OpenForward, *, asked: int | str | None, remembered: int | None
) -> int:
    """Listen on the local port and lead it to the server; the port that it became.

    A tunnel that already leads there stays as it is: its port is bound all the time.

    Args:
        asked: a port, "auto", or None: as the profile says.
        remembered: the port that nbtui chose for this profile before.

    Raises: LocalPortTaken.
    """
    assert rig.server is not None  # noqa: S101  # the rules open a tunnel only to a server
    to = (rig.server.address, rig.server.port)
    if (
        rig.tunnel is not None
        and rig.tunnel_to == to
        and asked in (None, "auto", rig.local_port)
    ):
        return rig.local_port or 0
    kept = rig.local_port if rig.tunnel is not None else remembered
    rig.close_tunnel()
    rig.visits = Visits()
    rig.local_port = bind(rig, make, to, candidates(rig, asked, kept))
    rig.tunnel_to = to
    return rig.local_port


def candidates(rig: Rig, asked: int | str | None, kept: int | None) -> list[int]:
    """The ports to try; a port that somebody asked for is the only one."""
    if isinstance(asked, int):
        return [asked]
    if asked is None and rig.resolved.jupyter.local_port is not None:
        return [rig.resolved.jupyter.local_port]
    first = rig.resolved.jupyter.local_port or rig.wanted_port
    following = range(first, min(first + TRIES, 65536))
    return [port for port in dict.fromkeys((kept, *following)) if port]


def bind(rig: Rig, make: OpenForward, to: tuple[str, int], ports: list[int]) -> int:
    """Listen on the first of the ports that is free, which becomes the rig's tunnel. Raises LocalPortTaken."""
    taken: NbtuiError | None = None
    for port in ports:
        spec = ForwardSpec(kind="local", listen=f"localhost:{port}", to=_address(to))
        forward = make(spec, rig)
        try:
            forward.open()
        except LocalPortTaken as exc:
            taken = taken or exc
            continue
        rig.tunnel = forward
        return port
    assert taken is not None  # noqa: S101  # there was at least one port
    raise taken


def _address(to: tuple[str, int]) -> str:
    host, port = to
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def open_forwards(rig: Rig, make: OpenForward) -> None:
    """Open the profile's own forwards; one that cannot be is no reason to have no notebook."""
    if rig.forwards:
        return
    for spec in rig.resolved.forwards:
        forward = make(spec, rig)
        with suppress(NbtuiError):  # its state tells
            forward.open()
        rig.forwards.append(forward)
