"""What of this machine, and of who sits at it, decides how ssh_config is read."""

import getpass
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbtui.platforms.machine import system_ssh_config, user_id


@dataclass(frozen=True, kw_only=True, slots=True)
class SshConfigFiles:
    """Where ssh_config is; neither file need exist."""

    user: Path
    """Relative names in its Include lines stand for files of its folder."""

    system: Path
    """Read after the user's; its folder also holds ssh_known_hosts."""


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
    """Where OpenSSH looks."""
    user = Path.home() / ".ssh" / "config"
    return SshConfigFiles(user=user, system=system_ssh_config(environ))


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
