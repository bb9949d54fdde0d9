"""The list of hosts: draws only the lines that can be seen, so a thousand cost what forty do.

The selection holds on to a profile (or a group), not to a place: rows may come, go and move under it.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from nbtui.tui.rows import GroupRow, HostRow, Row
from nbtui.tui.widgets.host_cells import Columns, cells, heading
from nbtui.tui.widgets.lines import strip_of


class HostList(ScrollView, can_focus=True):
    """See the module."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"host-list--selected"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "move(1)", "Down", show=False, id="list.down", tooltip="Next row"
        ),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up", tooltip="Previous row"),
        Binding("home,g", "jump(0)", "Top", show=False, id="list.top", tooltip="First row"),
        Binding(
            "end,G", "jump(-1)", "Bottom", show=False, id="list.bottom", tooltip="Last row"
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            id="list.page-down",
            tooltip="One page down",
        ),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            id="list.page-up",
            tooltip="One page up",
        ),
        Binding(
            "space,left,right",
            "fold",
            "Fold",
            show=False,
            id="list.fold",
            tooltip="Fold or unfold the group",
        ),
    ]

    class Selected(Message):
        """Another row is selected, or none."""

        def can_replace(self, message: Message) -> bool:
            """Only the last one matters."""
            return isinstance(message, HostList.Selected)

    class Opened(Message):
        """The selected host was double-clicked."""

    class FoldToggled(Message):
        """A group should be folded, or unfolded."""

        def __init__(self, group: str) -> None:
            super().__init__()
            self.group = group

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._index = 0
        self._beat = 0

    @property
    def selected(self) -> Row | None:
        """The row the keys act on."""
        return self._rows[self._index] if self._rows else None

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the rows; the selection stays on what it was on, else near it."""
        if rows == self._rows:
            return
        before = self.selected
        self._rows = rows
        self._index = self._place_of(before)
        self.virtual_size = Size(0, len(rows))
        self.refresh(layout=self.styles.is_auto_height)
        if before is None or self.selected is None or self.selected.key != before.key:
            self._announce()

    def select(self, name: str) -> None:
        """Select a host by its name, if it is listed."""
        for index, row in enumerate(self._rows):
            if row.key == ("host", name):
                self.action_jump(index)

    def beat(self) -> None:
        """Let the waiting lights turn, where any can be seen."""
        self._beat += 1
        top = self.scroll_offset.y
        for y, row in enumerate(self._rows[top : top + self.size.height]):
            if isinstance(row, HostRow) and row.snapshot.state in _TURNING:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """See `textual.widget.Widget.render_line`."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self._rows):
            return Strip.blank(width, self.visual_style.rich_style)
        line = cells(self._rows[index], self._columns(), beat=self._beat)
        style = "host-list--selected" if index == self._index else ""
        return strip_of(self, line, width, style=style)

    def action_move(self, step: int) -> None:
        """Select the row that many further."""
        self.action_jump(max(0, self._index + step))

    def action_page(self, pages: int) -> None:
        """Select the row a screen away."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_jump(self, index: int) -> None:
        """Select a row by its place; -1 is the last."""
        last = len(self._rows) - 1
        wanted = last if index < 0 else min(index, last)
        if self._rows and wanted != self._index:
            self._index = wanted
            self._announce()
        self._reveal()
        self.refresh()

    def action_fold(self) -> None:
        """Fold the selected group."""
        if isinstance(self.selected, GroupRow):
            self.post_message(self.FoldToggled(self.selected.name))

    def on_click(self, event: events.Click) -> None:
        """Select; a group folds, a host opens when clicked twice."""
        event.stop()
        index = self.scroll_offset.y + event.y
        if index >= len(self._rows):
            return
        self.action_jump(index)
        match self._rows[index]:
            case GroupRow(name=group):
                self.post_message(self.FoldToggled(group))
            case HostRow() if event.chain == 2:  # noqa: PLR2004  # a double click
                self.post_message(self.Opened())
            case HostRow():
                pass

    def on_resize(self) -> None:
        """Keep the selection in sight."""
        self._reveal()

    def _columns(self) -> Columns:
        """The same with and without a scrollbar, which `ListHead` knows nothing of."""
        padding = (
            self.styles.gutter.width
        )  # `self.gutter` counts a scrollbar, where there is one
        return Columns.fitting(self.outer_size.width - padding - 1)

    def _place_of(self, before: Row | None) -> int:
        if before is None or not self._rows:
            return self._first_host()
        near = min(self._index, len(self._rows) - 1)
        if self._rows[near].key == before.key:
            return near
        places = (place for place, row in enumerate(self._rows) if row.key == before.key)
        return next(places, near)

    def _first_host(self) -> int:
        hosts = (place for place, row in enumerate(self._rows) if isinstance(row, HostRow))
        return next(hosts, 0)

    def _reveal(self) -> None:
        self.scroll_to_region(Region(0, self._index, 1, 1), animate=False, force=True)

    def _announce(self) -> None:
        self.post_message(self.Selected())


_TURNING = frozenset({"connecting", "starting", "stopping", "reconnecting"})


class ListHead(Widget):
    """The titles over the columns."""

    def render(self) -> Content:
        """See `textual.widget.Widget.render`."""
        return heading(Columns.fitting(self.content_size.width))
