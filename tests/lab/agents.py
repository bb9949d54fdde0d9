"""Real ssh-agents."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def ssh_agent(lab: Path) -> Iterator[str]:
    """One without keys; its socket."""
    path = str(lab / f"agent{os.urandom(3).hex()}")
    done = subprocess.run(
        ["ssh-agent", "-a", path], check=True, capture_output=True, text=True
    )
    pid = int(done.stdout.split("SSH_AGENT_PID=")[1].split(";")[0])
    yield path
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def add_key(agent: str, key: Path) -> None:
    """Give it a key that has no passphrase."""
    env = {**os.environ, "SSH_AUTH_SOCK": agent}
    subprocess.run(["ssh-add", "-q", key], check=True, env=env, stdin=subprocess.DEVNULL)
