"""What this machine must have to pretend to be a VM."""

import importlib.util
import shutil
import sys
from pathlib import Path

from nbtui.errors import HostLacks

_TMUX = {
    "linux": "sudo apt install tmux",
    "darwin": "brew install tmux",
}


def check_needs() -> None:
    """Return when the demo can run here.

    Raises: HostLacks: no ptys, no tmux or no Jupyter; with the command that mends it.
    """
    if sys.platform == "win32":
        raise HostLacks(
            "the pretend VM needs ptys and tmux, which Windows does not have",
            layer="demo",
            hint="in WSL: nbtui demo",
        )
    else:  # noqa: RET506  # after a plain raise mypy calls this line unreachable on Windows
        _check_tmux()
        _check_jupyter()


def _check_tmux() -> None:
    if shutil.which("tmux") is None:
        raise HostLacks(
            "the pretend VM needs tmux, which is not installed",
            layer="tmux",
            hint=_TMUX.get(sys.platform, "install tmux"),
        )


def _check_jupyter() -> None:
    folder = Path(sys.executable).parent
    missing = [name for name in ("jupyter", "jupyter-lab") if not (folder / name).exists()]
    if missing or not importlib.util.find_spec("ipykernel"):
        raise HostLacks(
            f"the pretend VM needs Jupyter with a Python kernel, which {folder} has not",
            layer="jupyter",
            hint=f"{sys.executable} -m pip install 'nbtui-sessions[demo]'",
        )
