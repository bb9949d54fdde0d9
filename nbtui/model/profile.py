"""A saved host, and what it resolves to.

`Profile` is what a person wrote: what is absent is None or empty. `Resolved` is the same with every gap
filled from ssh_config, `[defaults]` and what is built in; it is all that a link needs.
"""

from dataclasses import dataclass, field
from typing import Literal

ForwardKind = Literal["local", "remote", "socks"]
Source = Literal["profiles.toml", "ssh_config", "putty", "command line"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardSpec:
    """One listening port and where it leads."""

    kind: ForwardKind
    """local is ssh's -L, remote its -R, socks its -D."""

    listen: str
    """`host:port`, IPv6 in brackets. `localhost` means 127.0.0.1 and ::1."""

    to: str | None = None
    """`host:port` as seen from the far end; None for socks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flavor:
    """One size that the machine could have."""

    name: str
    """As the cloud calls it."""

    cores: int
    """Virtual processors."""

    memory_gb: float
    """GiB."""

    hourly: float | None = None
    """Price of an hour, in the user's currency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JupyterSettings:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A saved host, as written by a person."""

    name: str
    host: str | None = None
    """Address or name; absent: looked up in ssh_config under the profile's own name."""

    user: str | None = None
    port: int | None = None
    """TCP port of sshd."""

    identity_file: tuple[str, ...] = ()
    """Paths of private keys, in the order of trial; `~` allowed."""

    jump: str | None = None
    """ProxyJump chain, `[user@]host[:port],…`."""

    host_key_alias: str | None = None
    keyring: bool | None = None
    """Passwords and passphrases may be kept in the system's keyring; None: not said, which means no."""

    group: str = ""
    tags: tuple[str, ...] = ()
    jupyter: JupyterSettings = field(default_factory=JupyterSettings)
    forwards: tuple[ForwardSpec, ...] = ()
    flavors: tuple[Flavor, ...] = ()
    """Of `[profiles.NAME.machine]`: the sizes that a hint may propose."""

    source: Source = "profiles.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where a link leads and how it is made; equal targets share one link.

    Everything is final: tokens expanded, `~` expanded, aliases looked up.
    """

    host: str
    """Address or name to dial."""

    port: int
    user: str
    identity_files: tuple[str, ...] = ()
    """Absolute paths, in the order of trial, first those that were asked for by name."""

    identities_explicit: bool = False
    """The profile or ssh_config named them: they go before the keys of the agent."""

    identities_only: bool = False
    """ssh's IdentitiesOnly: agent keys that are not among the files are not offered."""

    certificate_files: tuple[str, ...] = ()
    identity_agent: str | None = None
    """Socket of the ssh-agent; None: SSH_AUTH_SOCK of who asks; "none": no agent."""

    jumps: "tuple[Target, ...]" = ()
    """The chain, nearest hop first; each hop's own `jumps` is what stands before it."""

    proxy_command: str | None = None
    """A shell command whose standard streams are the connection; never together with jumps."""

    host_key_alias: str | None = None
    """Name to look up in known_hosts in place of `host` and `port`."""

    user_known_hosts: tuple[str, ...] = ()
    """Absolute paths; new keys go to the first."""

    global_known_hosts: tuple[str, ...] = ()
    strict_host_key_checking: str = "ask"
    """ask, yes, accept-new; "no" and "off" are treated as accept-new for unknown keys; a changed
    key is refused always."""

    hash_known_hosts: bool = False
    connect_timeout: float | None = None
    """Seconds for the TCP connection; None: the caller's bound."""

    address_family: Literal["any", "inet", "inet6"] = "any"
    preferred_authentications: tuple[str, ...] = ()
    """Empty: publickey, keyboard-interactive, password."""

    pubkey_authentication: bool = True
    password_authentication: bool = True
    kbd_interactive_authentication: bool = True

    @property
    def where(self) -> str:
        """`user@host` or `user@host:port`, for people.

        >>> Target(host="10.0.0.7", port=22, user="ada").where
        'ada@10.0.0.7'
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{host}" + ("" if self.port == 22 else f":{self.port}")  # noqa: PLR2004


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A profile with every gap filled: what the session manager works from."""

    name: str
    target: Target
    jupyter: JupyterSettings
    jump: str | None = None
    """The chain to the target as `ssh -G` prints ProxyJump; what it leads through is `target.jumps`."""

    forwards: tuple[ForwardSpec, ...] = ()
    flavors: tuple[Flavor, ...] = ()
    keyring: bool = False
    group: str = ""
    tags: tuple[str, ...] = ()
    source: Source = "profiles.toml"
    warnings: tuple[str, ...] = ()
    """Said once by who resolves, such as a listener on an address that is not loopback."""
