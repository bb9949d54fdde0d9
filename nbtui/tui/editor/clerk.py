"""What is done with saved profiles: opens the form and small dialogs, and has the archive write what they say.

Belongs to the interface's thread. Every change that was written can be undone, the last first.
"""

from textual.message import Message

from nbtui.model.failure import Failure
from nbtui.model.snapshot import Snapshot
from nbtui.profiles.draft import Draft, draft_of, problems
from nbtui.profiles.hops import parse_hop
from nbtui.profiles.ledger import Reading, Sheet, Step
from nbtui.tui import messages as said
from nbtui.tui.editor.desk import FormDesk
from nbtui.tui.editor.hands import Hands

_LINES = {
    "rename": ("name", "Another name", "What it is called from now on"),
    "group": ("group", "Move to a group", "Where the dashboard lists it; empty: no group"),
    "tags": ("tags", "Tags", "Words to filter by, with commas between them"),
}
_KEPT = 50
"""Steps that can be undone."""

_ADOPT = "a host to save"
"""What the hosts of ssh are gathered for, besides fields."""


class Clerk:
    """See the module."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._archive = hands.archive
        self._form = FormDesk(hands)
        self._steps: list[Step] = []

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

    async def take(self, event: Message) -> None:
        """Bring one message to where it belongs."""
        match event:
            case said.ProfilesRead(reading=reading):
                self._hands.seeded(reading.saved, "")
                await self._form.look(reading)
            case said.ProfilesOpened(purpose=purpose, snapshot=snapshot, reading=reading):
                self._opened(purpose, snapshot, reading)
            case said.Stepped():
                self._stepped(event)
            case said.WelcomeWanted(choices=choices):
                self._welcome(choices)
            case said.ChoicesArrived(key=key, choices=choices) if key == _ADOPT:
                self._hands.ask("", "Which one?", choices, self._adopt)
            case _:
                await self._form.bring(event)

    def _welcome(self, choices: tuple[tuple[str, str], ...]) -> None:
        from nbtui.tui.screens.welcome import Welcome  # noqa: PLC0415  # once in a lifetime

        self._hands.app.push_screen(
            Welcome(choices=choices, keys=self._hands.keys()), self._begin
        )

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
            self._form.open(Sheet(base=blank), _from_host(snapshot) or blank, reading)
        elif draft is None:
            hint = f"{self._hands.keys()['profiles.edit']} makes a profile of it"
            text = f"{name} is no saved profile"
            self._hands.complain(name, Failure(code=1, message=text, hint=hint))
        elif purpose == "edit":
            self._form.open(Sheet(base=draft, was=name), draft, reading)
        elif purpose == "duplicate":
            copy = draft.with_text("name", reading.free_name(name))
            self._form.open(Sheet(base=draft, like=name), copy, reading)
        elif purpose == "delete":
            self._archive.delete(name)
        elif purpose == "favourite":
            on = draft.texts["favourite"] == "yes"
            self._archive.set(name, "favourite", "" if on else "yes")
        else:
            self._ask_line(purpose, draft, reading)

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
            keys=self._hands.keys(),
            suggestions=reading.groups() if key == "group" else (),
        )
        self._hands.app.push_screen(dialog, answered)

    def _stepped(self, event: said.Stepped) -> None:
        step, what = event.step, event.what
        if what == "saved":
            self._form.close()
        name = step.was if what == "undone" else step.now
        self._hands.seeded(event.reading.saved, name or "")
        if what != "undone" and step.written.before != step.written.after:
            self._steps = [*self._steps, step][-_KEPT:]
        self._hands.app.clear_notifications()
        self._hands.app.notify(self._told(what, step), markup=False)

    def _told(self, what: str, step: Step) -> str:
        undo = self._hands.keys()["profiles.undo"]
        if what == "undone":
            return f"{step.was or step.now}: undone"
        if step.written.before == step.written.after:
            return f"{step.now}: nothing was changed"
        if step.now is None:
            return f"{step.was} is deleted; {undo} brings it back"
        text = f"{step.now} is saved; {undo} undoes it"
        if what == "saved" and step.was and self._hands.up(step.was):
            text += "\nwhat is connected stays as it was until you disconnect"
        return text

    def _undo(self) -> None:
        if self._steps:
            self._archive.undo(self._steps.pop())
        else:
            self._hands.app.notify("nothing to undo", markup=False)


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
