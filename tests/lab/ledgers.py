"""A ledger of profiles.toml in a folder of its own."""

from pathlib import Path

from nbtui.paths import Paths
from nbtui.profiles.ledger import Ledger
from nbtui.profiles.memory import Memory
from nbtui.profiles.store import Store


def ledger_in(folder: Path, text: str) -> Ledger:
    """Of a new file with that text."""
    paths = Paths(config_dir=folder, state_dir=folder, runtime_dir=folder)
    paths.profiles_toml.write_text(text)
    return Ledger(store=Store(paths), memory=Memory(paths.state_json))
