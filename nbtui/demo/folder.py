"""Where the pretend VM and who sits before it keep their files: one folder that goes away at the end.

Surprise: a Unix socket's path is limited to 103 bytes on macOS, whose temporary folder alone takes 49, so the
names in here are short. Both ends have a home of their own: the desk's holds known_hosts and the key, so that
neither ssh_config nor known_hosts of the user is read or written.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Final, Self

MARK: Final = "NBTUI_DEMO"
"""Environment variable of all that belongs to a pretend VM; its value is the folder."""

_LONGEST_TEMPORARY: Final = 50
"""Bytes of a temporary folder's path that leave enough for sockets below it."""

_STANDARD_PATH: Final = (
    "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin"
)

_LEFT_OUT: Final = ("JUPYTER", "IPYTHON", "TMUX", "SSH_", "XDG_")
"""Beginnings of variables that would lead a program at the desk to the user's own things."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """All paths below one folder."""

    root: Path

    @classmethod
    def make(cls) -> Self:
        """A new one with its folders, mode 0700 like all in it."""
        parent = tempfile.gettempdir()
        if len(os.fsencode(parent)) > _LONGEST_TEMPORARY:
            parent = "/tmp"  # noqa: S108  # mkdtemp makes the rest unguessable
        folder = cls(
            root=Path(os.path.realpath(tempfile.mkdtemp(prefix="nb.", dir=parent)))
        )
        for path in folder._folders():
            path.mkdir(mode=0o700, parents=True)
        return folder

    def _folders(self) -> tuple[Path, ...]:
        desk = (self.desk_home / ".ssh", self.config, self.state, self.root / "run")
        return (*desk, self.home, self.root / "tmux", self.root / "vmrun")

    @property
    def home(self) -> Path:
        """The home on the VM."""
        return self.root / "home"

    @property
    def desk_home(self) -> Path:
        """The home of who connects."""
        return self.root / "desk"

    @property
    def config(self) -> Path:
        """Holds the profiles.toml that knows the VM."""
        return self.root / "config"

    @property
    def state(self) -> Path:
        """Holds what the demo's own agent keeps."""
        return self.root / "state"

    @property
    def key(self) -> Path:
        """Private key of who connects."""
        return self.desk_home / ".ssh" / "id_demo"

    @property
    def known_hosts(self) -> Path:
        """Trusts the VM."""
        return self.desk_home / ".ssh" / "known_hosts"

    @property
    def log(self) -> Path:
        """What the VM's process writes to its standard error."""
        return self.root / "vm.log"

    def remove(self) -> None:
        """Delete everything; what is not there is no error."""
        shutil.rmtree(self.root, ignore_errors=True)

    def vm_environ(self) -> dict[str, str]:
        """The environment of a login on the VM; nothing of this process's own is in it."""
        return {
            "PATH": _with_tmux(_STANDARD_PATH),
            "HOME": str(self.home),
            "USER": getuser(),
            "LOGNAME": getuser(),
            "SHELL": login_shell(),
            "LANG": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
            "TMUX_TMPDIR": str(self.root / "tmux"),
            "XDG_RUNTIME_DIR": str(self.root / "vmrun"),
            MARK: str(self.root),
        }

    def desk_environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of who connects: the user's, led to this folder.

        Args:
            environ: the user's own.
        """
        kept = {key: text for key, text in environ.items() if not key.startswith(_LEFT_OUT)}
        return {
            **kept,
            "HOME": str(self.desk_home),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "NBTUI_CONFIG_DIR": str(self.config),
            "NBTUI_STATE_DIR": str(self.state),
            MARK: str(self.root),
        }


def login_shell() -> str:
    """What the VM has: bash where this machine has it."""
    return shutil.which("bash", path=_STANDARD_PATH) or "/bin/sh"


def _with_tmux(path: str) -> str:
    tmux = shutil.which("tmux")
    folder = str(Path(tmux).parent) if tmux else ""
    return path if not folder or folder in path.split(":") else f"{path}:{folder}"
