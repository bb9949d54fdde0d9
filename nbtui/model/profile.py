"""A saved host, as a person wrote it: what is absent is None or empty.

Named tuples, made by keyword: the dashboard reads all of them before its first frame, and a frozen dataclass
takes six times as long to define.
"""

from typing import Literal, NamedTuple

ForwardKind = Literal["local", "remote", "socks"]
Source = Literal["profiles.toml", "ssh_config", "putty", "command line"]


class ForwardSpec(NamedTuple):
    """One listening port and where it leads."""

    kind: ForwardKind
    """local is ssh's -L, remote its -R, socks its -D."""

    listen: str
    """`host:port`, IPv6 in brackets. `localhost` means 127.0.0.1 and ::1."""

    to: str | None = None
    """`host:port` as seen from the far end; None for socks."""


class Flavor(NamedTuple):
    """One size that the machine could have."""

    name: str
    """As the cloud calls it."""

    cores: int
    """Virtual processors."""

    memory_gb: float
    """GiB."""

    hourly: float | None = None
    """Price of an hour, in the user's currency."""


class JupyterSettings(NamedTuple):
    """How Jupyter is run and reached; None means: not said."""

    runner: str | None = None
    """tmux, screen, container, …; built in: tmux."""

    directory: str | None = None
    """Folder on the host; `~` is the home there."""

    port: int | None = None
    """TCP port on the host; absent: 8889 or the next free one."""

    local_port: int | None = None
    """TCP port here; absent: same as `port`, else the next free one."""

    activate: str | None = None
    """Shell lines, in the language of the user's login shell, that make `jupyter` available."""

    command: str | None = None
    """Such as `jupyter lab`; absent: what the host has (lab, notebook, server)."""


class Profile(NamedTuple):
    """A saved host, as written by a person."""

    name: str
    host: str | None = None
    """Address or name; absent: looked up in ssh_config under the profile's own name."""

    user: str | None = None
    port: int | None = None
    """TCP port of sshd."""

    identity_file: tuple[str, ...] = ()
    """Paths of private keys, in the order of trial; `~` allowed."""

    certificate_file: tuple[str, ...] = ()
    """Paths of the certificates of those keys; `~` allowed."""

    identity_agent: str | None = None
    """ssh's IdentityAgent: the socket of an ssh-agent, or `none`."""

    jump: str | None = None
    """ProxyJump chain, `[user@]host[:port],…`."""

    proxy_command: str | None = None
    """A shell line whose standard streams are the connection, with the tokens of ssh's ProxyCommand."""

    address_family: str | None = None
    """any, inet or inet6."""

    host_key_alias: str | None = None
    keyring: bool | None = None
    """Passwords and passphrases may be kept in the system's keyring; None: not said, which means no."""

    favourite: bool | None = None
    """It stands at the top of the dashboard's list."""

    group: str = ""
    tags: tuple[str, ...] = ()
    jupyter: JupyterSettings = JupyterSettings()
    forwards: tuple[ForwardSpec, ...] = ()
    flavors: tuple[Flavor, ...] = ()
    """Of `[profiles.NAME.machine]`: the sizes that a hint may propose."""

    source: Source = "profiles.toml"
