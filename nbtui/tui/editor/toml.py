"""What the form would write: the lines of the file that are about the profile, the changed ones marked."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from nbtui.model.text import clean
from nbtui.tui.keynames import KeyNames
from nbtui.tui.marks import ALERT, BAD, FAINT, GOOD
from nbtui.tui.widgets.lines import Lines


class TomlView(ModalScreen[None]):
    """See the module.

    Args:
        before: what the file says of it; empty: nothing yet.
        after: what it would say.
    """

    CSS_PATH = "../screens/dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,ctrl+o",
            "close",
            "Close",
            id="toml.close",
            tooltip="Close what would be written",
        )
    ]

    def __init__(self, *, before: str, after: str, keys: KeyNames) -> None:
        super().__init__()
        self._before, self._after = before, after
        self._keys = keys

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        way_out = Content.assemble((self._keys["toml.close"], ALERT), " closes")
        with Vertical(classes="dialog"):
            yield Static(
                Content.styled("What profiles.toml would say", "bold"),
                classes="dialog-title",
            )
            yield Lines()
            yield Static(way_out, classes="dialog-keys")

    def on_mount(self) -> None:
        """Fill the page."""
        lines, text = self.query_one(Lines), list(_lines(self._before, self._after))
        lines.set_lines(text)
        lines.focus()
        marked = (place for place, one in enumerate(text) if one.plain[:1] in "+-")
        lines.scroll_to(y=max(0, next(marked, 0) - 3), animate=False)

    def action_close(self) -> None:
        """Back to the form."""
        self.dismiss(None)


def _lines(before: str, after: str) -> Iterator[Content]:
    old, new = clean(before).splitlines(), clean(after).splitlines()
    for tag, start, end, there, last in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield from (_line(" ", line) for line in new[there:last])
        else:
            yield from (Content.styled(f"- {line}", BAD) for line in old[start:end])
            yield from (Content.styled(f"+ {line}", GOOD) for line in new[there:last])


def _line(mark: str, line: str) -> Content:
    return Content.assemble(f"{mark} ", (line, FAINT if line.startswith("#") else ""))
