"""Where nbtui keeps its files; creates nothing.

Surprise: a Unix socket's path is limited to 107 bytes (104 on macOS), and the state folder of macOS
(`~/Library/Application Support/…`) can be longer, so the socket lives in a folder of its own.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nbtui.platforms.folders import runtime_dir, user_folders

SSH_CONFIG = "NBTUI_SSH_CONFIG"
"""The environment's name of a file that is read in place of ssh_config's own; `none`: no file is."""


class Paths(NamedTuple):
    """The folders and files of one user and one configuration folder."""

    config_dir: Path
    """Holds profiles.toml; `NBTUI_CONFIG_DIR` overrides it."""

    state_dir: Path
    """Holds state.json and the agent's log; `NBTUI_STATE_DIR` overrides it."""

    runtime_dir: Path
    """Holds the agent's socket; owned by the user, mode 0700."""

    @property
    def profiles_toml(self) -> Path:
        """The saved profiles."""
        return self.config_dir / "profiles.toml"

    @property
    def state_json(self) -> Path:
        """What nbtui remembers by itself, per configuration folder."""
        return self.state_dir / f"state-{self.key}.json"

    @property
    def imports_json(self) -> Path:
        """What imports have brought, per configuration folder."""
        return self.state_dir / f"imports-{self.key}.json"

    @property
    def agent_log(self) -> Path:
        """The agent's rotating log, mode 0600."""
        return self.state_dir / f"agent-{self.key}.log"

    @property
    def agent_socket(self) -> Path:
        """Where the agent of this configuration folder listens."""
        return self.runtime_dir / f"agent-{self.key}.sock"

    @property
    def key(self) -> str:
        """12 hex digits that name the configuration folder."""
        from hashlib import sha256  # noqa: PLC0415  # 3 ms that the dashboard's first frame need not wait for

        real = os.path.realpath(self.config_dir)
        return sha256(real.encode(errors="surrogateescape")).hexdigest()[:12]


def user_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """The paths of the user who runs this process."""
    config, state_default = user_folders(environ)
    state = _folder(environ, "NBTUI_STATE_DIR", state_default)
    return Paths(
        config_dir=_folder(environ, "NBTUI_CONFIG_DIR", config),
        state_dir=state,
        runtime_dir=runtime_dir(environ, state),
    )


def _folder(environ: Mapping[str, str], name: str, default: str) -> Path:
    return Path(environ.get(name) or default).expanduser()
