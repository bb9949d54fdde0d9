"""What of this machine, and of who sits at it, decides how ssh_config is read."""

import getpass
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nbtui.paths import SSH_CONFIG
from nbtui.platforms.machine import system_ssh_config, user_id


class ConfigFile(NamedTuple):
    """One file that ssh begins to read at."""

    path: Path
    folder: Path
    """Of relative names in its Include lines, and in those of the files that it includes."""

    checked: bool = True
    """It is refused where others may write to it."""

    tilde: bool = True
    """Its Include lines may begin with ~."""

    needed: bool = False
    """That it is not there is an error."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SshConfigFiles:
    """Where ssh_config is; neither file need exist."""

    user: Path
    """Relative names in its Include lines stand for files of its folder."""

    system: Path
    """Read after the user's; its folder also holds ssh_known_hosts."""

    named: Path | None = None
    """Somebody named this one: as with `ssh -F` it counts in place of both."""

    def in_order(self) -> "tuple[ConfigFile, ...]":
        """The files to read, the first of which wins."""
        if self.named is not None:
            return (
                ConfigFile(
                    path=self.named, folder=self.user.parent, checked=False, needed=True
                ),
            )
        return (
            ConfigFile(path=self.user, folder=self.user.parent),
            ConfigFile(
                path=self.system, folder=self.system.parent, checked=False, tilde=False
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """The local facts that ssh_config can ask for."""

    user: str
    """Login name here: the default at the far end, and the token %u."""

    uid: int
    """0 on Windows, which has none."""

    home: Path
    hostname: str
    """With the domain, if the machine knows it."""

    environ: Mapping[str, str] = field(repr=False)
    """Of who asks, not of the agent: SSH_AUTH_SOCK may be another one today."""

    addresses: Callable[[], tuple[str, ...]] = field(default=tuple, repr=False)
    """Literal addresses of the interfaces that are up; asked by `Match localnetwork` alone."""


def this_machine(environ: Mapping[str, str]) -> Here:
    """The facts about this process's machine and user."""
    return Here(
        user=getpass.getuser(),
        uid=user_id(),
        home=Path.home(),
        hostname=socket.gethostname(),
        environ=environ,
        addresses=_addresses,
    )


def config_files(environ: Mapping[str, str]) -> SshConfigFiles:
    """Where OpenSSH looks, or what is named in its place."""
    user = Path.home() / ".ssh" / "config"
    system = system_ssh_config(environ)
    return SshConfigFiles(user=user, system=system, named=_named(environ.get(SSH_CONFIG)))


def _named(word: str | None) -> Path | None:
    if word and word.lower() == "none":
        return Path(os.devnull)
    return Path(word).expanduser().absolute() if word else None


def known_hosts_files(files: SshConfigFiles) -> tuple[str, ...]:
    """Where OpenSSH looks for host keys unless ssh_config says otherwise; new ones go to the first."""
    user = str(files.user.parent / "known_hosts")
    system = str(files.system.parent / "ssh_known_hosts")
    return user, f"{user}2", system, f"{system}2"


def _addresses() -> tuple[str, ...]:
    import psutil  # noqa: PLC0415  # 10 ms that only `Match localnetwork` needs

    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    return tuple(
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for address in addresses
        if address.family in (socket.AF_INET, socket.AF_INET6)
    )
