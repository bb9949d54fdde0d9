"""The pane below: a server's terminal output, or the resize hints."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Log, Static

from nbtui.model.hint import Hint
from nbtui.tui.marks import FAINT, TITLE
from nbtui.tui.widgets.hint_lines import hint_lines
from nbtui.tui.widgets.lines import Lines

KEPT = 5000
"""Lines of output that are held."""


class PaneSlot(Container):
    """Where a pane is opened; takes no room while there is none."""

    @property
    def log_open(self) -> bool:
        """Whether a log is shown."""
        return bool(self.query(LogPane))

    async def open(self, pane: Widget) -> None:
        """Show the pane, instead of the one that was there."""
        await self.remove_children()
        await self.mount(pane)
        self.set_class(isinstance(pane, HintPane), "-short")
        self.screen.add_class("-pane")

    async def close(self) -> bool:
        """Show none; False: there was none."""
        there = bool(self.children)
        await self.remove_children()
        self.screen.remove_class("-pane")
        return there

    def add_log(self, lines: Sequence[str]) -> None:
        """Append output, if the log is open."""
        for pane in self.query(LogPane):
            pane.add(lines)


class LogPane(Vertical):
    """The terminal output of one server, newest at the bottom; scroll up to stay there."""

    def __init__(self, *, host: str) -> None:
        super().__init__()
        self._host = host

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield _title(f"output of {self._host}", "l or esc closes")
        yield Log(max_lines=KEPT)

    def add(self, lines: Sequence[str]) -> None:
        """Append."""
        self.query_one(Log).write_lines(lines)


class HintPane(Vertical):
    """What could be resized, and why we think so."""

    def __init__(self, *, host: str, hints: tuple[Hint, ...]) -> None:
        super().__init__()
        self._host = host
        self._hints = hints

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield _title(f"resize hints for {self._host}", "esc closes")
        yield Lines()

    def on_resize(self) -> None:
        """Fold the text for the new width."""
        self.query_one(Lines).set_lines(hint_lines(self._hints, self.content_size.width))


def _title(title: str, way_out: str) -> Static:
    return Static(
        Content.assemble((title, TITLE), "   ", (way_out, FAINT)), classes="pane-title"
    )
