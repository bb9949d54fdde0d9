"""From what ssh_config and a profile say about a host to the `Target` that a link dials.

Surprise: a jump host is a host of its own. It is looked up in ssh_config like any other, the hops before it
take the place of its own ProxyJump, and nothing of the profile behind it (user, key) is handed on.
Source: ssh.c of OpenSSH, where ProxyJump becomes `ssh -J before -W [%h]:%p last`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from nbtui.model.profile import Profile
from nbtui.model.target import Target
from nbtui.profiles.hops import Hop, parse_chain
from nbtui.profiles.openssh.host import HostConfig, read_host
from nbtui.profiles.openssh.lines import Line, said
from nbtui.profiles.openssh.options import PROXY
from nbtui.profiles.openssh.proxy import chain_of, command_text, jump_of, jump_text
from nbtui.profiles.saved import Saved
from nbtui.profiles.settings import target_of
from nbtui.profiles.values import Wrong, host as checked_host, user as checked_user
from nbtui.profiles.world import World

Trail = tuple["Wish", ...]

PUTTY = "PuTTY"
"""Who says what stands in a session that was not imported."""

_MAX_HOPS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A host, and what somebody said about it that ssh_config may not change."""

    host: str
    """As one would type it after `ssh`."""

    lines: tuple[Line, ...] = ()
    identity_file: tuple[str, ...] = ()
    certificate_file: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A target and where it comes from."""

    target: Target
    config: HostConfig
    jump: str | None
    """The chain as `ssh -G` prints ProxyJump."""


def wish(host: str, profile: Profile, *, by: str) -> Wish:
    """What a profile says about its host; `by` names it in messages."""
    values = {
        "user": profile.user,
        "port": profile.port and str(profile.port),
        "hostkeyalias": profile.host_key_alias,
        "identityagent": profile.identity_agent,
        "addressfamily": profile.address_family,
        "proxyjump": profile.jump,
        "proxycommand": profile.proxy_command,
    }
    lines = (said(key, value, by=by) for key, value in values.items() if value)
    return Wish(
        host=host,
        lines=tuple(lines),
        identity_file=profile.identity_file,
        certificate_file=profile.certificate_file,
    )


class Targets:
    """Makes targets, hop by hop."""

    def __init__(self, *, saved: Saved, world: World) -> None:
        self._saved = saved
        self._world = world
        self._hop_defaults = saved.defaults._replace(
            jump=None, proxy_command=None, host_key_alias=None
        )

    def make(self, asked: Wish) -> Made:
        """The target of a host.

        Raises:
            ConfigError: with file and line.
            TimedOut: a Match exec did not end.
        """
        defaults = self._saved.defaults
        if asked.host in _hosts_of(defaults.jump):
            defaults = (
                self._hop_defaults
            )  # the default jump host itself is reached directly
        return self._make(asked, defaults, ())

    def _make(self, asked: Wish, defaults: Profile, trail: Trail) -> Made:
        config = read_host(
            asked.host,
            above=asked.lines,
            below=wish(asked.host, defaults, by="[defaults]").lines,
            files=self._world.config,
            here=self._world.here,
            run=self._world.run,
        )
        _check_names(config)
        target = target_of(
            config,
            keys=asked.identity_file,
            default_keys=defaults.identity_file,
            certificates=asked.certificate_file,
            default_certificates=defaults.certificate_file,
            system_folder=self._world.config.system.parent,
        )
        line = config.options.first(PROXY)
        if line is None:
            return Made(target=target, config=config, jump=None)
        return self._behind(line, target, config, (*trail, asked))

    def _behind(self, line: Line, target: Target, config: HostConfig, trail: Trail) -> Made:
        command = command_text(line)
        if command is not None:
            target = replace(
                target,
                proxy_command=config.way(line, command),
                proxy_written=command if line.number is None else None,
                proxy_foreign=line.file == PUTTY,
            )
            return Made(target=target, config=config, jump=None)
        jumps = self._jumps(line, chain_of(line, config.way(line, jump_text(line))), trail)
        printed = ",".join(map(str, jump_of(config.options))) or None
        return Made(target=replace(target, jumps=jumps), config=config, jump=printed)

    def _jumps(
        self, line: Line, chain: tuple[Hop, ...], trail: Trail
    ) -> tuple[Target, ...]:
        if not chain:
            return ()
        asked = self._hop(line, chain[-1])
        if before := chain[:-1]:
            jump = replace(line, rest=",".join(map(str, before)))
            asked = replace(asked, lines=(jump, *asked.lines))
        if asked in trail or len(trail) > _MAX_HOPS:
            names = " -> ".join(one.host for one in (*trail, asked))
            raise line.wrong(f"the way to {trail[0].host} goes in a circle: {names}")
        last = self._make(asked, self._hop_defaults, trail).target
        return (*last.jumps, last)

    def _hop(self, line: Line, hop: Hop) -> Wish:
        """A hop that a profile names may be a profile; one of ssh_config is what ssh makes of it."""
        profile = self._saved.get(hop.host) if line.number is None else None
        if profile is not None and not hop.user and not hop.port:
            return wish(profile.host or profile.name, profile, by=line.file)
        _check(checked_host, hop.host, line)
        if hop.user:
            _check(checked_user, hop.user, line)
        return wish(
            hop.host,
            Profile(name="", user=hop.user, port=hop.port),
            by=f"{line.file}:{line.number}",
        )


def _hosts_of(chain: str | None) -> set[str]:
    try:
        return {hop.host for hop in parse_chain(chain or "none")}
    except ValueError:
        return set()  # said with its place when it is used


def _check_names(config: HostConfig) -> None:
    """Both end in shell lines, of ssh_config's own making at least."""
    for keyword, read, value in (
        ("hostname", checked_host, config.host),
        ("user", checked_user, config.user),
    ):
        line = config.options.first(keyword)
        if line is not None:
            _check(read, value, line)


def _check(read: Callable[[object], object], value: str, line: Line) -> None:
    try:
        read(value)
    except Wrong as wrong:
        raise line.wrong(wrong.why, hint=wrong.hint) from None
