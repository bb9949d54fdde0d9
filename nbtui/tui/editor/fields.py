"""One field of the form: its label, what is typed, and the message below it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from nbtui.profiles.form import Field
from nbtui.tui.editor.choice import Choice, Link
from nbtui.tui.marks import ALERT, BAD, CALL, FAINT, MUTED


class FieldRow(Vertical):
    """See the module.

    Args:
        text: that stands in it at first.
        empty: what holds while nothing is typed.
        listed: there is a list to choose from.
    """

    class Changed(Message):
        """Something else stands in it now."""

        def __init__(self, key: str, text: str) -> None:
            super().__init__()
            self.key, self.text = key, text

    class ListWanted(Message):
        """Somebody wants to choose from the list."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(
        self, field: Field, *, text: str, empty: str = "", listed: bool = False
    ) -> None:
        super().__init__()
        self.field = field
        self.listed = listed
        self._text = text
        self._empty = empty
        self._changed = False
        self._message: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        with Horizontal(classes="field-line"):
            yield Static(Content.styled(self.field.label, MUTED), classes="field-label")
            yield self._entry()
            yield Link("▾", keyed=False) if self.listed else Static(classes="field-gap")
        yield Static(classes="field-message")

    def _entry(self) -> Input | TextArea | Choice:
        match self.field.kind:
            case "flag" | "choice":
                return Choice(self.field.choices, value=self._text)
            case "lines":
                return TextArea(self._text, compact=True, tab_behavior="focus")
            case _:
                return Input(
                    self._text,
                    compact=True,
                    select_on_focus=False,
                    placeholder=self._empty,
                )

    @property
    def entry(self) -> Input | TextArea | Choice:
        """What is typed into."""
        return self.query_one(".field-line > Input, .field-line > TextArea, Choice")  # type: ignore[return-value]  # one of these

    def put(self, text: str) -> None:
        """Show another text; no message comes of it."""
        entry = self.entry
        with self.prevent(Input.Changed, TextArea.Changed):
            if isinstance(entry, TextArea):
                entry.load_text(text)
            elif isinstance(entry, Input):
                entry.value = text
            else:
                entry.show(text)

    def show(self, *, changed: bool, problem: str = "", dispute: str = "") -> None:
        """Say what is wrong, or what the file has instead; else what the field is for while it has the focus.

        Args: changed: it is not as it was.
        """
        self._mark(changed=changed)
        if problem:
            said = (f"✖ {problem}", BAD)
        elif dispute:
            said = (f"▲ {dispute}", ALERT)
        else:
            said = (self.field.about, FAINT) if self.has_focus_within else ("", "")
        if said != self._message:
            self._message = said
            self.query_one(".field-message", Static).update(Content.styled(*said))

    def _mark(self, *, changed: bool) -> None:
        if changed != self._changed:
            self._changed = changed
            label = self.query_one(".field-label", Static)
            dot = (" •", CALL) if changed else ""
            label.update(Content.assemble((self.field.label, MUTED), dot))

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _typed(self, event: Input.Changed | TextArea.Changed | Choice.Changed) -> None:
        event.stop()
        text = event.text_area.text if isinstance(event, TextArea.Changed) else event.value
        self.post_message(self.Changed(self.field.key, text))

    @on(Link.Pressed)
    def _list_wanted(self, event: Link.Pressed) -> None:
        event.stop()
        self.post_message(self.ListWanted(self.field.key))
