"""A list of tables in the form, such as the forwards: a line for each, and one to add another."""

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from nbtui.profiles.draft import Row
from nbtui.profiles.form import Field, Rows
from nbtui.tui.editor.choice import Choice, Link
from nbtui.tui.marks import ALERT, BAD, FAINT, MUTED


class RowLine(Vertical):
    """One row: its cells, what takes it out, and the message below."""

    class Changed(Message):
        """Something else stands in a cell now."""

        def __init__(self, place: int, column: int, text: str) -> None:
            super().__init__()
            self.place, self.column, self.text = place, column, text

    class Dropped(Message):
        """The row should go."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, rows: Rows, row: Row, *, place: int) -> None:
        super().__init__()
        self._rows = rows
        self._row = row
        self.place = place

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        with Horizontal(classes="field-line"):
            for number, column in enumerate(self._rows.columns):
                yield _cell(column, self._row.cells[number], number)
            yield Link("✕", id="drop", keyed=False)
        yield Static(classes="row-message")

    def show(self, problem: str) -> None:
        """Say what is wrong."""
        for message in self.query(".row-message").results(
            Static
        ):  # none in a line that goes
            message.update(Content.styled(f"✖ {problem}" if problem else "", BAD))
            message.display = bool(problem)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(event.input.id, event.value)

    @on(Choice.Changed)
    def _turned(self, event: Choice.Changed) -> None:
        event.stop()
        self._say(event.choice.id, event.value)

    def _say(self, cell: str | None, text: str) -> None:
        column = int((cell or "").removeprefix("cell-"))
        self.post_message(self.Changed(self.place, column, text))

    @on(Link.Pressed)
    def _drop(self, event: Link.Pressed) -> None:
        event.stop()
        self.post_message(self.Dropped(self.place))


def _cell(column: Field, text: str, number: int) -> Input | Choice:
    if column.kind == "choice":
        return Choice(column.choices, value=text, id=f"cell-{number}")
    return Input(
        text,
        compact=True,
        select_on_focus=False,
        placeholder=column.about,
        id=f"cell-{number}",
    )


class RowsTable(Vertical):
    """See the module."""

    class AddWanted(Message):
        """Another row should be begun."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, rows: Rows, *, now: Sequence[Row]) -> None:
        super().__init__()
        self.rows = rows
        self._now = tuple(now)

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield Static(Content.styled(self.rows.about, FAINT), classes="rows-about")
        with Horizontal(classes="field-line rows-head"):
            for column in self.rows.columns:
                words = Content.styled(column.label, MUTED)
                yield Static(words, classes=f"head-{column.kind}")
        yield from self._lines()
        yield Static(classes="row-message", id="dispute")
        yield Link(f"+ add a {self.rows.label}", id="add")

    def _lines(self) -> ComposeResult:
        for place, row in enumerate(self._now):
            yield RowLine(self.rows, row, place=place)

    async def put(self, now: Sequence[Row], *, focus: int | None = None) -> None:
        """Show other rows.

        Args: focus: the place of the one to go to; None: the line below them.
        """
        self._now = tuple(now)
        await self.query(RowLine).remove()
        await self.mount_all(list(self._lines()), before="#dispute")
        lines = list(self.query(RowLine))
        if focus is None or focus >= len(lines):
            self.query_one("#add").focus()
        else:
            lines[focus].query("Input, Choice").first().focus()

    def show(self, problems: Mapping[str, str], *, dispute: str = "") -> None:
        """Say what is wrong.

        Args: problems: by list and place, such as `forwards.0`.
        """
        for line in self.query(RowLine):
            line.show(problems.get(f"{self.rows.key}.{line.place}", ""))
        message = self.query_one("#dispute", Static)
        message.update(Content.styled(f"▲ {dispute}" if dispute else "", ALERT))
        message.display = bool(dispute)

    @on(Link.Pressed, "#add")
    def _add(self, event: Link.Pressed) -> None:
        event.stop()
        self.post_message(self.AddWanted(self.rows.key))
