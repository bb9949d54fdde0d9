"""From an ssh command line to a profile, and what of it a profile cannot keep. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from nbtui.errors import ConfigError, UsageError
from nbtui.model.profile import Profile
from nbtui.model.text import clean_line
from nbtui.profiles.forwards import forwards_of
from nbtui.profiles.hops import Hop
from nbtui.profiles.notebook_forward import notebook_apart
from nbtui.profiles.openssh.commandline import SshCommand, parse_command
from nbtui.profiles.openssh.keywords import HEEDED, IDLE, MISSED, nearest_keyword
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import NO_JUMP, PROXY, Options, bad
from nbtui.profiles.openssh.proxy import command_text, jump_text
from nbtui.profiles.openssh.tokens import BadToken, expand
from nbtui.profiles.openssh.values import port_of
from nbtui.quoting import words

_KEPT = frozenset(
    [
        "addressfamily",
        "certificatefile",
        "clearallforwardings",
        "dynamicforward",
        "gatewayports",
        "hostkeyalias",
        "hostname",
        "identityagent",
        "identityfile",
        "localforward",
        "port",
        "proxycommand",
        "proxyjump",
        "remoteforward",
        "user",
    ]
)
_WORTH_A_WORD = frozenset(
    [
        "forwardagent",
        "forwardx11",
        "forwardx11trusted",
        "gssapiauthentication",
        "localcommand",
        "remotecommand",
        "sendenv",
        "setenv",
        "tunnel",
        "tunneldevice",
    ]
)
"""What nbtui does not do, and somebody may miss."""

_OFF = ("no", "none", "false")


class Pasted(NamedTuple):
    """What a command line came to."""

    profile: Profile
    notes: tuple[str, ...]
    """What is not kept, and which forward is the notebook's."""


def pasted(
    name: str,
    text: str,
    *,
    environ: Mapping[str, str],
    key_path: Callable[[str], str] = str,
) -> Pasted:
    """A profile that connects as this command line would have.

    Args:
        text: see `nbtui.profiles.openssh.commandline.parse_command`.
        environ: for `${NAME}` in a forward.
        key_path: turns the path of a key as typed, perhaps relative, into one that lasts.

    Raises:
        UsageError: it is no ssh command line, or nothing could be reached without what a profile cannot keep.
    """
    command = parse_command(text, environ)
    for line in command.lines:
        _refuse_unknown(line)
    options = Options()
    try:
        options.take(command.lines)
        forwards, left_out = forwards_of(options, environ)
        profile = _profile(name, command, options, key_path)
    except ConfigError as exc:
        raise UsageError(exc.message, hint="correct the ssh command") from None
    jupyter, others = notebook_apart(forwards)
    notes = (*left_out, *_notes(command, profile))
    return Pasted(profile=profile._replace(jupyter=jupyter, forwards=others), notes=notes)


def _profile(
    name: str, command: SshCommand, options: Options, key_path: Callable[[str], str]
) -> Profile:
    jump, proxy = way(options)
    return Profile(
        name=name,
        host=host_name(options, command.host),
        user=options.text("user"),
        port=port_of(options) if options.first("port") else None,
        identity_file=tuple(map(key_path, _paths(options, "identityfile"))),
        certificate_file=tuple(map(key_path, _paths(options, "certificatefile"))),
        identity_agent=options.text("identityagent"),
        address_family=options.choice("addressfamily", ("any", "inet", "inet6")),
        host_key_alias=options.text("hostkeyalias"),
        jump=jump,
        proxy_command=proxy,
    )


def host_name(options: Options, asked: str) -> str:
    """The host to dial for what was asked. Raises: ConfigError: HostName holds a token that it does not know."""
    line = options.first("hostname")
    if line is None:
        return asked
    try:
        return expand(line.args[0], {"h": asked})
    except BadToken as exc:
        raise bad(line, exc) from None


def _paths(options: Options, keyword: str) -> Iterator[str]:
    for line in options.gathered(keyword):
        if line.args[0].lower() != "none":
            yield line.args[0]


def way(options: Options) -> tuple[str | None, str | None]:
    """The jump, and the proxy command; at most one of them, whichever decides."""
    line = options.first(PROXY)
    if line is None:
        return ("none" if options.first(NO_JUMP) else None), None
    if line.keyword == "proxyjump":
        return jump_text(line), None
    proxy = command_text(line)
    if proxy is None:
        return "none", None
    jump = jump_in(proxy)
    return jump, None if jump else proxy


def jump_in(proxy_command: str) -> str | None:
    """The jump that people wrote as a proxy command before there was ProxyJump.

    >>> jump_in("ssh -q -W %h:%p -p 2222 ada@gw"), jump_in("nc %h %p")
    ('ada@gw:2222', None)
    """
    line = proxy_command.replace("-W [%h]:%p", "-W %h:%p").replace("-W %h:%p", "-N")
    if line == proxy_command:
        return None
    options = Options()
    try:
        command = parse_command(line)
        options.take(command.lines)
        port = port_of(options) if options.first("port") else None
    except (UsageError, ConfigError):
        return None
    others = {line.keyword for line in command.lines} - {"user", "port"}
    hop = Hop(host=command.host, user=options.text("user"), port=port)
    return None if others or command.remote else str(hop)


def _refuse_unknown(line: Line) -> None:
    if line.keyword in HEEDED | IDLE | MISSED:
        return
    near = nearest_keyword(line.keyword)
    hint = f"did you mean {near}?" if near else "man ssh_config"
    raise UsageError(f"there is no {line.keyword} in ssh_config", hint=hint)


def _notes(command: SshCommand, profile: Profile) -> Iterator[str]:
    yield from _not_kept(command.lines, profile.host or "")
    if command.config:
        other = words(["nbtui", "--ssh-config", command.config, "connect", profile.name])
        yield f"not kept: -F {clean_line(command.config)}; to have it heeded: {other}"
    if command.remote:
        yield (
            f"not kept: the command for the host ({clean_line(command.remote, limit=60)});"
            " nbtui starts Jupyter itself, with jupyter.activate and jupyter.command of the profile"
        )


def _not_kept(lines: Iterable[Line], host: str) -> Iterator[str]:
    for line in lines:
        if line.keyword in HEEDED - _KEPT:
            yield f"not kept: {line.file}; to have it, write it into ~/.ssh/config below Host {host}"
        elif line.keyword in MISSED | _WORTH_A_WORD and line.args[0].lower() not in _OFF:
            yield f"not kept: {line.file}; nbtui does not do that"
