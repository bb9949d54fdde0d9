"""Which of the forwards that somebody set up for another program is the tunnel to their notebook. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from nbtui.model.profile import ForwardSpec, JupyterSettings

_USUAL = range(8888, 8900)
"""Where Jupyter listens: 8888 and the next free ones."""

_OTHERS = frozenset({22, 25, 80, 443, 3306, 3389, 5432, 5900, 5901, 6379, 27017})
"""Ports of programs that are no notebook, so that the only forward may well lead to one of them."""

_LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "[::1]", "::1"})


class Sorted(NamedTuple):
    """Forwards, the notebook's apart."""

    jupyter: JupyterSettings
    """`port` and `local_port` of the tunnel; nothing is said when none of the forwards is it."""

    forwards: tuple[ForwardSpec, ...]
    """All the others, in their order."""


def notebook_apart(forwards: Sequence[ForwardSpec], *, guess: bool = True) -> Sorted:
    """Find the tunnel: it leads from loopback here to loopback there, on a usual port of Jupyter's.

    Args:
        guess: a forward that leads to the same port, is the only local one, and is of no other well-known program,
            is it too; for who is shown what came of it.

    >>> l = ForwardSpec(kind="local", listen="localhost:9999", to="127.0.0.1:8889")
    >>> notebook_apart([l]).jupyter.port, notebook_apart([l]).jupyter.local_port
    (8889, 9999)
    """
    local = [one for one in forwards if one.kind == "local"]
    inner = [
        one for one in local if _is_loopback(one.listen) and _is_loopback(one.to or "")
    ]
    usual = [one for one in inner if _port(one.to) in _USUAL]
    same = [one for one in inner if _port(one.to) == _port(one.listen)]
    sole = guess and len(local) == 1
    only = [one for one in same if sole and _port(one.to) not in _OTHERS]
    for tunnel in (*(one for one in usual if one in same), *usual, *only):
        rest = tuple(one for one in forwards if one is not tunnel)
        ports = JupyterSettings(port=_port(tunnel.to), local_port=_port(tunnel.listen))
        return Sorted(jupyter=ports, forwards=rest)
    return Sorted(jupyter=JupyterSettings(), forwards=tuple(forwards))


def is_tunnel(one: ForwardSpec, local_port: int | None) -> bool:
    """Whether this forward would listen where the notebook's tunnel does."""
    return (
        one.kind == "local" and _is_loopback(one.listen) and _port(one.listen) == local_port
    )


def _is_loopback(place: str) -> bool:
    return place.rpartition(":")[0].lower() in _LOOPBACK


def _port(place: str | None) -> int:
    return int((place or "").rpartition(":")[2] or 0)
