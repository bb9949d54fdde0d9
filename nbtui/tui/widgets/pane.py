"""What the pane below can hold: a server's terminal output, resize hints, or the doctor's findings."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Log, Static

from nbtui.model.check import Check
from nbtui.model.hint import Hint
from nbtui.tui.marks import FAINT, TITLE
from nbtui.tui.widgets.check_lines import Findings
from nbtui.tui.widgets.hint_lines import hint_lines
from nbtui.tui.widgets.lines import Lines

_EDGES = 3
"""Cells of padding and scroll bar beside the lines of a pane."""

KEPT = 5000
"""Lines of output that are held."""


class LogPane(Vertical):
    """The terminal output of one server, newest at the bottom; scroll up to stay there.

    Args: way_out: which keys close it.
    """

    def __init__(self, *, host: str, way_out: str) -> None:
        super().__init__()
        self._host, self._way_out = host, way_out

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield _title(f"output of {self._host}", self._way_out)
        yield Log(max_lines=KEPT)

    def add(self, lines: Sequence[str]) -> None:
        """Append."""
        self.query_one(Log).write_lines(lines)


class HintPane(Vertical):
    """What could be resized, and why we think so. The arguments are those of `LogPane`."""

    def __init__(self, *, host: str, hints: tuple[Hint, ...], way_out: str) -> None:
        super().__init__()
        self._host, self._way_out = host, way_out
        self._hints = hints

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield _title(f"resize hints for {self._host}", self._way_out)
        yield Lines()

    def on_resize(self) -> None:
        """Fold the text for the new width."""
        lines = self.query_one(Lines)
        width = (
            self.content_size.width - lines.styles.gutter.width - 1
        )  # a scrollbar may come
        lines.set_lines(hint_lines(self._hints, width))


class DoctorPane(Vertical):
    """What the doctor found, layer after layer, as it comes.

    Args: way_out: which keys look again and close it.
    """

    def __init__(self, *, host: str, way_out: str) -> None:
        super().__init__()
        self._host, self._way_out = host, way_out
        self._checks: dict[str, Check] = {}

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield _title(f"doctor of {self._host}", self._way_out)
        yield Lines()

    def add(self, checks: Sequence[Check]) -> None:
        """Show more; of a layer the newest counts."""
        self._checks.update((check.layer, check) for check in checks)
        self._draw()

    def on_resize(self) -> None:
        """Fold the text for the new width."""
        self._draw()

    def _draw(self) -> None:
        """The end is shown while there is more to come, then what is wrong."""
        lines, pane = self.query_one(Lines), Findings(self._checks.values())
        width = self.content_size.width - _EDGES
        lines.set_lines(pane.lines(width))
        if pane.complete:
            lines.scroll_to(y=pane.top(width), animate=False)
        else:
            lines.scroll_end(animate=False)


def _title(title: str, way_out: str) -> Static:
    return Static(
        Content.assemble((title, TITLE), "   ", (way_out, FAINT)), classes="pane-title"
    )
