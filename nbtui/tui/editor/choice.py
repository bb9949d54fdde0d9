"""Two small things of the form: one of a few words, and a line that does something."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nbtui.tui.marks import FAINT, MUTED

_UNSAID = "not said"


class Choice(Widget, can_focus=True):
    """One of a few words, turned by arrows, the space bar or a click.

    Args: words: the empty one means that nothing is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,space",
            "turn(1)",
            "Next",
            show=False,
            id="editor.choice-next",
            tooltip="The next of the words",
        ),
        Binding(
            "left",
            "turn(-1)",
            "Previous",
            show=False,
            id="editor.choice-previous",
            tooltip="The word before",
        ),
    ]

    class Changed(Message):
        """Another word."""

        def __init__(self, choice: "Choice", value: str) -> None:
            super().__init__()
            self.choice, self.value = choice, value

    def __init__(self, words: Sequence[str], *, value: str, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._words = tuple(words) if value in words else (value, *words)
        self.value = value

    def show(self, value: str) -> None:
        """Show another word without a message."""
        self.value = value
        self.refresh()

    def render(self) -> Content:
        """See `textual.widget.Widget.render`."""
        word = (self.value, "") if self.value else (_UNSAID, FAINT)
        return Content.assemble(("◂ ", MUTED), word, (" ▸", MUTED))

    def action_turn(self, step: int) -> None:
        """Take the word that many further."""
        at = self._words.index(self.value) if self.value in self._words else 0
        self.show(self._words[(at + step) % len(self._words)])
        self.post_message(self.Changed(self, self.value))

    def on_click(self) -> None:
        """The next one."""
        self.action_turn(1)


class Link(Widget, can_focus=True):
    """A line that does something: by enter, or by a click.

    Args: keyed: False: there is a key for it, and the cursor passes it by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "press",
            "Do it",
            show=False,
            id="editor.press",
            tooltip="Do what the line says",
        )
    ]

    class Pressed(Message):
        """It should be done."""

        def __init__(self, link: "Link") -> None:
            super().__init__()
            self.link = link

        @property
        def control(self) -> "Link":
            """See `textual.message.Message.control`."""
            return self.link

    def __init__(self, words: str, *, id: str | None = None, keyed: bool = True) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._words = words
        self.can_focus = keyed

    def render(self) -> Content:
        """See `textual.widget.Widget.render`."""
        return Content(self._words)

    def action_press(self) -> None:
        """Do it."""
        self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """Do it."""
        self.action_press()
