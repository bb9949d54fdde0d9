"""Sessions as PuTTY saves them: a `.reg` file, or the files of ~/.putty/sessions. Pure.

Source: gppmap and wmap of PuTTY's settings.c, make_session_filename of unix/storage.c, escape_registry_key of
windows/utils, and the manual's appendix on saved sessions.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple

from nbtui.model.profile import ForwardSpec
from nbtui.profiles.outgoing import Session
from nbtui.quoting import words

Values = dict[str, str | int]
"""Of one session: what PuTTY's defaults do not say already."""

_ROOT = r"HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions"
_SAFE_IN_FILE = frozenset(
    b"+-.@_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
_UNSAFE_IN_KEY = frozenset(rb" \*?%")
_FIRST_PRINTABLE, _LAST_PRINTABLE = ord(" "), ord("~")
_FAMILIES = {"any": 0, "inet": 1, "inet6": 2}
_LOCAL_COMMAND, _SSH_FORWARD = 5, 6
"""Of ProxyMethod: `Local`, and `SSH to proxy and use port forwarding`, which PuTTY knows since 0.77."""

_KINDS = {"local": "L", "remote": "R", "socks": "D"}
_SEPARATORS = re.compile(r"[\\,=]")


class Written(NamedTuple):
    """One session."""

    name: str
    values: Values
    notes: tuple[str, ...]
    """What is otherwise there, or cannot be said."""


def putty_sessions(
    sessions: Iterable[Session], *, ppk_of: Mapping[str, str]
) -> tuple[Written, ...]:
    """What PuTTY is to have under each name.

    Args:
        ppk_of: for a key that is no .ppk, the .ppk of the same key, as far as there is one.
    """
    return tuple(
        Written(
            name=one.name,
            values=dict(_values(one, ppk_of)),
            notes=tuple(f"{one.name}: {note}" for note in _notes(one, ppk_of)),
        )
        for one in sessions
    )


def reg_file(sessions: Iterable[Written]) -> str:
    """The text of a file for regedit; it stands in UTF-16, with a byte order mark and CRLF.

    Source: "How to add, modify, or delete registry subkeys and values by using a .reg file" of Microsoft.
    """
    blocks = ["Windows Registry Editor Version 5.00\r\n"]
    for one in sessions:
        lines = (f'"{name}"={_reg_value(value)}\r\n' for name, value in one.values.items())
        blocks.append(f"[{_ROOT}\\{key_name(one.name)}]\r\n{''.join(lines)}")
    return "\r\n".join(blocks) + "\r\n"


def session_file(one: Written) -> str:
    r"""The text of a file of ~/.putty/sessions.

    >>> session_file(Written(name="vm", values={"HostName": "10.0.0.7", "PortNumber": 22}, notes=()))
    'HostName=10.0.0.7\nPortNumber=22\n'
    """
    return "".join(f"{name}={value}\n" for name, value in one.values.items())


def file_name(name: str) -> str:
    """Of a session in ~/.putty/sessions.

    >>> file_name("lab/gpu 1"), file_name("é")
    ('lab%2Fgpu%201', '%C3%A9')
    """
    raw = name.encode(errors="surrogateescape")
    return _percent(raw, lambda byte: byte in _SAFE_IN_FILE)


def key_name(name: str) -> str:
    """Of a session in the registry, in the code page of Western Windows where that has it.

    >>> key_name("lab/gpu 1"), key_name(".é"), key_name("→")
    ('lab/gpu%201', '%2E%E9', '%E2%86%92')
    """
    try:
        raw = name.encode("cp1252")
    except UnicodeEncodeError:
        raw = name.encode(errors="surrogateescape")
    key = _percent(raw, _is_safe_in_key)
    return f"%2E{key[1:]}" if key.startswith(".") else key


def _is_safe_in_key(byte: int) -> bool:
    return _FIRST_PRINTABLE <= byte <= _LAST_PRINTABLE and byte not in _UNSAFE_IN_KEY


def _percent(raw: bytes, is_safe: Callable[[int], bool]) -> str:
    return "".join(chr(byte) if is_safe(byte) else f"%{byte:02X}" for byte in raw)


def _reg_value(value: str | int) -> str:
    r"""As it stands behind the equals sign.

    >>> print(_reg_value(22), _reg_value(r"C:\a"))
    dword:00000016 "C:\\a"
    """
    if isinstance(value, int):
        return f"dword:{value:08x}"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _values(one: Session, ppk_of: Mapping[str, str]) -> Iterator[tuple[str, str | int]]:
    target = one.target
    yield "Protocol", "ssh"
    yield "HostName", target.host
    yield "PortNumber", target.port
    yield "UserName", target.user
    yield "AddressFamily", _FAMILIES[target.address_family]
    if keys := _keys(one):
        yield "PublicKeyFile", ppk_of.get(keys[0]) or _as_ppk(keys[0])
    if target.certificate_files:
        yield "DetachedCertificate", target.certificate_files[0]
    if target.identity_agent == "none":
        yield "TryAgent", 0
    if target.host_key_alias:
        yield "LogHost", target.host_key_alias
    yield from _way(one)
    yield "PortForwardings", ",".join(map(_forward, one.forwards))


def _way(one: Session) -> Iterator[tuple[str, str | int]]:
    if one.chain:
        *_before, link = one.chain
        sole = link.alone and len(one.chain) == 1
        yield "ProxyMethod", _SSH_FORWARD
        yield "ProxyHost", link.target.host if sole else link.hop.host
        yield "ProxyPort", link.target.port
        yield "ProxyUsername", link.target.user
    elif one.target.proxy_command:
        yield "ProxyMethod", _LOCAL_COMMAND
        yield "ProxyTelnetCommand", _literal(one.target.proxy_command)


def _literal(command: str) -> str:
    r"""Without what PuTTY would replace in it.

    >>> print(_literal(r"nc -x a\b 100%"))
    nc -x a\\b 100%%
    """
    return command.replace("\\", "\\\\").replace("%", "%%")


def _keys(one: Session) -> tuple[str, ...]:
    return one.target.identity_files if one.target.identities_explicit else ()


def _forward(one: ForwardSpec) -> str:
    """As in PortForwardings.

    >>> _forward(ForwardSpec(kind="local", listen="localhost:8889", to="localhost:8889"))
    'L8889=localhost:8889'
    >>> _forward(ForwardSpec(kind="socks", listen="[::1]:1080"))
    'D[::1]:1080='
    """
    host, _, port = one.listen.rpartition(":")
    if host == "localhost":
        listen = port
    elif host == "*" and one.kind != "remote":
        listen = f"0.0.0.0:{port}"
    else:
        listen = one.listen
    return f"{_KINDS[one.kind]}{_escaped(listen)}={_escaped(one.to or '')}"


def _escaped(text: str) -> str:
    return _SEPARATORS.sub(r"\\\g<0>", text)


def _notes(one: Session, ppk_of: Mapping[str, str]) -> Iterator[str]:
    target, keys = one.target, _keys(one)
    for key in keys[1:]:
        yield f"PuTTY takes one key, so {key} is left out"
    for key in keys[:1]:
        if key not in ppk_of and not _is_ppk(key):
            makes = words(["puttygen", key, "-o", _as_ppk(key)])
            yield f"PuTTY cannot read {key}; this makes the key that it looks for: {makes}"
    for certificate in target.certificate_files[1:]:
        yield f"PuTTY takes one certificate, so {certificate} is left out"
    if target.identity_agent not in (None, "none"):
        yield f"PuTTY has an agent of its own, so {target.identity_agent} is left out"


def _as_ppk(key: str) -> str:
    """Where the .ppk of a key would be.

    >>> _as_ppk("/k/id_rsa"), _as_ppk("/k/vm.pem"), _as_ppk("/k/vm.PPK")
    ('/k/id_rsa.ppk', '/k/vm.ppk', '/k/vm.PPK')
    """
    return key if _is_ppk(key) else f"{key.removesuffix('.pem')}.ppk"


def _is_ppk(path: str) -> bool:
    return PurePath(path).suffix.lower() == ".ppk"
