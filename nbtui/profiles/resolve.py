"""From a name to all that a link and a session need: who wins where several say something.

A value comes from the command line, the profile, ssh_config, `[defaults]`, what is built in; the first of these
that says something. Surprise: this runs the Match exec commands of ssh_config, so never call it to draw a list.
"""

import os
from contextlib import suppress
from typing import Any, NamedTuple

from nbtui.errors import ConfigError, NoSuchProfile, UsageError
from nbtui.model.profile import ForwardSpec, JupyterSettings, Profile
from nbtui.model.target import Resolved
from nbtui.profiles.forwards import forwards_of, open_listeners
from nbtui.profiles.hops import Hop, parse_hop
from nbtui.profiles.notebook_forward import is_tunnel, notebook_apart
from nbtui.profiles.openssh.hosts import hosts
from nbtui.profiles.saved import Saved
from nbtui.profiles.show import show
from nbtui.profiles.target import PUTTY, Made, Targets, wish
from nbtui.profiles.values import Wrong, host as checked_host, user as checked_user
from nbtui.profiles.world import World, this_world

__all__ = ["resolve", "show"]

_BUILT_IN = Profile(name="", jupyter=JupyterSettings(runner="tmux"))
_NOTHING = Profile(name="")


def resolve(
    name: str, *, saved: Saved, overrides: Profile = _NOTHING, world: World | None = None
) -> Resolved:
    """Fill every gap of a profile, a host of ssh_config or `[user@]host[:port]`.

    Args:
        overrides: what the command line says, as a profile; its name and source do not matter.
        world: this machine and its ssh_config; None: those of this process.

    Raises:
        NoSuchProfile: a bare word that is no profile, no host of ssh_config and has no address.
        UsageError: what was typed cannot be a host or a user.
        ConfigError: in ssh_config, with file and line.
        TimedOut: a Match exec did not end.
    """
    world = world or this_world(os.environ)
    known = saved.get(name)
    if known is None and (sessions := _sessions(name, saved, world)):
        known, *through = sessions
        saved = saved._replace(profiles=(*saved.profiles, *through))
    if known is None and _is_words(name):
        raise _no_such(name, saved, world)
    profile = _overlay(overrides, known or _typed(name))
    made = _made(profile, saved, world)
    if known is None and not _exists(name, made, world):
        raise _no_such(name, saved, world)
    source = "ssh_config" if known is None and made.config.named else profile.source
    asked = _asked(made, profile.jupyter)
    known_ports = _overlay(profile, Profile(name="", jupyter=asked.jupyter))
    full = _overlay(_overlay(known_ports, saved.defaults), _BUILT_IN)
    return _resolved(full._replace(name=name, source=source), made, asked)


class _Asked(NamedTuple):
    """The forwards of ssh_config."""

    jupyter: JupyterSettings
    """Ports of the one that is the notebook's tunnel."""

    forwards: tuple[ForwardSpec, ...]
    warnings: tuple[str, ...]


def _asked(made: Made, said: JupyterSettings) -> _Asked:
    """Where nobody said which ports are the notebook's, a forward of ssh_config to a usual one says it.

    Its local port is no must: ssh goes on as well where that is taken.
    """
    found, warnings = forwards_of(made.config.options, made.config.here.environ)
    if said.port or said.local_port:
        others = tuple(one for one in found if not is_tunnel(one, said.local_port))
        return _Asked(JupyterSettings(), others, warnings)
    jupyter, others = notebook_apart(found, guess=False)
    if jupyter.local_port == jupyter.port:
        jupyter = jupyter._replace(local_port=None)
    return _Asked(jupyter, others, warnings)


def _sessions(name: str, saved: Saved, world: World) -> tuple[Profile, ...]:
    """A session of PuTTY, and those that it goes through; nothing where ssh_config has the name."""
    try:
        sessions = world.session(name)
    except UsageError:
        if _is_of_ssh(name, saved, world):
            return ()
        raise
    return () if sessions and _is_of_ssh(name, saved, world) else sessions


def _is_of_ssh(name: str, saved: Saved, world: World) -> bool:
    with suppress(UsageError):
        return _made(_typed(name), saved, world).config.named
    return False


_HOMES = {"profiles.toml": "profiles.toml", "putty": PUTTY}


def _made(profile: Profile, saved: Saved, world: World) -> Made:
    by = _HOMES.get(profile.source, "the command line")
    return Targets(saved=saved, world=world).make(wish(_host(profile), profile, by=by))


def _is_words(name: str) -> bool:
    """It looks like the name of a profile, such as lab/gpu1, and can be no host."""
    bare = name.replace(" ", "").replace("/", "")
    try:
        return bare != name and not set(name) & set("@:") and bool(checked_host(bare))
    except Wrong:
        return False


def _typed(name: str) -> Profile:
    try:
        hop = parse_hop(name)
        checked_host(hop.host)
        user = hop.user and checked_user(hop.user)
    except (ValueError, Wrong) as exc:
        raise UsageError(str(exc)) from None
    return Profile(
        name=name, host=hop.host, user=user, port=hop.port, source="command line"
    )


def _host(profile: Profile) -> str:
    if profile.host:
        return profile.host
    try:
        return checked_host(profile.name)
    except Wrong as wrong:
        raise ConfigError(
            f"{profile.name} says no host, and its name cannot be one: {wrong.why}",
            file="profiles.toml",
            key="host",
            hint=f"nbtui profile edit, and give {profile.name} a host",
        ) from None


def _exists(name: str, made: Made, world: World) -> bool:
    """Whatever says more than a bare word is meant as it stands; a proxy may know names that we do not."""
    bare = parse_hop(name) == Hop(host=name)
    proxied = made.target.jumps or made.target.proxy_command
    return not bare or made.config.named or bool(proxied) or world.lookup(made.target.host)


def _no_such(name: str, saved: Saved, world: World) -> NoSuchProfile:
    from difflib import get_close_matches  # noqa: PLC0415  # 5 ms for a typing error

    names = [*(one.name for one in saved.profiles), *hosts(world.config)]
    folded = {one.casefold(): one for one in reversed(names)}
    near = get_close_matches(name.casefold(), folded, n=3)
    return NoSuchProfile(name, nearest=tuple(folded[one] for one in near))


def _resolved(full: Profile, made: Made, asked: _Asked) -> Resolved:
    taken = {(one.kind, one.listen) for one in full.forwards}
    forwards = (
        *full.forwards,
        *(one for one in asked.forwards if (one.kind, one.listen) not in taken),
    )
    return Resolved(
        name=full.name,
        target=made.target,
        jump=made.jump,
        jupyter=full.jupyter,
        forwards=forwards,
        flavors=full.flavors,
        keyring=bool(full.keyring),
        favourite=bool(full.favourite),
        group=full.group,
        tags=full.tags,
        source=full.source,
        warnings=(*made.config.warnings, *asked.warnings, *open_listeners(forwards)),
    )


def _overlay(upper: Profile, lower: Profile) -> Profile:
    """The lower one with all that the upper one says."""
    jupyter = lower.jupyter._replace(**_said(upper.jupyter))
    return lower._replace(**{**_said(upper), "jupyter": jupyter})


def _said(words: Profile | JupyterSettings) -> dict[str, Any]:
    facts = words._asdict()
    keys = facts.keys() - {"name", "source"}
    return {key: facts[key] for key in keys if facts[key] or facts[key] is False}
