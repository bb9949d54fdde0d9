"""The fixes of things on this machine; each looks again before it acts."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from nbtui.errors import NbtuiError
from nbtui.ipc.address import listen
from nbtui.ipc.errors import AgentRunning
from nbtui.model.check import Fix
from nbtui.paths import Paths
from nbtui.platforms.permissions import keep_writers_out, shut
from nbtui.quoting import quote


def _shut_config(_paths: Paths, fix: Fix) -> str:
    return _mended(keep_writers_out, Path(fix.about))


def _shut_key(_paths: Paths, fix: Fix) -> str:
    return _mended(shut, Path(fix.about))


def _shut_runtime(paths: Paths, _fix: Fix) -> str:
    return _mended(shut, paths.runtime_dir)


def _mended(mend: Callable[[Path], str], path: Path) -> str:
    try:
        return mend(path)
    except OSError as exc:
        hint = f"ls -ld {quote(str(path))}"
        raise NbtuiError(f"{path} stays open to others: {exc.strerror}", hint=hint) from exc


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
