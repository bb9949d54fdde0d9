"""The row of a saved profile that nothing was done with."""

from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot


def row_of(profile: Profile, *, local_port: int | None = None) -> Snapshot:
    """The host stays as written: ssh_config is never resolved for a list.

    Args: local_port: to show as the one that the tunnel would get.
    """
    return Snapshot(
        name=profile.name,
        host=profile.host or profile.name,
        user=profile.user or "",
        group=profile.group,
        tags=profile.tags,
        runner=profile.jupyter.runner or "tmux",
        local_port=local_port,
        source=profile.source,
    )
