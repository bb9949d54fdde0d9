"""What a profile resolves to: every gap filled from ssh_config, `[defaults]` and what is built in.

It is all that a link needs, and nothing that a face sees.
"""

from dataclasses import dataclass
from typing import Literal

from nbtui.model.profile import Flavor, ForwardSpec, JupyterSettings, Source


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

    proxy_written: str | None = None
    """The same with its tokens in place, where a profile or a session says it and not ssh_config."""

    proxy_foreign: bool = False
    """It stands in another program's session, where nobody wrote it for us."""

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
    favourite: bool = False
    group: str = ""
    tags: tuple[str, ...] = ()
    source: Source = "profiles.toml"
    warnings: tuple[str, ...] = ()
    """Said once by who resolves, such as a listener on an address that is not loopback."""
