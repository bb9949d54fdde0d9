"""What the detail pane says while no host is selected. Pure."""

from textual.content import Content

from nbtui.tui.marks import CALL, MUTED, TITLE
from nbtui.tui.rows import SSH_CONFIG, GroupRow, Row


def idle_lines(row: Row | None, *, any_saved: bool) -> list[Content]:
    """A welcome for who has no profile yet; else what the group is."""
    if not any_saved:
        return [*_WELCOME, *(_FROM_SSH if row else ())]
    if isinstance(row, GroupRow):
        about = (
            _ABOUT_SSH if row.name == SSH_CONFIG else f"{row.up} of {row.total} connected"
        )
        fold = "enter unfolds" if row.folded else "enter folds"
        return [
            Content.styled(row.name, f"bold {TITLE}"),
            Content.styled(about, MUTED),
            Content(""),
            Content.styled(fold, MUTED),
        ]
    return [Content.styled("Nothing matches. esc lists all again.", MUTED)]


def _step(key: str, words: str) -> Content:
    return Content.assemble((f"{key:>8}  ", CALL), (words, MUTED))


_ABOUT_SSH = "hosts that ssh knows; looked at only when you ask"
_WELCOME = (
    Content.styled("Notebooks on other machines, one key away.", f"bold {TITLE}"),
    Content(""),
    _step("n", "writes a profile: a host, a user, a folder"),
    _step("", "or: nbtui profile add myvm ada@172.22.3.50"),
    _step("?", "tells all keys"),
)
_FROM_SSH = (
    _step("space", "unfolds the hosts that ssh knows already:"),
    _step("", "enter on one looks what is there, then asks"),
)
