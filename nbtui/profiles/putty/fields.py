"""What a saved session says, as a profile. Pure.

What nbtui has no place for is a note; a session that it cannot reach at all is skipped, with the reason.
Source: load_open_settings of PuTTY's settings.c for names, values and what holds when nothing is said.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from nbtui.keys.known_hosts import SSH_PORT
from nbtui.model.profile import ForwardSpec, Profile
from nbtui.model.text import clean_line
from nbtui.profiles.hops import Hop, parse_chain, parse_hop
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.notebook_forward import notebook_apart
from nbtui.profiles.putty.forwards import Odd, Openness, parse_forwards
from nbtui.profiles.putty.proxies import NoWay, Way, is_through_ssh, way_of
from nbtui.profiles.putty.source import DEFAULTS, RawSession, Source, Unreadable
from nbtui.quoting import quote

WANTED = frozenset(
    [
        "AddressFamily",
        "AgentFwd",
        "Compression",
        "DetachedCertificate",
        "Folder",
        "HostName",
        "LocalPortAcceptAll",
        "LogHost",
        "PingInterval",
        "PingIntervalSecs",
        "PortForwardings",
        "PortNumber",
        "Protocol",
        "ProxyHost",
        "ProxyMethod",
        "ProxyPort",
        "ProxyTelnetCommand",
        "ProxyType",
        "ProxyUsername",
        "PublicKeyFile",
        "RemoteCommand",
        "RemotePortAcceptAll",
        "SshProt",
        "TryAgent",
        "UserName",
        "UserNameFromEnvironment",
    ]
)
"""The settings that are looked at."""

_FAMILIES = {"1": "inet", "2": "inet6"}
_SSH1_ONLY = "0"
_AGAIN = "another one of this name comes after it, which counts"


class _Bad(Exception):
    """Why it cannot come in."""


class _Wish(NamedTuple):
    """A session with the defaults under it."""

    name: str
    said: Mapping[str, str]

    def text(self, key: str) -> str:
        """Empty: nothing is said."""
        return self.said.get(key, "").strip()

    def flag(self, key: str, *, default: bool = False) -> bool:
        """PuTTY writes 0 and 1; a number that is not 0 is a yes to it."""
        said = self.text(key)
        return default if not said else said != "0"


def candidates(
    source: Source, *, names: Iterable[str] = ()
) -> Iterator[Candidate | Skipped]:
    """The sessions of a place, as they may come in.

    Args: names: only these, which may be patterns, and the sessions that they go through; empty: all.

    Raises: ConfigError: the place cannot be read.
    """
    found = list(source.sessions())
    known = {one.name: one.settings for one in found if isinstance(one, RawSession)}
    defaults = {k: v for k, v in known.get(DEFAULTS, {}).items() if k != "HostName"}
    sessions = {
        name: {**defaults, **settings}
        for name, settings in known.items()
        if name != DEFAULTS
    }
    wanted = {one.name for one in found if any(is_meant(one.name, by) for by in names)}
    chosen = _with_jumps(wanted, sessions) if names else None
    last = {one.name: n for n, one in enumerate(found) if isinstance(one, RawSession)}
    for number, one in enumerate(found):
        if one.name == DEFAULTS or (chosen is not None and one.name not in chosen):
            continue
        if isinstance(one, Unreadable):
            yield Skipped(name=clean_line(one.name), why=one.why, place=source.place)
        elif number < last[one.name]:
            yield Skipped(name=clean_line(one.name), why=_AGAIN, place=source.place)
        else:
            yield candidate(one.name, sessions, place=source.place)


def is_meant(name: str, by: str) -> bool:
    """Whether somebody means a session.

    >>> is_meant("lab/gpu1", "lab/*"), is_meant("a[1]", "a[1]")
    (True, True)
    """
    return name == by or fnmatchcase(name, by)


def _with_jumps(names: set[str], sessions: Mapping[str, Mapping[str, str]]) -> set[str]:
    """And the sessions that those go through."""
    while True:
        inside = (sessions[one] for one in names & sessions.keys())
        through = {one.get("ProxyHost", "") for one in inside if is_through_ssh(one)}
        more = {one for one in through if one in sessions} - names
        if not more:
            return names
        names |= more


def candidate(
    name: str, sessions: Mapping[str, Mapping[str, str]], *, place: str
) -> Candidate | Skipped:
    """One session, among the others of its place; the defaults are in each of them."""
    wish = _Wish(name, sessions[name])
    shown = clean_line(name)
    try:
        _check(wish)
        way = _way(wish, sessions)
        login = _login(wish)
    except _Bad as bad:
        return Skipped(name=shown, why=str(bad), place=place)
    openness = Openness(
        local=wish.flag("LocalPortAcceptAll"), remote=wish.flag("RemotePortAcceptAll")
    )
    parsed = list(parse_forwards(wish.text("PortForwardings"), openness))
    tunnel = notebook_apart([one for one in parsed if isinstance(one, ForwardSpec)])
    profile = login._replace(
        name=shown,
        jump=way.jump,
        proxy_command=way.command,
        group=_group(wish),
        jupyter=tunnel.jupyter,
        forwards=tunnel.forwards,
    )
    return Candidate(
        profile=profile,
        origin=f"putty:{name}",
        place=place,
        notes=(*(str(one) for one in parsed if isinstance(one, Odd)), *_notes(wish, way)),
        commands=(way.command,) if way.command else (),
    )


def places_of(profile: Profile) -> Iterator[tuple[str, int]]:
    """Under which hosts and ports PuTTY keeps the host keys on the way to a session's host."""
    if profile.host_key_alias:
        yield profile.host_key_alias, SSH_PORT
    else:
        yield (profile.host or profile.name).lower(), profile.port or SSH_PORT
    for hop in parse_chain(profile.jump or "none"):
        yield hop.host.lower(), hop.port or SSH_PORT


def _check(wish: _Wish) -> None:
    protocol = wish.text("Protocol") or "ssh"
    if protocol != "ssh":
        raise _Bad(f"its protocol is {clean_line(protocol, limit=40)}, not ssh")
    if wish.text("SshProt") == _SSH1_ONLY:
        raise _Bad("it speaks SSH-1 only, which no host should take any more")
    if not _host(wish):
        raise _Bad("it has no host")


def _way(wish: _Wish, sessions: Mapping[str, Mapping[str, str]]) -> Way:
    try:
        way = way_of(wish.said, sessions=sessions)
    except NoWay as exc:
        raise _Bad(str(exc)) from None
    through = sessions.get(way.jump or "")
    if through is None or _is_hop(way.jump or ""):
        return way
    hop = _Wish(way.jump or "", through)
    return Way(jump=str(Hop(host=_host(hop), user=_user(hop), port=_port(hop))))


def _is_hop(name: str) -> bool:
    """A jump can name the profile; one such as `lab/gw` has to be written as an address."""
    try:
        return parse_hop(name) == Hop(host=name)
    except ValueError:
        return False


def _host(wish: _Wish) -> str:
    return wish.text("HostName").rpartition("@")[2].strip("[]")


def _login(wish: _Wish) -> Profile:
    """The profile of the Session, Login and SSH panels."""
    keys, certificates = wish.text("PublicKeyFile"), wish.text("DetachedCertificate")
    return Profile(
        name="",
        host=_host(wish),
        user=_user(wish),
        port=_port(wish),
        identity_file=(keys,) if keys else (),
        certificate_file=(certificates,) if certificates else (),
        identity_agent=None if wish.flag("TryAgent", default=True) else "none",
        address_family=_FAMILIES.get(wish.text("AddressFamily")),
        host_key_alias=wish.text("LogHost").lower() or None,
    )


def _user(wish: _Wish) -> str | None:
    before_host = wish.text("HostName").rpartition("@")[0]
    return before_host or wish.text("UserName") or None


def _port(wish: _Wish) -> int | None:
    said = wish.text("PortNumber") or str(SSH_PORT)
    if not said.isascii() or not said.isdecimal():
        raise _Bad(f"its port is {clean_line(said, limit=40)}, which is no number")
    return None if said == str(SSH_PORT) else int(said[:9])


def _group(wish: _Wish) -> str:
    """The folder in the name; KiTTY has a setting for it."""
    folder = wish.name.replace("\\", "/").rpartition("/")[0] or wish.text("Folder")
    return clean_line(folder.strip("/")) if folder != "Default" else ""


def _notes(wish: _Wish, way: Way) -> Iterator[str]:
    """What has no place in a profile, and what a person should have read."""
    if way.command:
        yield f"its proxy command needs your yes before it is run: {way.command}"
    if command := wish.text("RemoteCommand"):
        shell = f"nbtui shell {quote(clean_line(wish.name))} -- sh -c {quote(command)}"
        yield f"its remote command is left out, and you can run it: {shell}"
    if wish.flag("AgentFwd"):
        yield "agent forwarding is left out: nbtui lends the host no agent"
    if wish.flag("PingInterval") or wish.flag("PingIntervalSecs"):
        yield "its keepalives are left out: nbtui sends its own, every 5 s"
    if wish.flag("Compression"):
        yield "compression is left out: nbtui does not compress"
