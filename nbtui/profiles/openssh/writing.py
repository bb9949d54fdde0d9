"""Sessions as a piece of ssh_config(5), which `ssh -G -F` takes to mean the same. Pure."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple

from nbtui.model.profile import ForwardKind
from nbtui.profiles.outgoing import Link, Session

_HEAD = """\
# Written by: nbtui profile export openssh
# To have it heeded, begin ~/.ssh/config with a line that includes this file.
"""
_NOT_IN_ALIAS = re.compile(r"""[\s*?!,@'"`$\\;&<>|(){}#\x00-\x1f\x7f]+""")
_NEEDS_QUOTES = re.compile(r"""[\s'"#]|\\['"\\ ]""")
_FORWARDS: dict[ForwardKind, str] = {
    "local": "LocalForward",
    "remote": "RemoteForward",
    "socks": "DynamicForward",
}


class Written(NamedTuple):
    """What came of it."""

    text: str
    notes: tuple[str, ...]
    """What is otherwise there, or cannot be said."""


def ssh_config(sessions: Iterable[Session], *, home: str) -> Written:
    """A block for each session, in their order.

    Args:
        home: the user's, which is written as `~`.
    """
    sessions = tuple(sessions)
    aliases = _aliases(one.name for one in sessions)
    blocks = [_HEAD]
    notes = [
        f"{name} is called {word} there" for name, word in aliases.items() if word != name
    ]
    for one in sessions:
        lines = "".join(f"    {line}\n" for line in _lines(one, aliases, home))
        blocks.append(f"Host {aliases[one.name]}\n{lines}")
        notes += (f"{one.name}: {note}" for note in _notes(one))
    return Written(text="\n".join(blocks), notes=tuple(notes))


def _aliases(names: Iterable[str]) -> dict[str, str]:
    """What can be typed after `ssh` for each, all of them different.

    >>> _aliases(["lab/gpu 1", "lab/gpu-1", "-"])
    {'lab/gpu 1': 'lab/gpu-1', 'lab/gpu-1': 'lab/gpu-1-2', '-': 'host'}
    """
    found: dict[str, str] = {}
    for name in names:
        plain = _NOT_IN_ALIAS.sub("-", name).strip("-") or "host"
        more = (plain, *(f"{plain}-{number}" for number in range(2, len(found) + 3)))
        found[name] = next(one for one in more if one not in found.values())
    return found


def _lines(one: Session, aliases: dict[str, str], home: str) -> Iterator[str]:
    target = one.target
    yield f"HostName {_literal(target.host)}"
    yield f"User {_word(target.user)}"
    yield f"Port {target.port}"
    for key in _keys(one):
        yield f"IdentityFile {_path(key, home)}"
    for certificate in target.certificate_files:
        yield f"CertificateFile {_path(certificate, home)}"
    if target.identities_only:
        yield "IdentitiesOnly yes"
    if target.identity_agent:
        yield f"IdentityAgent {_path(target.identity_agent, home)}"
    if target.host_key_alias:
        yield f"HostKeyAlias {_word(target.host_key_alias)}"
    if target.address_family != "any":
        yield f"AddressFamily {target.address_family}"
    yield from _way(one, aliases)
    for forward in one.forwards:
        to = f" {forward.to}" if forward.to else ""
        yield f"{_FORWARDS[forward.kind]} {forward.listen}{to}"


def _way(one: Session, aliases: dict[str, str]) -> Iterator[str]:
    if one.chain:
        yield f"ProxyJump {','.join(_hop(link, aliases) for link in one.chain)}"
    elif one.target.proxy_command:
        yield f"ProxyCommand {_literal(one.target.proxy_command)}"


def _hop(link: Link, aliases: dict[str, str]) -> str:
    return str(link.hop) if link.alone else aliases[link.hop.host]


def _keys(one: Session) -> Iterator[str]:
    if one.target.identities_explicit:
        yield from (key for key in one.target.identity_files if not _is_ppk(key))


def _notes(one: Session) -> Iterator[str]:
    for key in one.target.identity_files:
        if one.target.identities_explicit and _is_ppk(key):
            yield f"ssh cannot read {key}, so it is left out; nbtui key convert writes one that it can"


def _is_ppk(path: str) -> bool:
    return PurePath(path).suffix.lower() == ".ppk"


def _path(path: str, home: str) -> str:
    """An argument that means this path; a home is written as `~`.

    >>> _path("/home/me/my keys/100%", "/home/me"), _path("/k", "/home/me")
    ('"~/my keys/100%%"', '/k')
    """
    if path.startswith(f"{home}/"):
        path = f"~{path[len(home) :]}"
    return _word(_literal(path))


def _literal(text: str) -> str:
    """Without tokens: a percent sign stands for itself."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    r"""One argument, in quotes where it needs them.

    >>> print(_word("a b"), _word(r"C:\keys\id"), _word(r"C:\my keys\id"))
    "a b" C:\keys\id "C:\\my keys\\id"
    """
    if text and not _NEEDS_QUOTES.search(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
