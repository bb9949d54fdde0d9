"""The rows when no agent runs: the saved profiles, all of them down.

Imports what reads TOML, so the engine imports it only when there is no agent.
"""

from collections.abc import Sequence

from nbtui.client.engine import Rows
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot
from nbtui.paths import Paths
from nbtui.profiles.memory import Memory
from nbtui.profiles.reading import Reader


def rows_without_agent(paths: Paths, names: Sequence[str] | None) -> Rows | None:
    """The rows asked for, none for a name that is not saved; None: only an agent can tell.

    That is when something should be up, which it then brings up.

    Raises: ConfigError: profiles.toml cannot be read.
    """
    if Memory(paths.state_json).should_be_up():
        return None
    saved = {one.name: one for one in Reader(paths).load().profiles}
    wanted = saved if names is None else names
    return tuple(_row(saved[name]) for name in wanted if name in saved)


def _row(profile: Profile) -> Snapshot:
    """As the agent draws it; the host stays as written: ssh_config is never resolved for a list."""
    return Snapshot(
        name=profile.name,
        host=profile.host or profile.name,
        runner=profile.jupyter.runner or "tmux",
        user=profile.user or "",
        group=profile.group,
        tags=profile.tags,
        source=profile.source,
    )
