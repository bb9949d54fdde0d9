"""Who wants something of a session, and how to reach them."""

from dataclasses import dataclass
from threading import Event as Flag

from nbtui.session.desk import Asker
from nbtui.ssh.link import LoginContext


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Caller:
    """One command or one key of the dashboard; two are never equal."""

    asker: Asker | None
    """None: they cannot be asked."""

    gone: Flag
    """Set when they went away."""

    login: LoginContext
    ssh_config: str | None = None
    """A file that they want heeded in place of ssh_config's own; see `nbtui.paths.SSH_CONFIG`."""

    deadline: float | None = None
    """On the clock; None: each step has a bound of its own."""

    local_port: "int | str | None" = None
    """Of `--local-port`: a number, "auto", or as the profile says."""
