"""A `Shell` by the system's ssh, one connection a script: for tests of what asks a host."""

import subprocess

from lab.sshd import SshHost
from nbtui.model.shell import Completed


class SshShell:
    """See `nbtui.model.shell.Shell`."""

    def __init__(self, host: SshHost, *, interpreter: str = "sh", env: str = "") -> None:
        self._argv = [
            "ssh", "-F", "/dev/null", "-T", "-i", str(host.key), "-p", str(host.port),
            "-o", f"UserKnownHostsFile={host.known_hosts}", "-o", "BatchMode=yes",
            "-o", "IdentitiesOnly=yes", "127.0.0.1", f"exec env {env} {interpreter} -s",
        ]  # fmt: skip

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        """See `Shell.run`; a noisy rc file comes before the answer here."""
        done = subprocess.run(
            self._argv, input=script.encode(), capture_output=True, timeout=timeout, check=False
        )
        return Completed(status=done.returncode, out=done.stdout[:limit], err=done.stderr)
