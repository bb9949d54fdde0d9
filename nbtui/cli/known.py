"""Names that have no row."""

from collections.abc import Iterable

from nbtui.cli.shared import Shared
from nbtui.errors import NoSuchProfile
from nbtui.model.snapshot import Snapshot


def check(shared: Shared, names: Iterable[str], rows: Iterable[Snapshot]) -> None:
    """Raises NoSuchProfile, with the nearest names, for the first name that `rows` do not have."""
    known = {row.name for row in rows}
    for name in names:
        if name not in known:
            raise NoSuchProfile(name, nearest=_nearest(shared, name))


def _nearest(shared: Shared, name: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    there = [row.name for row in shared.engine.snapshots()]
    return tuple(get_close_matches(name, there))
