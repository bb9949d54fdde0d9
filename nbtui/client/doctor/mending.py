"""The fixes of things on this machine; each looks again before it acts."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nbtui.errors import NbtuiError
from nbtui.ipc.address import listen
from nbtui.ipc.errors import AgentRunning
from nbtui.model.check import Fix
from nbtui.paths import Paths

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_OTHERS_WRITE = 0o022


def _shut_config(_paths: Paths, fix: Fix) -> str:
    path = Path(fix.about)
    return _chmod(path, _mode(path) & ~_OTHERS_WRITE)


def _shut_key(_paths: Paths, fix: Fix) -> str:
    return _chmod(Path(fix.about), _PRIVATE_FILE)


def _shut_runtime(paths: Paths, _fix: Fix) -> str:
    return _chmod(paths.runtime_dir, _PRIVATE_FOLDER)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _chmod(path: Path, mode: int) -> str:
    try:
        path.chmod(mode)
    except OSError as exc:
        hint = f"ls -ld {path}"
        raise NbtuiError(f"chmod {mode:o} {path}: {exc.strerror}", hint=hint) from exc
    return f"chmod {mode:o} {path}"


def _remove_socket(paths: Paths, _fix: Fix) -> str:
    """By the agent's own rule: who has the lock may take a socket away that it finds."""
    try:
        listen(paths).close()
    except AgentRunning:
        return "an agent runs by now: its socket stays"
    return f"removed {paths.agent_socket}"


HERE: Final[dict[str, Callable[[Paths, Fix], str]]] = {
    "config-mode": _shut_config,
    "key-mode": _shut_key,
    "runtime-mode": _shut_runtime,
    "stale-socket": _remove_socket,
}
"""By `Fix.name`; what each returns is what was done."""
