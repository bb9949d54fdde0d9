"""Questions as dialogs. Escape is always a refusal, and refusing is always the default.

The keys that say yes are never those of the dashboard that led here.
"""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from nbtui.model.question import Question
from nbtui.tui.keynames import KeyNames
from nbtui.tui.marks import ALERT, MUTED

_TITLES = {
    "password": "Password",
    "passphrase": "Passphrase of a key",
    "code": "Code",
    "host-key": "Unknown host key",
    "changed-key": "Host key changed",
    "confirm": "Are you sure?",
    "choice": "Choose",
}


class Dialog(ModalScreen[str | None]):
    """What all dialogs share: a title, the question, what helps to decide, and a way out."""

    CSS_PATH = "dialogs.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012  # declared so by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "No", id="dialog.refuse", tooltip="Refuse to answer")
    ]

    def __init__(self, *, name: str, question: Question, keys: KeyNames) -> None:
        super().__init__()
        self._host = name
        self._question = question
        self._keys = keys

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        title = Content.assemble((self.title_text, "bold"), ("   " + self._host, MUTED))
        with Vertical(classes="dialog"):
            yield Static(title, classes="dialog-title")
            yield Static(Content(self._question.text), classes="dialog-text")
            if self._question.detail:
                yield Static(
                    Content("\n".join(self._question.detail)), classes="dialog-detail"
                )
            yield from self.compose_answer()

    @property
    def title_text(self) -> str:
        """What it is about."""
        return _TITLES[self._question.kind]

    def compose_answer(self) -> ComposeResult:
        """What the answer is given with."""
        yield from ()

    def _ways(self, take: str, leave: str) -> Content:
        """Enter is the widget's own; the other key is ours."""
        out = self._keys["dialog.refuse"]
        return Content.assemble(("enter", ALERT), f" {take}   ", (out, ALERT), f" {leave}")

    def action_refuse(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class TextDialog(Dialog):
    """A password, a passphrase, a code."""

    def compose_answer(self) -> ComposeResult:
        """One line to type in; a secret is not shown."""
        yield Input(password=not self._question.echo)
        yield Static(self.ways(), classes="dialog-keys")

    def ways(self) -> Content:
        """What the keys do."""
        return self._ways("answers", "gives up")

    def answer(self, typed: str) -> str:
        """What that means."""
        return typed

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self.dismiss(self.answer(event.value))


class TypedDialog(TextDialog):
    """A yes that must be typed in full; anything else is no."""

    def ways(self) -> Content:
        """See `TextDialog.ways`."""
        typed, out = (self._question.typed, ALERT), (self._keys["dialog.refuse"], ALERT)
        return Content.assemble("type ", typed, " for yes   ", out, " no")

    def answer(self, typed: str) -> str:
        """See `TextDialog.answer`."""
        return typed.strip() if typed.strip() == self._question.typed else "no"


class YesNoDialog(Dialog):
    """Yes only by its own key or a click; enter is the focused button, which is No."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say('yes')", "Yes", id="dialog.yes", tooltip="Yes"),
        Binding("n", "say('no')", "No", id="dialog.no", tooltip="No"),
        Binding(
            "left",
            "app.focus_previous",
            "Previous",
            show=False,
            id="dialog.previous",
            tooltip="The button before",
        ),
        Binding(
            "right",
            "app.focus_next",
            "Next",
            show=False,
            id="dialog.next",
            tooltip="The next button",
        ),
    ]
    AUTO_FOCUS = "#no"

    def compose_answer(self) -> ComposeResult:
        """Two buttons."""
        with Horizontal(classes="dialog-buttons"):
            no, yes = self._keys["dialog.no"], self._keys["dialog.yes"]
            yield Button(Content(f"{no}  No"), id="no", variant="primary", flat=True)
            yield Button(Content(f"{yes}  Yes"), id="yes", variant=self._gravity, flat=True)

    @property
    def _gravity(self) -> Literal["error", "warning"]:
        return "warning" if self._question.kind == "host-key" else "error"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.button.id)

    def action_say(self, answer: str) -> None:
        """Answer."""
        self.dismiss(answer)


class ChoiceDialog(Dialog):
    """One of several."""

    def compose_answer(self) -> ComposeResult:
        """A list; nothing is chosen until enter."""
        yield OptionList(
            *(Option(Content(label), id=key) for key, label in self._question.choices)
        )
        yield Static(
            self._ways("chooses", "none of these"),
            classes="dialog-keys",
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.option_id)


def dialog_for(name: str, question: Question, keys: KeyNames) -> Dialog:
    """The dialog that fits the question."""
    match question.kind:
        case "password" | "passphrase" | "code":
            return TextDialog(name=name, question=question, keys=keys)
        case "changed-key" if question.typed:
            return TypedDialog(name=name, question=question, keys=keys)
        case "host-key" | "changed-key" | "confirm":
            return YesNoDialog(name=name, question=question, keys=keys)
        case "choice":
            return ChoiceDialog(name=name, question=question, keys=keys)
