"""The folders of Windows: below %LOCALAPPDATA%, which no other user can enter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Folders:
    """See `nbtui.platforms.folders`."""

    local: Callable[[], str]
    """FOLDERID_LocalAppData; asked of Windows, because a service may lack the variable."""

    def user_folders(self, _environ: Mapping[str, str]) -> tuple[str, str]:
        """See `nbtui.platforms.folders`; nothing roams, because a state of one machine means nothing on another."""
        ours = rf"{self.local()}\nbtui"
        return ours, ours


def runtime_dir(_environ: Mapping[str, str], state: Path) -> Path:
    """See `nbtui.platforms.folders`; an XDG_RUNTIME_DIR is one of WSL or Cygwin and means nothing here."""
    return state / "run"
