"""The folders of freedesktop.org's Base Directory Specification; macOS has its own for all but the runtime."""

import sys
from collections.abc import Mapping
from pathlib import Path


def user_folders(environ: Mapping[str, str]) -> tuple[str, str]:
    """See `nbtui.platforms.folders`.

    platformdirs says the same on Linux, but takes a tenth of the time of `nbtui status` to import.
    """
    if sys.platform != "linux":
        from platformdirs import PlatformDirs  # noqa: PLC0415  # see above

        folders = PlatformDirs("nbtui", appauthor=False)
        return folders.user_config_dir, folders.user_state_dir
    else:  # noqa: RET505  # after a plain return mypy calls this line unreachable on other platforms
        config = environ.get("XDG_CONFIG_HOME", "").strip() or "~/.config"
        state = environ.get("XDG_STATE_HOME", "").strip() or "~/.local/state"
        return f"{config}/nbtui", f"{state}/nbtui"


def runtime_dir(environ: Mapping[str, str], state: Path) -> Path:
    """See `nbtui.platforms.folders`."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "nbtui" if runtime else state / "run"
