"""What every command is handed: paths, environment, clock, and the engine once it is asked for."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nbtui.clock import Clock, SystemClock
from nbtui.paths import SSH_CONFIG, Paths, user_paths

if TYPE_CHECKING:
    from nbtui.cli.talk import TerminalTalk
    from nbtui.client.engine import Engine
    from nbtui.profiles.reading import Reader
    from nbtui.profiles.store import Store


@dataclass
class Shared:
    """See the module."""

    paths: Paths
    environ: Mapping[str, str]
    clock: Clock

    @classmethod
    def here(cls) -> "Shared":
        """Of this process."""
        shared = cls(paths=user_paths(), environ=os.environ, clock=SystemClock())
        if named := os.environ.get(SSH_CONFIG):
            shared.heed(named)
        return shared

    def heed(self, ssh_config: str) -> None:
        """Take this file, or none with `none`, in place of ssh_config's own; see `nbtui.paths.SSH_CONFIG`."""
        known = ssh_config.lower() == "none"
        place = ssh_config if known else os.path.abspath(os.path.expanduser(ssh_config))  # noqa: PTH100, PTH111  # pathlib is for who needs more of it
        self.environ = {**self.environ, SSH_CONFIG: place}

    @cached_property
    def engine(self) -> "Engine":
        """The agent's; nothing is started before a command needs it."""
        from nbtui.client.socket_engine import socket_engine

        return socket_engine(paths=self.paths, environ=self.environ, clock=self.clock)

    @cached_property
    def reader(self) -> "Reader":
        """profiles.toml, for who only reads it."""
        from nbtui.profiles.reading import Reader

        return Reader(self.paths)

    @cached_property
    def store(self) -> "Store":
        """profiles.toml, for who writes it too."""
        from nbtui.profiles.store import Store

        return Store(self.paths)

    @cached_property
    def talk(self) -> "TerminalTalk":
        """Questions and progress on stderr."""
        from nbtui.cli.talk import TerminalTalk

        return TerminalTalk(
            err=sys.stderr,
            can_ask=sys.stdin.isatty() and sys.stderr.isatty(),
            color=colored(sys.stderr, self.environ),
        )


def colored(stream: object, environ: Mapping[str, str]) -> bool:
    """Whether colours may be written there: a terminal, and no NO_COLOR (no-color.org)."""
    isatty = getattr(stream, "isatty", lambda: False)
    return bool(isatty()) and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
