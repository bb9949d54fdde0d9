"""What the parts of the detail pane share: what they draw from, and how a line is laid out. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import set_cell_size
from textual.content import Content

from nbtui.model.snapshot import Snapshot, Usage
from nbtui.tui.keynames import AS_BUILT, KeyNames
from nbtui.tui.marks import FAINT

if TYPE_CHECKING:
    from nbtui.model.hint import Hint

LABEL = 10
"""Cells of the column of labels."""


class View(NamedTuple):
    """All that the pane is drawn from."""

    snapshot: Snapshot
    now: float
    """Seconds since 1970 UTC."""

    width: int
    """Cells."""

    history: tuple[Usage, ...] = ()
    hints: "tuple[Hint, ...]" = ()
    saved: bool = True
    """It is a profile of the user's."""

    height: int = 99
    """Lines that can be seen; with too few of them the blank ones go."""

    beat: int = 0
    keys: KeyNames = AS_BUILT


def beside(label: str, text: Content) -> Content:
    """The text in the column beside its label."""
    return Content.assemble((f"{label:<{LABEL}}", FAINT), text)


def labelled(label: str, text: Content, width: int) -> Iterator[Content]:
    """The text folded into the column beside its label."""
    for place, line in enumerate(text.wrap(max(20, width - LABEL))):
        yield beside("" if place else label, line)


def ends(left: Content, right: Content, width: int) -> Content:
    """One text at each end of the line; the left one gives way."""
    room = max(0, width - right.cell_length - 2)
    return Content.assemble(left.truncate(room, ellipsis=True, pad=True), "  ", right)


def fit(text: str, width: int) -> str:
    """The text in exactly that many cells."""
    fitted = set_cell_size(text, width)
    return (
        fitted if fitted.rstrip() == text.rstrip() else set_cell_size(text, width - 1) + "…"
    )
