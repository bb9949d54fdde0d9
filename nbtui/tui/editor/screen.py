"""The editor's screen. What goes beyond the form (files, threads, dialogs) it asks for by a message.

A modal screen that hides all below it: the keys of the dashboard, `q` among them, mean nothing here.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from nbtui.model.check import Check
from nbtui.model.profile import Profile
from nbtui.profiles.draft import shown
from nbtui.profiles.form import FIELDS, PAGES, page_of
from nbtui.profiles.ledger import Reading
from nbtui.tui import messages as said
from nbtui.tui.editor.drawing import by_default, head, key_bar, sayings
from nbtui.tui.editor.fields import FieldRow
from nbtui.tui.editor.keys import DEEDS, MOVES
from nbtui.tui.editor.pages import PageForm, PageList
from nbtui.tui.editor.sitting import Sitting
from nbtui.tui.keynames import KeyNames
from nbtui.tui.marks import ALERT
from nbtui.tui.widgets.bars import KeyBar
from nbtui.tui.widgets.pane_slot import PaneSlot

LISTED = frozenset({"host", "identity_file", "jump", "group"})
"""Fields with a list to choose from."""


class Editor(ModalScreen[None]):
    """See the module."""

    CSS_PATH = "editor.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*DEEDS, *MOVES]

    class SaveWanted(said.ForClerk):
        """What stands in the form should be saved."""

    class CloseWanted(said.ForClerk):
        """The form should be closed; there may be something to lose."""

    class ListWanted(said.ForClerk):
        """Something should be chosen for a field."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class TestWanted(said.ForClerk):
        """The doctor should look at a profile that is not saved."""

        def __init__(self, profile: Profile) -> None:
            super().__init__()
            self.profile = profile

    class TomlWanted(said.ForClerk):
        """What would be written should be shown."""

    class ChoiceWanted(said.ForClerk):
        """Conflicts with the file should be decided."""

    def __init__(self, *, sitting: Sitting, keys: KeyNames) -> None:
        super().__init__()
        self.sitting = sitting
        self._keys = keys
        self._page = 0
        self._over = False

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield Static(id="editor-head")
        yield Static(id="editor-notice")
        with Horizontal(id="editor-body"):
            yield PageList()
        yield PaneSlot()
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the first page."""
        await self.show_page(0)

    def on_resize(self) -> None:
        """The title is as wide as the screen."""
        if self.query(PageForm):
            self.draw()

    def leave(self) -> None:
        """Close it; at once, or when a dialog that lies over it has its answer."""
        if self.is_active:
            self.dismiss(None)
        else:
            self._over = True

    def on_screen_resume(self) -> None:
        """The dialog over it is gone."""
        if self._over:
            self._over = False
            self.dismiss(None)

    async def show_page(self, number: int, key: str = "") -> None:
        """Turn to a page, which is made when it is shown first, and to a field of it."""
        self._page = number % len(PAGES)
        if not self.query(f"#page-{self._page}"):
            form = PageForm(
                self._page,
                self.sitting.draft,
                empty=by_default(self.sitting.reading),
                listed=LISTED,
            )
            await self.query_one("#editor-body").mount(form)
        for form in self.query(PageForm):
            form.display = form.id == f"page-{self._page}"
        self._form.go_to(key)
        self.draw()

    @property
    def _form(self) -> PageForm:
        return self.query_one(f"#page-{self._page}", PageForm)

    def draw(self) -> None:
        """Draw everything but what is typed."""
        sitting = self.sitting
        self.query_one(PageList).show(self._page, sitting.troubled_pages())
        self._form.show(sayings(sitting))
        title = head(sitting, self.app.size.width - 2)
        self.query_one("#editor-head", Static).update(title)
        notice = self.query_one("#editor-notice", Static)
        notice.update(Content.styled(sitting.notice, ALERT))
        notice.display = bool(sitting.notice)
        now, always = key_bar(
            self._keys,
            conflicts=bool(sitting.conflicts),
            listed=bool(self._listed_field),
            row=self._row is not None,
        )
        self.query_one(KeyBar).show(now, always)

    async def put(self, key: str, text: str) -> None:
        """Somebody chose a text for a field; of a list it is one more."""
        if FIELDS[key].kind == "list":
            before = self.sitting.draft.texts[key].strip()
            text = ", ".join(filter(None, (before, shown([text]))))
        self.sitting.say(key, text)
        await self._show_draft()

    async def look(self, reading: Reading) -> None:
        """The file has changed."""
        self.sitting.look(reading)
        await self._show_draft()

    async def settle(self, key: str, *, theirs: bool) -> None:
        """Somebody decided a conflict."""
        self.sitting.settle(key, theirs=theirs)
        await self._show_draft()

    async def _show_draft(self) -> None:
        for form in self.query(PageForm):
            await form.put(self.sitting.draft)
        self.draw()

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Add findings to the doctor's pane, if it is open."""
        self.query_one(PaneSlot).add_checks(tuple(checks))

    async def action_page(self, step: int) -> None:
        """Turn the page."""
        await self.show_page(self._page + step)

    async def action_save(self) -> None:
        """Save, or go to what is in the way."""
        if await self._sound():
            self.post_message(self.SaveWanted())

    async def action_test(self) -> None:
        """Let the doctor look, or go to what is in the way."""
        if await self._sound():
            way_out = f"{self._keys['editor.close']} closes"
            name = self.sitting.draft.name
            await self.query_one(PaneSlot).open_doctor(
                f"{name}, as in the form", way_out=way_out
            )
            self.post_message(self.TestWanted(self.sitting.profile))

    async def action_toml(self) -> None:
        """Show what would be written, or go to what is in the way."""
        if await self._sound():
            self.post_message(self.TomlWanted())

    async def _sound(self) -> bool:
        """Whether nothing is to be mended; else turns to it."""
        trouble = self.sitting.first_trouble()
        if trouble:
            await self.show_page(page_of(trouble), trouble)
        return not trouble

    def action_conflicts(self) -> None:
        """Decide conflicts."""
        if self.sitting.conflicts:
            self.post_message(self.ChoiceWanted())

    def action_list(self) -> None:
        """Choose for the field that has the focus."""
        if self._listed_field:
            self.post_message(self.ListWanted(self._listed_field))

    async def action_drop(self) -> None:
        """Take out the row that has the focus."""
        if self._row is not None:
            await self._drop(*self._row)

    async def action_close(self) -> None:
        """Close the pane, else the form."""
        if await self.query_one(PaneSlot).close():
            self.post_message(said.TestOver())
            self._form.go_to("")
        else:
            self.post_message(self.CloseWanted())

    @property
    def _listed_field(self) -> str:
        """The field that has the focus, if there is a list for it."""
        row = next((one for one in self.query(FieldRow) if one.has_focus_within), None)
        return row.field.key if row and row.listed else ""

    @property
    def _row(self) -> tuple[str, int] | None:
        """List and place of the row that has the focus."""
        return self._form.focused_row if self.query(PageForm) else None

    def on_descendant_focus(self) -> None:
        """What the field is for is said below it."""
        if self.query(PageForm):
            self.draw()

    @on(PageList.Chosen)
    async def _turn(self, event: PageList.Chosen) -> None:
        event.stop()
        await self.show_page(event.number)

    @on(FieldRow.Changed)
    def _typed(self, event: FieldRow.Changed) -> None:
        event.stop()
        self.sitting.say(event.key, event.text)
        self._keep()

    @on(FieldRow.ListWanted)
    def _list_wanted(self, event: FieldRow.ListWanted) -> None:
        event.stop()
        self.post_message(self.ListWanted(event.key))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @on(PageForm.CellChanged)
    def _cell(self, event: PageForm.CellChanged) -> None:
        event.stop()
        self.sitting.say_cell(event.key, event.place, event.column, event.text)
        self._keep()

    @on(PageForm.RowAdded)
    async def _add(self, event: PageForm.RowAdded) -> None:
        event.stop()
        place = self.sitting.add_row(event.key)
        await self._form.put(self.sitting.draft)
        self._form.go_to(f"{event.key}.{place}")
        self.draw()

    @on(PageForm.RowDropped)
    async def _dropped(self, event: PageForm.RowDropped) -> None:
        event.stop()
        await self._drop(event.key, event.place)

    async def _drop(self, key: str, place: int) -> None:
        self.sitting.drop_row(key, place)
        await self._show_draft()

    def _keep(self) -> None:
        for form in self.query(PageForm):
            form.keep(self.sitting.draft)
        self.draw()
