"""What the clerk and the form's desk work with, handed in by the app."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import App

from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.profiles.saved import Saved
from nbtui.tui.editor.archive import Archive
from nbtui.tui.keynames import KeyNames

Choices = tuple[tuple[str, str], ...]
"""What can be chosen: a key and what is shown for it, each."""

Source = Callable[[], Sequence[tuple[str, str]]]
"""Gathers choices; runs in a thread."""


class Hands(NamedTuple):
    """See the module."""

    app: App[str]
    archive: Archive
    keys: Callable[[], KeyNames]
    seeded: Callable[[Saved, str], object]
    """The saved profiles are these now; the second is to be selected if it is not empty."""

    complain: Callable[[str, Failure], object]
    """Says what went wrong with a profile, or with none."""

    sources: Callable[[str], Source | None]
    """What can be chosen for a field; None: there is no list for it."""

    offers: Source
    """What who has no profile can begin with."""

    demo: Callable[[], object]
    """Gives the terminal to the pretend VM."""

    bring: Callable[[], object]
    """Makes profiles of all that PuTTY has saved."""

    up: Callable[[str], bool]
    """Whether a profile is connected."""

    def ask(
        self,
        name: str,
        text: str,
        choices: Choices,
        answered: Callable[[str | None], object],
    ) -> None:
        """Let a person choose; None: none of them."""
        from nbtui.tui.screens.dialogs import ChoiceDialog  # noqa: PLC0415  # not before one is wanted
        from nbtui.tui.screens.pick_dialog import MANY, PickDialog  # noqa: PLC0415  # likewise

        question = Question(kind="choice", text=text, choices=choices)
        dialog = PickDialog if len(choices) >= MANY else ChoiceDialog

        def pass_on(answer: str | None) -> None:
            answered(answer)

        self.app.push_screen(
            dialog(name=name, question=question, keys=self.keys()), pass_on
        )
