"""The pane that tells all about the selected host."""

from dataclasses import replace

from nbtui.tui.widgets.detail_lines import View, detail_lines
from nbtui.tui.widgets.lines import Lines


class Detail(Lines):
    """Shows one `View`; draws it anew when its width changes."""

    _view: View | None = None

    def show(self, view: View | None) -> None:
        """Replace what is shown; None empties the pane. `View.width` is ours to set."""
        if (
            view is None
            or self._view is None
            or view.snapshot.name != self._view.snapshot.name
        ):
            self.scroll_home(animate=False)
        self._view = view
        self._draw()

    def on_resize(self) -> None:
        """Fold the text for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if self._view is not None and width:
            self.set_lines(detail_lines(replace(self._view, width=width)))
        else:
            self.set_lines(())
