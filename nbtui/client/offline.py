"""The rows when no agent runs: the saved profiles, all of them down.

Imports what reads TOML, so the engine imports it only when there is no agent.
"""

from collections.abc import Sequence

from nbtui.client.engine import Rows
from nbtui.model.row import row_of
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
    return tuple(row_of(saved[name]) for name in wanted if name in saved)
