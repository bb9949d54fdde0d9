"""One of many: a list that is narrowed by typing."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from nbtui.tui.screens.dialogs import Dialog

MANY = 8
"""Choices from which a list is worth being narrowed."""


class PickDialog(Dialog):
    """See the module. The answer is the key of a choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down",
            "move(1)",
            "Next",
            show=False,
            id="dialog.down",
            tooltip="The next of the list",
        ),
        Binding(
            "up",
            "move(-1)",
            "Previous",
            show=False,
            id="dialog.up",
            tooltip="The one before in the list",
        ),
    ]

    def compose_answer(self) -> ComposeResult:
        """A line to type in, and what fits it."""
        yield Input(placeholder="type to narrow the list")
        yield OptionList()
        yield Static(self._ways("chooses", "none of these"), classes="dialog-keys")

    def on_mount(self) -> None:
        """Everything fits nothing."""
        self._narrow("")

    def action_move(self, step: int) -> None:
        """Highlight another one."""
        found = self.query_one(OptionList)
        if found.option_count:
            found.highlighted = ((found.highlighted or 0) + step) % found.option_count

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        event.stop()
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with what is highlighted."""
        event.stop()
        option = self.query_one(OptionList).highlighted_option
        if option is not None:
            self.dismiss(option.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer with what was clicked."""
        event.stop()
        self.dismiss(event.option_id)

    def _narrow(self, typed: str) -> None:
        words, found = typed.casefold().split(), self.query_one(OptionList)
        found.clear_options()
        found.add_options(
            Option(Content(label), id=key)
            for key, label in self._question.choices
            if all(word in label.casefold() for word in words)
        )
        found.highlighted = 0 if found.option_count else None
