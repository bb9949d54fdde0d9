"""A `Shell` straight into a host of the lab, without ssh; keeps both streams."""

import getpass
import subprocess

from lab.sshd import SshHost
from nbtui.model.shell import Completed


class LocalShell:
    """See `nbtui.model.shell.Shell`."""

    def __init__(self, host: SshHost, **env: str) -> None:
        self._argv = [*host.enter, "sh", "-s"]
        self._env = {
            "HOME": str(host.home),
            "TMUX_TMPDIR": str(host.root / "tmux"),
            "SHELL": host.shell,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "USER": getpass.getuser(),
            **env,
        }
        self._cwd = host.home

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        """See `Shell.run`."""
        text = f"(\n{script}\n) < /dev/null\n"
        done = subprocess.run(
            self._argv,
            input=text.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            env=self._env,
            cwd=self._cwd,
        )
        return Completed(status=done.returncode, out=done.stdout[:limit], err=done.stderr)
