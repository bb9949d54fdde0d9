"""What the pane below can hold: a server's terminal output, or the resize hints."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Log, Static

from nbtui.model.hint import Hint
from nbtui.tui.marks import FAINT, TITLE
from nbtui.tui.widgets.hint_lines import hint_lines
from nbtui.tui.widgets.lines import Lines

KEPT = 5000
"""Lines of output that are held."""


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
        lines = self.query_one(Lines)
        width = (
            self.content_size.width - lines.styles.gutter.width - 1
        )  # a scrollbar may come
        lines.set_lines(hint_lines(self._hints, width))


def _title(title: str, way_out: str) -> Static:
    return Static(
        Content.assemble((title, TITLE), "   ", (way_out, FAINT)), classes="pane-title"
    )
