"""Resolved profiles as sessions of another program: what it can be told, hop by hop. Pure; `writing` of each program does the rest.

Surprise: a hop that is more than `user@host:port` (a key of its own, an alias of ssh_config, a profile) needs a
session of its own in the other program, or it would be reached otherwise there than here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from nbtui.model.profile import ForwardSpec
from nbtui.model.target import Resolved, Target
from nbtui.profiles.hops import Hop, parse_chain

JUPYTER_PORT = 8889
_SSH_PORT = 22
_LEFT_TO_THE_OTHER = frozenset(
    [
        "host",
        "port",
        "user",
        "identity_files",
        "jumps",
        "user_known_hosts",
        "global_known_hosts",
        "strict_host_key_checking",
        "hash_known_hosts",
        "connect_timeout",
        "preferred_authentications",
        "pubkey_authentication",
        "password_authentication",
        "kbd_interactive_authentication",
    ]
)
"""What is no matter of one host's session, or stands in ssh_config and stays there."""

_PLAIN = Target(host="", port=_SSH_PORT, user="")


class Link(NamedTuple):
    """One hop of the way."""

    hop: Hop
    """As it was written."""

    target: Target
    alone: bool
    """The words say all about it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """What the other program is to have under one name."""

    name: str
    target: Target
    chain: tuple[Link, ...] = ()
    """Nearest hop first."""

    forwards: tuple[ForwardSpec, ...] = ()
    """The notebook's tunnel first."""


class Outgoing(NamedTuple):
    """All that is to be written."""

    sessions: tuple[Session, ...]
    notes: tuple[str, ...]
    """What will be otherwise there."""


def outgoing(
    resolved: Sequence[Resolved],
    *,
    user: str,
    local_ports: Mapping[str, int],
    in_a_row: bool,
) -> Outgoing:
    """A session for each profile, and for each hop of theirs that needs one.

    Args:
        user: the login name here, which a hop without a user has.
        local_ports: what nbtui chose for tunnels whose profile names no local port.
        in_a_row: the other program can be told several hops one after the other.
    """
    found = {one.name: _session(one, user, local_ports.get(one.name)) for one in resolved}
    hops = [
        (hop, one.name)
        for one in found.values()
        for hop in _of_hops(one, user, in_a_row=in_a_row)
    ]
    for hop, _behind in hops:
        found.setdefault(hop.name, hop)
    others = (
        f"{hop.name}, a hop to {behind}, is not the profile {hop.name}"
        for hop, behind in hops
        if found[hop.name].target != hop.target
    )
    notes = dict.fromkeys((*_left_behind(resolved), *others))
    return Outgoing(sessions=tuple(found.values()), notes=tuple(notes))


def _left_behind(resolved: Iterable[Resolved]) -> Iterator[str]:
    for one in resolved:
        keys = ", ".join(_of_ours(one))
        if keys:
            yield f"not carried: {keys} of {one.name}"


def _of_ours(one: Resolved) -> Iterator[str]:
    """The keys of the profile that no other program knows, as far as they say something."""
    said: dict[str, object] = {
        f"jupyter.{key}": x for key, x in one.jupyter._asdict().items()
    }
    if not one.name.startswith(f"{one.group}/"):
        said["group"] = one.group
    said |= {"tags": one.tags, "machine.flavors": one.flavors, "keyring": one.keyring}
    carried = {"jupyter.port", "jupyter.local_port", "jupyter.runner"}
    yield from (key for key, value in said.items() if value and key not in carried)


def _session(one: Resolved, user: str, local_port: int | None) -> Session:
    chain = parse_chain(one.jump) if one.jump else ()
    return Session(
        name=one.name,
        target=one.target,
        chain=tuple(_links(chain, one.target, user)),
        forwards=(_tunnel(one, local_port), *one.forwards),
    )


def _tunnel(one: Resolved, remembered: int | None) -> ForwardSpec:
    port = one.jupyter.port or JUPYTER_PORT
    here = one.jupyter.local_port or remembered or port
    return ForwardSpec(kind="local", listen=f"localhost:{here}", to=f"localhost:{port}")


def _links(chain: tuple[Hop, ...], target: Target, user: str) -> list[Link]:
    """The written hops with what they lead to; the last of `target.jumps` is the last of them."""
    links: list[Link] = []
    for hop in reversed(chain):
        target = target.jumps[-1]
        first = hop is chain[0]
        alone = _says_all(hop, target, user) and not (first and target.jumps)
        links.insert(0, Link(hop=hop, target=target, alone=alone))
    return links


def _says_all(hop: Hop, target: Target, user: str) -> bool:
    where = (hop.host, hop.port or _SSH_PORT, hop.user or user)
    same = where == (target.host, target.port, target.user)
    return same and not any(
        getattr(target, one.name) != getattr(_PLAIN, one.name)
        for one in fields(Target)
        if one.name not in _LEFT_TO_THE_OTHER
    )


def _of_hops(session: Session, user: str, *, in_a_row: bool) -> Iterator[Session]:
    for at, link in enumerate(session.chain):
        if link.alone and (in_a_row or at == 0):
            continue
        before = session.chain[:at]
        inner = Session(
            name=link.hop.host,
            target=link.target,
            chain=before or tuple(_links(_own_way(link.target), link.target, user)),
        )
        yield inner
        yield from () if before else _of_hops(inner, user, in_a_row=in_a_row)


def _own_way(target: Target) -> tuple[Hop, ...]:
    return tuple(Hop(host=one.host, user=one.user, port=one.port) for one in target.jumps)
