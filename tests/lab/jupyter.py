"""Real Jupyter servers on a host of the lab, each in a tmux session of its own."""

import json
import shlex
from pathlib import Path
from typing import Any

from lab.sshd import BIN, SshHost, free_port
from waiting import until


def launch(host: SshHost, session: str, *args: str, env: dict[str, str]) -> int:
    """Start `jupyter server` in a new tmux session; returns its port before it answers."""
    port = free_port()
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
    ]
    words = [f"{key}={value}" for key, value in env.items()]
    line = shlex.join(["exec", "env", *words, f"{BIN}/jupyter", "server", *options, *args])
    host.run(
        shlex.join(
            ["tmux", "new-session", "-d", "-s", session, "-x", "90", "-y", "20", line]
        )
    )
    return port


def runtime_file(
    host: SshHost, port: int, folder: str = ".local/share/jupyter/runtime"
) -> Path:
    """Wait for the runtime file of the server on a port."""

    def written() -> list[Path]:
        found = (host.home / folder).glob("jpserver-*.json")
        return [path for path in found if _facts(path).get("port") == port]

    [path] = until(
        written, what=f"a runtime file for port {port} below {folder}", seconds=30
    )
    return path


def _facts(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found
