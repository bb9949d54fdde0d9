"""The pages of the form: their titles at the left, and one of them at a time beside it."""

from collections.abc import Mapping
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nbtui.profiles.draft import Draft
from nbtui.profiles.form import PAGES, Page
from nbtui.tui.editor.fields import FieldRow
from nbtui.tui.editor.sitting import TITLES
from nbtui.tui.editor.table import RowLine, RowsTable
from nbtui.tui.marks import BAD, MUTED, TITLE


class PageList(Widget):
    """The titles; the one that is shown stands out, and those with something to mend are marked."""

    class Chosen(Message):
        """A page should be shown."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    _shown = 0
    _troubled: frozenset[int] = frozenset()

    def show(self, shown: int, troubled: frozenset[int]) -> None:
        """Mark the pages anew."""
        if (shown, troubled) != (self._shown, self._troubled):
            self._shown, self._troubled = shown, troubled
            self.refresh()

    def render(self) -> Content:
        """See `textual.widget.Widget.render`."""
        return Content("\n").join(self._line(number) for number in range(len(TITLES)))

    def _line(self, number: int) -> Content:
        here = number == self._shown
        arrow, style = ("▸ ", f"bold {TITLE}") if here else ("  ", MUTED)
        mark = (" ✖", BAD) if number in self._troubled else ""
        return Content.assemble((arrow + TITLES[number], style), mark)

    def on_click(self, event: events.Click) -> None:
        """Show the page under the pointer."""
        event.stop()
        number = event.y - self.gutter.top
        if 0 <= number < len(TITLES):
            self.post_message(self.Chosen(number))


class Sayings(NamedTuple):
    """What is to be said beside the fields."""

    problems: Mapping[str, str]
    """By field, or by list and place."""

    disputes: Mapping[str, str]
    """By field or list: what the file has instead."""

    changed: tuple[str, ...]
    """Fields and lists that are not as they were."""


class PageForm(VerticalScroll, can_focus=False):
    """One page.

    Args:
        empty: what holds while nothing is typed, by field.
        listed: fields that have a list to choose from.
    """

    class RowAdded(Message):
        """Another row should be begun in a list."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class RowDropped(Message):
        """A row of a list should go."""

        def __init__(self, key: str, place: int) -> None:
            super().__init__()
            self.key, self.place = key, place

    class CellChanged(Message):
        """Something else stands in a cell of a list."""

        def __init__(self, key: str, place: int, column: int, text: str) -> None:
            super().__init__()
            self.key, self.place, self.column, self.text = key, place, column, text

    def __init__(
        self, number: int, draft: Draft, *, empty: Mapping[str, str], listed: frozenset[str]
    ) -> None:
        super().__init__(id=f"page-{number}")
        self._page: Page = PAGES[number]
        self._draft = draft
        self._empty = empty
        self._listed = listed

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        for field in self._page.fields:
            yield FieldRow(
                field,
                text=self._draft.texts[field.key],
                empty=self._empty.get(field.key, ""),
                listed=field.key in self._listed,
            )
        for rows in self._page.rows:
            yield RowsTable(rows, now=self._draft.rows[rows.key])

    async def put(self, draft: Draft) -> None:
        """Show another draft."""
        before, self._draft = self._draft, draft
        for row in self.query(FieldRow):
            if draft.texts[row.field.key] != before.texts[row.field.key]:
                row.put(draft.texts[row.field.key])
        for table in self.query(RowsTable):
            if draft.rows[table.rows.key] != before.rows[table.rows.key]:
                await table.put(draft.rows[table.rows.key])

    def keep(self, draft: Draft) -> None:
        """This is what stands there already."""
        self._draft = draft

    def show(self, sayings: Sayings) -> None:
        """Say what is to be said."""
        for row in self.query(FieldRow):
            key = row.field.key
            row.show(
                changed=key in sayings.changed,
                problem=sayings.problems.get(key, ""),
                dispute=sayings.disputes.get(key, ""),
            )
        for table in self.query(RowsTable):
            table.show(sayings.problems, dispute=sayings.disputes.get(table.rows.key, ""))

    @property
    def focused_row(self) -> tuple[str, int] | None:
        """List and place of the row that has the focus."""
        lines = (line for line in self.query(RowLine) if line.has_focus_within)
        return next(((self._page.rows[0].key, line.place) for line in lines), None)

    def go_to(self, key: str) -> None:
        """Put the cursor there.

        Args: key: of a field, or of a row; empty: the first.
        """
        for row in self.query(FieldRow):
            if key in ("", row.field.key):
                row.entry.focus()
                return
        for table in self.query(RowsTable):
            lines = [one for one in table.query(RowLine) if key in ("", _place(table, one))]
            (
                lines[0].query("Input, Choice") if lines else table.query("#add")
            ).first().focus()

    @on(RowsTable.AddWanted)
    def _add(self, event: RowsTable.AddWanted) -> None:
        event.stop()
        self.post_message(self.RowAdded(event.key))

    @on(RowLine.Dropped)
    def _drop(self, event: RowLine.Dropped) -> None:
        event.stop()
        self.post_message(self.RowDropped(self._page.rows[0].key, event.place))

    @on(RowLine.Changed)
    def _cell(self, event: RowLine.Changed) -> None:
        event.stop()
        key = self._page.rows[0].key
        self.post_message(self.CellChanged(key, event.place, event.column, event.text))


def _place(table: RowsTable, line: RowLine) -> str:
    return f"{table.rows.key}.{line.place}"
