"""The pane that tells all about the selected host."""

from textual.content import Content

from nbtui.tui.widgets.detail_lines import detail_lines
from nbtui.tui.widgets.detail_view import View
from nbtui.tui.widgets.lines import Lines


class Detail(Lines):
    """Shows one `View`; draws it anew when its size changes."""

    _view: View | None = None

    def show(self, view: View) -> None:
        """Replace what is shown. Width and height are ours to set."""
        if self._view is None or view.snapshot.name != self._view.snapshot.name:
            self.scroll_home(animate=False)
        self._view = view
        self._draw()

    def show_lines(self, lines: list[Content]) -> None:
        """Show something that is no host."""
        self._view = None
        self.set_lines(lines)

    def on_resize(self) -> None:
        """Fold the text for the new size."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.scrollable_content_region.size
        if self._view is not None and width:
            self.set_lines(detail_lines(self._view._replace(width=width, height=height)))
