"""What a new agent needs to know to bring a session up again as it was."""

from dataclasses import dataclass

from nbtui.session.machine import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """How much of it is meant to be up, and how it came to be."""

    goal: Level
    """NOTHING: it is not to come back."""

    local_port: int | str | None = None
    """Of `--local-port`: a number, "auto", or as the profile says."""

    auth_sock: str | None = None
    """SSH_AUTH_SOCK of the last who asked for it."""

    ssh_config: str | None = None
    """NBTUI_SSH_CONFIG of theirs."""
