"""A dialog for one line of text that is checked as it is typed: a name, a group, tags."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from nbtui.model.question import Question
from nbtui.tui.keynames import KeyNames
from nbtui.tui.marks import BAD
from nbtui.tui.screens.dialogs import Dialog


class LineDialog(Dialog):
    """See the module.

    Args:
        check: what is wrong with a text; empty: nothing.
        suggestions: texts to complete to.
    """

    def __init__(
        self,
        *,
        name: str,
        title: str,
        prompt: str,
        text: str,
        check: Callable[[str], str],
        keys: KeyNames,
        suggestions: Sequence[str] = (),
    ) -> None:
        detail = (f"there is: {', '.join(suggestions)}",) if suggestions else ()
        question = Question(kind="choice", text=prompt, detail=detail)
        super().__init__(name=name, question=question, keys=keys)
        self._heading = title
        self._text = text
        self._check = check
        self._suggestions = suggestions

    @property
    def title_text(self) -> str:
        """See `Dialog.title_text`."""
        return self._heading

    def compose_answer(self) -> ComposeResult:
        """One line, what is wrong with it, and the keys."""
        suggester = SuggestFromList(self._suggestions) if self._suggestions else None
        yield Input(self._text, suggester=suggester, select_on_focus=False)
        yield Static(classes="dialog-problem")
        yield Static(self._ways("saves", "leaves it"), classes="dialog-keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong."""
        event.stop()
        problem = self._check(event.value)
        text = Content.styled(f"✖ {problem}" if problem else "", BAD)
        self.query_one(".dialog-problem", Static).update(text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, unless something is wrong."""
        event.stop()
        if not self._check(event.value):
            self.dismiss(event.value)
