"""The forwards that ssh_config asks for, and which listeners are open to others.

Source: ssh_config(5), LocalForward, RemoteForward, DynamicForward, GatewayPorts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from nbtui.model.profile import ForwardKind, ForwardSpec
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import Options
from nbtui.profiles.openssh.tokens import BadToken, expand_variables
from nbtui.profiles.ports import parse_port

_KINDS: dict[str, ForwardKind] = {
    "localforward": "local",
    "dynamicforward": "socks",
    "remoteforward": "remote",
}
_PLACE = re.compile(r"(?:(\[[^\]]*\]|[^:\[\]]*):)?([^:\[\]]+)")


class Unsupported(Exception):
    """A forward that ssh could do and nbtui cannot."""


def forwards_of(
    options: Options, environ: Mapping[str, str]
) -> tuple[tuple[ForwardSpec, ...], tuple[str, ...]]:
    """The forwards, and warnings about those that are left out.

    Args:
        environ: for `${NAME}`.

    Raises:
        ConfigError: one that ssh would refuse too.
    """
    specs: list[ForwardSpec] = []
    warnings: list[str] = []
    if options.flag("clearallforwardings", default=False):
        return (), ()
    for keyword, kind in _KINDS.items():
        for line in options.gathered(keyword):
            try:
                specs.append(_spec(line, kind, options, environ))
            except Unsupported as exc:
                warnings.append(f"{line.place}: {exc}, so it is left out")
    return tuple(specs), tuple(warnings)


def open_listeners(specs: Iterable[ForwardSpec]) -> Iterator[str]:
    """A warning for each listener that more than this machine can reach."""
    for spec in specs:
        host = spec.listen.rpartition(":")[0].strip("[]")
        if not _is_loopback(host):
            whose = "the host" if spec.kind == "remote" else "this machine"
            yield f"the {spec.kind} forward on {spec.listen} is open to whoever reaches {whose}"


def _is_loopback(host: str) -> bool:
    try:
        return host in ("", "localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def _spec(
    line: Line, kind: ForwardKind, options: Options, environ: Mapping[str, str]
) -> ForwardSpec:
    try:
        words = [expand_variables(arg, environ) for arg in line.args]
    except BadToken as exc:
        raise line.wrong(str(exc)) from None
    if any("/" in word for word in words):
        raise Unsupported("a forward of a Unix socket is not supported")
    if kind == "remote" and len(words) == 1:
        raise Unsupported("a SOCKS listener on the host is not supported")
    if len(words) != (1 if kind == "socks" else 2):
        raise line.wrong("a forward is a listener and where it leads")
    everywhere = kind != "remote" and options.flag("gatewayports", default=False)
    listen = _listen(line, words[0], default="*" if everywhere else "localhost")
    return ForwardSpec(kind=kind, listen=listen, to=_to(line, words[1:]))


def _listen(line: Line, word: str, *, default: str) -> str:
    host, port = _place(line, word)
    return f"{default if host is None else host or '*'}:{port}"


def _to(line: Line, words: list[str]) -> str | None:
    for word in words:
        host, port = _place(line, word)
        if not host or port == 0:
            raise line.wrong(f"{word} is no host:port")
        return f"{host}:{port}"
    return None


def _place(line: Line, word: str) -> tuple[str | None, int]:
    found = _PLACE.fullmatch(word)
    port = _port(found[2], line) if found else None
    if found is None or port is None:
        raise line.wrong(f"{word} is no port and no host:port")
    host = found[1]
    return (host.strip("[]") if host and ":" not in host else host), port


def _port(text: str, line: Line) -> int | None:
    if text == "0" and line.keyword == "remoteforward":
        return 0  # the host chooses
    return parse_port(text)
