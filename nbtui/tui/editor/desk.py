"""The form that is open, if one is: does what its keys ask for, and brings it what comes from the archive.

Belongs to the interface's thread.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from nbtui.model.failure import Failure
from nbtui.profiles.draft import Draft
from nbtui.profiles.form import FIELDS
from nbtui.profiles.ledger import Reading, Sheet
from nbtui.profiles.reconcile import Conflict
from nbtui.tui import messages as said
from nbtui.tui.editor.hands import Choices, Hands
from nbtui.tui.editor.sitting import Sitting

if TYPE_CHECKING:
    from nbtui.tui.editor.screen import Editor

_ALL_MINE, _ALL_THEIRS = "all mine", "all theirs"
_LEAVING = (
    ("stay", "Go on editing"),
    ("save", "Save and close"),
    ("drop", "Close, and lose what was changed"),
)
_NONE = {
    "host": ("ssh_config names no host", "type an address"),
    "jump": ("ssh_config names no host", "type an address"),
    "identity_file": ("there is no private key in ~/.ssh", "ssh-keygen -t ed25519"),
    "group": ("there is no group yet", "type the name of one"),
}
"""What is said where there is nothing to choose, and what to try."""


class FormDesk:
    """See the module."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._editor: Editor | None = None
        self._saving = False

    def open(self, sheet: Sheet, draft: Draft, reading: Reading) -> None:
        """Open a form, unless one is open."""
        from nbtui.tui.editor.screen import Editor  # noqa: PLC0415  # not before a form is wanted

        if self._editor is None:
            sitting = Sitting(sheet=sheet, draft=draft, reading=reading)
            self._editor = Editor(sitting=sitting, keys=self._hands.keys())
            self._hands.app.clear_notifications()
            self._hands.app.push_screen(self._editor)

    def close(self) -> None:
        """Close the form; it was saved, or nobody wants it."""
        self._saving = False
        self._hands.archive.stop_test()
        if self._editor is not None:
            self._editor.leave()
            self._editor = None

    async def look(self, reading: Reading) -> None:
        """The file has changed."""
        if self._editor is not None:
            await self._editor.look(reading)

    def take(self, event: Message) -> None:
        """Do what the form asks for."""
        from nbtui.tui.editor.screen import Editor  # noqa: PLC0415  # it is there, or there is no form

        editor = self._editor
        if editor is None:
            return
        match event:
            case Editor.SaveWanted():
                self._save(editor.sitting)
            case Editor.CloseWanted():
                self._leave(editor.sitting)
            case Editor.ListWanted(key=key):
                self._gather(key, editor.sitting)
            case Editor.TestWanted(profile=profile):
                self._hands.archive.test(profile)
            case Editor.TomlWanted():
                one = editor.sitting
                self._hands.archive.preview(one.reading.text, one.sheet, one.draft)
            case Editor.ChoiceWanted():
                self._settle_next()
            case _:
                pass

    async def bring(self, event: Message) -> None:
        """Bring the form what came from the archive."""
        match event:
            case said.Overtaken(reading=reading, failure=failure):
                await self._overtaken(reading, failure)
            case said.NotSaved():
                self._saving = False
            case said.ChoicesArrived(key=key, choices=choices):
                self._choose(key, choices)
            case said.TomlArrived(before=before, after=after):
                self._show_toml(before, after)
            case said.TestOver():
                self._hands.archive.stop_test()
            case said.TestArrived() if self._editor is not None:
                self._editor.show_checks(self._hands.archive.findings())
            case _:
                self.take(event)

    def _save(self, sitting: Sitting) -> None:
        if sitting.conflicts:
            self._settle_next()
        elif not self._saving:
            self._saving = True
            self._hands.archive.save(sitting.sheet, sitting.draft)

    async def _overtaken(self, reading: Reading, failure: Failure) -> None:
        self._saving = False
        if self._editor is not None:
            await self._editor.look(reading)
            self._hands.complain("", failure)
            self._settle_next()

    def _leave(self, sitting: Sitting) -> None:
        if sitting.worth_keeping:
            self._ask("There are changes that are not saved.", _LEAVING, self._left)
        else:
            self.close()

    def _left(self, answer: str | None) -> None:
        if answer == "drop":
            self.close()
        elif answer == "save" and self._editor is not None:
            self._hands.app.call_later(self._editor.action_save)

    def _gather(self, key: str, sitting: Sitting) -> None:
        if key == "group":
            groups = tuple((one, one) for one in sitting.reading.groups())
            self._hands.archive.gather(key, lambda: groups)
        elif source := self._hands.sources(key):
            self._hands.archive.gather(key, source)

    def _choose(self, key: str, choices: Choices) -> None:
        if choices:
            self._ask(FIELDS[key].label, choices, partial(self._chosen, key))
        else:
            text, hint = _NONE[key]
            self._hands.complain("", Failure(code=1, message=text, hint=hint))

    def _chosen(self, key: str, text: str | None) -> None:
        if text is not None and self._editor is not None:
            self._hands.app.call_later(self._editor.put, key, text)

    def _settle_next(self) -> None:
        """Ask about one conflict; the answer leads to the next."""
        if self._editor is None or not self._editor.sitting.conflicts:
            return
        conflicts = tuple(self._editor.sitting.conflicts.values())
        label = conflicts[0].label
        text = f"{label} was changed here and in profiles.toml. Which counts?"
        self._ask(text, _sides(conflicts), partial(self._settled, conflicts))

    def _settled(self, conflicts: tuple[Conflict, ...], answer: str | None) -> None:
        editor = self._editor
        if editor is None or answer is None:
            return
        settled = conflicts if answer in (_ALL_MINE, _ALL_THEIRS) else conflicts[:1]

        async def settle() -> None:
            for one in settled:
                await editor.settle(one.key, theirs=answer.endswith("theirs"))
            self._settle_next()

        self._hands.app.call_later(settle)

    def _show_toml(self, before: str, after: str) -> None:
        from nbtui.tui.editor.toml import TomlView  # noqa: PLC0415  # seldom

        app, keys = self._hands.app, self._hands.keys()
        if self._editor is app.screen:
            app.push_screen(TomlView(before=before, after=after, keys=keys))

    def _ask(
        self, text: str, choices: Choices, answered: Callable[[str | None], object]
    ) -> None:
        name = self._editor.sitting.draft.name if self._editor else ""
        self._hands.ask(name, text, choices, answered)


def _sides(conflicts: tuple[Conflict, ...]) -> Choices:
    """What the first can be, and what all can be where there are several."""
    first = conflicts[0]
    one = (
        ("mine", f"{first.mine or 'nothing'}   as in the form"),
        ("theirs", f"{first.theirs or 'nothing'}   as in profiles.toml"),
    )
    every = (
        (_ALL_MINE, "for all: as in the form"),
        (_ALL_THEIRS, "for all: as in profiles.toml"),
    )
    return (*one, *every) if len(conflicts) > 1 else one
