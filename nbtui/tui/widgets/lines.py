"""A scrolling pane of ready-made lines that draws only those that can be seen."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


def strip_of(widget: ScrollView, line: Content, width: int, *, style: str = "") -> Strip:
    """One line, cut to the width, in the colours of the widget (or of its component `style`).

    Not by `Visual.to_strips`: that makes a style of its own for every piece of text, for selecting by mouse.
    """
    base = widget.get_visual_style(style) if style else widget.visual_style
    cut = line.truncate(width, ellipsis=True, pad=True)
    return Strip(cut.render_segments(base), width)


class Lines(ScrollView, can_focus=True):
    """Shows the lines it was given last."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._lines: Sequence[Content] = ()

    def set_lines(self, lines: Sequence[Content]) -> None:
        """Replace what is shown; the scroll position stays where it can."""
        if lines == self._lines:
            return
        self._lines = lines
        self.virtual_size = Size(0, len(lines))
        self.refresh(layout=self.styles.is_auto_height)

    def render_line(self, y: int) -> Strip:
        """See `textual.widget.Widget.render_line`."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self._lines):
            return Strip.blank(width, self.visual_style.rich_style)
        return strip_of(self, self._lines[index], width)
