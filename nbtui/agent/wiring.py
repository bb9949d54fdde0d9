"""From a name to a rig: profiles, ssh_config and links put together for the session manager."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from nbtui.errors import UsageError
from nbtui.model.profile import ForwardSpec, Profile
from nbtui.model.shell import Shell
from nbtui.model.target import Resolved
from nbtui.paths import SSH_CONFIG
from nbtui.profiles.memory import Memory
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.profiles.store import Store
from nbtui.profiles.world import this_world
from nbtui.runners.tmux import TmuxRunner
from nbtui.session.caller import Caller
from nbtui.session.machine import Level
from nbtui.session.rig import Forward, Rig
from nbtui.session.wanted import Wanted
from nbtui.ssh import keyring
from nbtui.ssh.acceptor import Acceptor
from nbtui.ssh.forward import LocalForward, SocksForward
from nbtui.ssh.links import Links
from nbtui.ssh.remote_forward import RemoteForward

Stamp = tuple[int, int]


@dataclass(kw_only=True)
class Profiles:
    """profiles.toml, read again only when it changed."""

    store: Store
    _saved: Saved = field(default_factory=Saved)
    _stamp: Stamp | None = None
    _lock: Lock = field(default_factory=Lock)

    def saved(self) -> Saved:
        """What the file says now. Raises ConfigError."""
        with self._lock:
            stamp = self._now()
            if stamp != self._stamp:
                self._saved, self._stamp = self.store.load(), stamp
            return self._saved

    def _now(self) -> Stamp | None:
        try:
            facts = self.store.paths.profiles_toml.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size

    def profiles(self) -> tuple[Profile, ...]:
        """The saved profiles in the order of the file."""
        return self.saved().profiles


@dataclass(frozen=True, kw_only=True, slots=True)
class Outfitter:
    """Makes the rig of a name."""

    profiles: Profiles
    links: Links

    def rig(self, name: str, caller: Caller) -> Rig:
        """Resolve the name and take hold of its link. Raises NoSuchProfile, ConfigError, UsageError."""
        return self._rig(name, caller, self.profiles.saved())

    def draft_rig(self, draft: Profile, caller: Caller) -> Rig:
        """The same for a profile that is not saved; it counts in place of the saved one of its name."""
        saved = self.profiles.saved()
        others = (one for one in saved.profiles if one.name != draft.name)
        return self._rig(draft.name, caller, saved._replace(profiles=(*others, draft)))

    def _rig(self, name: str, caller: Caller, saved: Saved) -> Rig:
        environ = {**os.environ, SSH_CONFIG: caller.ssh_config or ""}
        resolved = resolve(name, saved=saved, world=this_world(environ))
        warnings = (*saved.warnings, *resolved.warnings, *_keyring_missing(resolved))
        resolved = replace(resolved, warnings=warnings)
        link = self.links.get(resolved.target)
        runner = _runner(resolved, link.shell)
        return Rig(
            resolved=resolved,
            link=link,
            runner=runner,
            shells=runner,
            release=self.links.release,
        )


def _keyring_missing(resolved: Resolved) -> tuple[str, ...]:
    if not resolved.keyring or keyring.installed():
        return ()
    return (
        f"{resolved.name}: keyring = true needs the package keyring: pip install 'nbtui-sessions[keyring]'",
    )


def _runner(resolved: Resolved, shell: Shell) -> TmuxRunner:
    kind = resolved.jupyter.runner or "tmux"
    if kind != "tmux":
        raise UsageError(
            f"the runner {kind!r} of {resolved.name} is not known; there is tmux",
            hint="nbtui profile edit NAME",
        )
    return TmuxRunner(shell)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwards:
    """Makes forwards; all that listen here share one acceptor, so that idle ones cost nothing."""

    acceptor: Acceptor = field(default_factory=Acceptor)

    def make(self, spec: ForwardSpec, rig: Rig) -> Forward:
        """The forward that a profile asks for; not listening yet."""
        link, to, missed = rig.link.transport, spec.to or "", rig.link.missed.tell
        match spec.kind:
            case "local":
                return LocalForward(
                    listen=spec.listen,
                    to=to,
                    transport=link,
                    missed=missed,
                    acceptor=self.acceptor,
                )
            case "socks":
                return SocksForward(
                    listen=spec.listen,
                    transport=link,
                    missed=missed,
                    acceptor=self.acceptor,
                )
            case "remote":
                return RemoteForward(listen=spec.listen, to=to, transport=link)


_GOALS = {"link": Level.LINK, "server": Level.SERVER, "tunnel": Level.TUNNEL}


_WORDS = {level: word for word, level in _GOALS.items()}


def remember(memory: Memory) -> Callable[[str, Wanted], None]:
    """What keeps a session's goal for the next agent."""

    def keep(name: str, wanted: Wanted) -> None:
        if word := _WORDS.get(wanted.goal):
            memory.mark_up(
                name,
                word,
                port=wanted.local_port,
                auth_sock=wanted.auth_sock,
                ssh_config=wanted.ssh_config,
            )
        else:
            memory.mark_down(name)

    return keep


def wanted(memory: Memory, auth_sock: str | None) -> dict[str, Wanted]:
    """What was up when the last agent ended.

    Args: auth_sock: our own, for a session whose ssh-agent has gone.
    """

    def one(name: str, goal: str) -> Wanted:
        port, known, ssh_config = memory.was_up_with(name)
        its = known if known and Path(known).exists() else auth_sock
        return Wanted(
            goal=_GOALS[goal], local_port=port, auth_sock=its, ssh_config=ssh_config
        )

    return {name: one(name, goal) for name, goal in memory.should_be_up().items()}
