"""The threads between the interface and profiles.toml: what they find and do comes back as a message.

Nothing here blocks whoever calls it. One thread looks at the file a few times a second; a look costs one `stat`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Event

from textual.message import Message

from nbtui.client.engine import Engine
from nbtui.errors import NbtuiError
from nbtui.model.check import Check
from nbtui.model.failure import Failure
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot
from nbtui.profiles.draft import Draft, draft_of
from nbtui.profiles.ledger import Ledger, Overtaken, Sheet, Step, written
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.tui import messages as say
from nbtui.tui.crew import Crew
from nbtui.tui.tail import Tail
from nbtui.tui.talk import DialogTalk

BEAT = 0.3
"""Seconds between two looks at the file; it is read when two in a row find it the same."""


class Archive:
    """See the module.

    Args:
        engine: asked only to erase what the keyring holds of a profile that goes.
        talk: of commands about a profile.
        post: see `nbtui.tui.backroom.Backroom`.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        engine: Engine,
        talk: Callable[[str], DialogTalk],
        post: Callable[[Message], bool],
    ) -> None:
        self._ledger = ledger
        self._engine = engine
        self._talk = talk
        self._post = post
        self._crew = Crew(complain=self._complain)
        self._closed = Event()
        self._examination: Tail[Check] | None = None

    def start(self) -> None:
        """Begin to look at the file."""
        self._crew.start("", self._watch)

    def close(self) -> None:
        """Stop looking; what is being written is written."""
        self._closed.set()
        self.stop_test()

    def open(self, purpose: str, snapshot: Snapshot | None) -> None:
        """Read the file for what somebody wants to do."""
        name = snapshot.name if snapshot else ""
        self._crew.start(
            name,
            lambda: self._post(say.ProfilesOpened(purpose, snapshot, self._ledger.read())),
        )

    def save(self, sheet: Sheet, draft: Draft) -> None:
        """Write what a form says."""
        self._crew.start(draft.name, partial(self._save, sheet, draft))

    def preview(self, text: ProfilesText, sheet: Sheet, draft: Draft) -> None:
        """Work out what would be written."""
        self._crew.start(
            draft.name, lambda: self._post(say.TomlArrived(*written(text, sheet, draft)))
        )

    def set(self, name: str, key: str, text: str) -> None:
        """Write one field of a profile."""
        self._crew.start(name, partial(self._set, name, key, text))

    def delete(self, name: str) -> None:
        """Take a profile out, and what the keyring holds of it."""
        self._crew.start(name, partial(self._delete, name))

    def undo(self, step: Step) -> None:
        """Make it what it was."""
        self._crew.start(step.was or step.now or "", partial(self._undo, step))

    def welcome(self, offers: Callable[[], Sequence[tuple[str, str]]]) -> None:
        """What can be begun with, if nobody has begun yet."""
        self._crew.start("", partial(self._welcome, offers))

    def gather(self, key: str, source: Callable[[], Sequence[tuple[str, str]]]) -> None:
        """What can be chosen for a field: pairs of a text and what is shown for it."""
        self._crew.start("", lambda: self._post(say.ChoicesArrived(key, tuple(source()))))

    def test(self, profile: Profile) -> None:
        """Let the doctor look at a host by a profile that is not saved."""
        self.stop_test()
        talk = self._talk(profile.name)
        self._examination = Tail(
            lines=lambda: self._engine.doctor(profile.name, False, talk, draft=profile),
            knock=lambda: self._post(say.TestArrived()),
        )
        self._crew.start(profile.name, self._examination.run)

    def findings(self) -> tuple[Check, ...]:
        """What the doctor found since the last call."""
        return self._examination.take() if self._examination else ()

    def stop_test(self) -> None:
        """Nobody looks at the findings any more."""
        if self._examination is not None:
            self._examination.close()
        self._examination = None

    def _welcome(self, offers: Callable[[], Sequence[tuple[str, str]]]) -> None:
        if self._ledger.untouched():
            self._post(say.WelcomeWanted(tuple(offers())))

    def _watch(self) -> None:
        told = seen = self._ledger.stamp()
        while not self._closed.wait(BEAT):
            now = self._ledger.stamp()
            if now == seen and now != told:  # many editors empty a file before they fill it
                told = now
                self._tell()
            seen = now

    def _tell(self) -> None:
        try:
            self._post(say.ProfilesRead(self._ledger.read()))
        except NbtuiError as error:
            self._complain("", Failure.of(error))

    def _save(self, sheet: Sheet, draft: Draft) -> None:
        try:
            step = self._ledger.save(sheet, draft)
        except Overtaken as error:
            self._post(say.Overtaken(self._ledger.read(), Failure.of(error)))
        except NbtuiError:
            self._post(say.NotSaved())
            raise
        else:
            self._post(say.Stepped("saved", step, self._ledger.read()))

    def _set(self, name: str, key: str, text: str) -> None:
        base = self._ledger.read().draft(name) or draft_of(name)
        step = self._ledger.save(Sheet(base=base, was=name), base.with_text(key, text))
        self._post(say.Stepped("set", step, self._ledger.read()))

    def _delete(self, name: str) -> None:
        if self._ledger.read().saved.has_keyring(name):
            self._engine.forget(name, self._talk(name))
        step = self._ledger.remove(name)
        self._post(say.Stepped("deleted", step, self._ledger.read()))

    def _undo(self, step: Step) -> None:
        self._ledger.undo(step)
        self._post(say.Stepped("undone", step, self._ledger.read()))

    def _complain(self, name: str, failure: Failure) -> None:
        self._post(say.Complained(name, failure))
