"""What is done with saved profiles: opens the form and small dialogs, and has the archive write what they say.

Belongs to the interface's thread. Every change that was written can be undone, the last first.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App
from textual.message import Message

from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.profiles.draft import Draft, draft_of, problems
from nbtui.profiles.form import FIELDS
from nbtui.profiles.hops import parse_hop
from nbtui.profiles.ledger import Reading, Sheet, Step
from nbtui.profiles.reconcile import Conflict
from nbtui.profiles.saved import Saved
from nbtui.tui import messages as said
from nbtui.tui.editor.archive import Archive
from nbtui.tui.editor.sitting import Sitting
from nbtui.tui.keynames import KeyNames

if TYPE_CHECKING:
    from nbtui.tui.editor.screen import Editor

_LINES = {
    "rename": ("name", "Another name", "What it is called from now on"),
    "group": ("group", "Move to a group", "Where the dashboard lists it; empty: no group"),
    "tags": ("tags", "Tags", "Words to filter by, with commas between them"),
}
_KEPT = 50
"""Steps that can be undone."""

_ADOPT = "a host to save"
"""What the hosts of ssh are gathered for, besides fields."""

_ALL_MINE, _ALL_THEIRS = "all mine", "all theirs"


class Hands:
    """What the clerk may do beyond its own desk.

    Args:
        seeded: the saved profiles are these now; the second is to be selected if it is not empty.
        complain: says what went wrong.
        sources: what can be chosen for a field, gathered in a thread.
        offers: what who has no profile can begin with, gathered in a thread.
        demo: gives the terminal to the pretend VM.
        bring: makes profiles of all that PuTTY has saved.
    """

    def __init__(
        self,
        *,
        seeded: Callable[[Saved, str], object],
        complain: Callable[[str, Failure], object],
        sources: Callable[[str], Callable[[], Sequence[tuple[str, str]]] | None],
        offers: Callable[[], Sequence[tuple[str, str]]],
        demo: Callable[[], object],
        bring: Callable[[], object],
    ) -> None:
        self.seeded = seeded
        self.complain = complain
        self.sources = sources
        self.offers = offers
        self.demo = demo
        self.bring = bring


class Clerk:
    """See the module."""

    def __init__(
        self,
        *,
        app: App[str],
        archive: Archive,
        hands: Hands,
        keys: Callable[[], KeyNames],
    ) -> None:
        self._app = app
        self._archive = archive
        self._hands = hands
        self._keys = keys
        self._editor: Editor | None = None
        self._steps: list[Step] = []
        self._saving = False

    def start(self) -> None:
        """Begin to look at the file; who has no profile is welcomed."""
        self._archive.start()
        self._archive.welcome(self._hands.offers)

    def close(self) -> None:
        """The app ends."""
        self._archive.close()

    def do(self, verb: str, snapshot: Snapshot | None) -> None:
        """Do what a key stands for; returns at once."""
        if verb == "undo":
            self._undo()
        elif verb == "new":
            self._archive.open(verb, None)
        elif snapshot is not None:
            self._archive.open(verb, snapshot)

    async def take(self, event: Message) -> None:  # noqa: C901  # one case a message
        """Bring one message to where it belongs."""
        match event:
            case said.ProfilesRead(reading=reading):
                await self._read(reading)
            case said.ProfilesOpened(purpose=purpose, snapshot=snapshot, reading=reading):
                self._opened(purpose, snapshot, reading)
            case said.Stepped():
                self._stepped(event)
            case said.Overtaken(reading=reading, failure=failure):
                await self._overtaken(reading, failure)
            case said.NotSaved():
                self._saving = False
            case said.ChoicesArrived(key=key, choices=choices):
                self._choose(key, choices)
            case said.TomlArrived(before=before, after=after):
                self._show_toml(before, after)
            case said.WelcomeWanted(choices=choices):
                self._welcome(choices)
            case said.TestOver():
                self._archive.stop_test()
            case said.TestArrived() if self._editor is not None:
                self._editor.show_checks(self._archive.findings())
            case _:
                self._of_form(event)

    def _of_form(self, event: Message) -> None:
        """What the form asks for."""
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
                self._archive.test(profile)
            case Editor.TomlWanted():
                one = editor.sitting
                self._archive.preview(one.reading.text, one.sheet, one.draft)
            case Editor.ChoiceWanted():
                self._settle_next()
            case _:
                pass

    def _welcome(self, choices: tuple[tuple[str, str], ...]) -> None:
        from nbtui.tui.screens.welcome import Welcome  # noqa: PLC0415  # once in a lifetime

        self._app.push_screen(Welcome(choices=choices, keys=self._keys()), self._begin)

    def _begin(self, answer: str | None) -> None:
        match answer:
            case "new":
                self.do("new", None)
            case "hosts":
                self._gather_hosts()
            case "demo":
                self._hands.demo()
            case "putty":
                self._hands.bring()
            case _:
                pass

    def _gather_hosts(self) -> None:
        if source := self._hands.sources("host"):
            self._archive.gather(_ADOPT, source)

    def _adopt(self, name: str | None) -> None:
        """The form of a host that ssh knows."""
        if name is not None:
            host = Snapshot(name=name, host="", source="ssh_config")
            self._archive.open("edit", host)

    def _opened(self, purpose: str, snapshot: Snapshot | None, reading: Reading) -> None:
        name = snapshot.name if snapshot else ""
        draft = reading.draft(name) if name else None
        if purpose == "new" or (draft is None and purpose == "edit"):
            blank = draft_of("")
            self._open(Sheet(base=blank), _from_host(snapshot) or blank, reading)
        elif draft is None:
            hint = f"{self._keys()['profiles.edit']} makes a profile of it"
            text = f"{name} is no saved profile"
            self._hands.complain(name, Failure(code=1, message=text, hint=hint))
        elif purpose == "edit":
            self._open(Sheet(base=draft, was=name), draft, reading)
        elif purpose == "duplicate":
            copy = draft.with_text("name", reading.free_name(name))
            self._open(Sheet(base=draft, like=name), copy, reading)
        elif purpose == "delete":
            self._archive.delete(name)
        elif purpose == "favourite":
            on = draft.texts["favourite"] == "yes"
            self._archive.set(name, "favourite", "" if on else "yes")
        else:
            self._ask_line(purpose, draft, reading)

    def _open(self, sheet: Sheet, draft: Draft, reading: Reading) -> None:
        from nbtui.tui.editor.screen import Editor  # noqa: PLC0415  # not before a form is wanted

        if self._editor is None:
            sitting = Sitting(sheet=sheet, draft=draft, reading=reading)
            self._editor = Editor(sitting=sitting, keys=self._keys())
            self._app.clear_notifications()
            self._app.push_screen(self._editor)

    def _ask_line(self, purpose: str, draft: Draft, reading: Reading) -> None:
        from nbtui.tui.screens.line_dialog import LineDialog  # noqa: PLC0415  # not before one is wanted

        key, title, prompt = _LINES[purpose]
        taken = reading.names(besides=draft.name)

        def check(text: str) -> str:
            return str(problems(draft.with_text(key, text), taken=taken).get(key, ""))

        def answered(text: str | None) -> None:
            if text is not None and text.strip() != draft.texts[key]:
                self._archive.set(draft.name, key, text)

        dialog = LineDialog(
            name=draft.name,
            title=title,
            prompt=prompt,
            text=draft.texts[key],
            check=check,
            keys=self._keys(),
            suggestions=reading.groups() if key == "group" else (),
        )
        self._app.push_screen(dialog, answered)

    async def _read(self, reading: Reading) -> None:
        self._hands.seeded(reading.saved, "")
        if self._editor is not None:
            await self._editor.look(reading)

    def _stepped(self, event: said.Stepped) -> None:
        step, what = event.step, event.what
        if what == "saved":
            self._saving = False
            self._close()
        name = step.was if what == "undone" else step.now
        self._hands.seeded(event.reading.saved, name or "")
        if what != "undone" and step.written.before != step.written.after:
            self._steps = [*self._steps, step][-_KEPT:]
        self._app.clear_notifications()
        self._app.notify(self._told(what, step), markup=False)

    def _told(self, what: str, step: Step) -> str:
        undo = self._keys()["profiles.undo"]
        if what == "undone":
            return f"{step.was or step.now}: undone"
        if step.written.before == step.written.after:
            return f"{step.now}: nothing was changed"
        if step.now is None:
            return f"{step.was} is deleted; {undo} brings it back"
        return f"{step.now} is saved; {undo} undoes it"

    def _undo(self) -> None:
        if self._steps:
            self._archive.undo(self._steps.pop())
        else:
            self._app.notify("nothing to undo", markup=False)

    def _save(self, sitting: Sitting) -> None:
        if sitting.conflicts:
            self._settle_next()
        elif not self._saving:
            self._saving = True
            self._archive.save(sitting.sheet, sitting.draft)

    async def _overtaken(self, reading: Reading, failure: Failure) -> None:
        self._saving = False
        if self._editor is not None:
            await self._editor.look(reading)
            self._hands.complain("", failure)
            self._settle_next()

    def _leave(self, sitting: Sitting) -> None:
        if not sitting.worth_keeping:
            self._close()
            return
        choices = (
            ("stay", "Go on editing"),
            ("save", "Save and close"),
            ("drop", "Close, and lose what was changed"),
        )
        self._ask("There are changes that are not saved.", choices, self._left)

    def _left(self, answer: str | None) -> None:
        if answer == "drop":
            self._close()
        elif answer == "save" and self._editor is not None:
            self._app.call_later(self._editor.action_save)

    def _close(self) -> None:
        if self._editor is not None:
            self._archive.stop_test()
            self._editor.dismiss(None)
            self._editor = None

    def _gather(self, key: str, sitting: Sitting) -> None:
        if key == "group":
            groups = tuple((one, one) for one in sitting.reading.groups())
            self._archive.gather(key, lambda: groups)
        elif source := self._hands.sources(key):
            self._archive.gather(key, source)

    def _choose(self, key: str, choices: tuple[tuple[str, str], ...]) -> None:
        if not choices:
            text, hint = _NONE.get(key, _NONE["host"])
            self._hands.complain("", Failure(code=1, message=text, hint=hint))
            return

        if key == _ADOPT:
            self._ask("Which one?", choices, self._adopt)
            return

        def chosen(text: str | None) -> None:
            if text is not None and self._editor is not None:
                self._app.call_later(self._editor.put, key, text)

        self._ask(FIELDS[key].label, choices, chosen)

    def _settle_next(self) -> None:
        """Ask about one conflict; the answer leads to the next."""
        if self._editor is None or not self._editor.sitting.conflicts:
            return
        conflicts = tuple(self._editor.sitting.conflicts.values())
        first = conflicts[0]
        choices = [
            ("mine", f"{first.mine or 'nothing'}   as in the form"),
            ("theirs", f"{first.theirs or 'nothing'}   as in profiles.toml"),
        ]
        if len(conflicts) > 1:
            choices += [(_ALL_MINE, "for all: as in the form")]
            choices += [(_ALL_THEIRS, "for all: as in profiles.toml")]
        text = f"{first.label} was changed here and in profiles.toml. Which counts?"
        self._ask(text, tuple(choices), partial(self._settled, conflicts))

    def _settled(self, conflicts: tuple[Conflict, ...], answer: str | None) -> None:
        editor = self._editor
        if editor is None or answer is None:
            return
        all_of_them = answer in (_ALL_MINE, _ALL_THEIRS)

        async def settle() -> None:
            for one in conflicts if all_of_them else conflicts[:1]:
                await editor.settle(one.key, theirs=answer.endswith("theirs"))
            self._settle_next()

        self._app.call_later(settle)

    def _show_toml(self, before: str, after: str) -> None:
        from nbtui.tui.editor.toml import TomlView  # noqa: PLC0415  # seldom

        if self._editor is self._app.screen:
            self._app.push_screen(TomlView(before=before, after=after, keys=self._keys()))

    def _ask(
        self,
        text: str,
        choices: tuple[tuple[str, str], ...],
        answered: Callable[[str | None], None],
    ) -> None:
        from nbtui.tui.screens.dialogs import ChoiceDialog  # noqa: PLC0415  # not before one is wanted
        from nbtui.tui.screens.pick_dialog import MANY, PickDialog  # noqa: PLC0415  # likewise

        name = self._editor.sitting.draft.name if self._editor else ""
        question = Question(kind="choice", text=text, choices=choices)
        dialog = PickDialog if len(choices) >= MANY else ChoiceDialog
        self._app.push_screen(
            dialog(name=name, question=question, keys=self._keys()), answered
        )


_NONE = {
    "host": ("ssh_config names no host", "type an address"),
    "jump": ("ssh_config names no host", "type an address"),
    "identity_file": ("there is no private key in ~/.ssh", "ssh-keygen -t ed25519"),
    "group": ("there is no group yet", "type the name of one"),
}
"""What is said where there is nothing to choose, and what to try."""


def _from_host(snapshot: Snapshot | None) -> Draft | None:
    """A form for a host that is no profile: a name that ssh or PuTTY knows, or `user@host:port`."""
    if snapshot is None:
        return None
    if snapshot.source == "putty":
        draft = draft_of(snapshot.name).with_text("host", snapshot.host)
        return draft.with_text("user", snapshot.user)
    try:
        hop = parse_hop(snapshot.name)
    except ValueError:
        return draft_of(snapshot.name)
    if hop.user is None and hop.port is None:
        return draft_of(snapshot.name)
    draft = draft_of(hop.host).with_text("host", hop.host).with_text("user", hop.user or "")
    return draft.with_text("port", str(hop.port or ""))
