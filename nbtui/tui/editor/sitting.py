"""One sitting at the form: what was opened, what stands there now, what is wrong with it. No Textual.

The screen tells it what was typed, and what the file has become; it tells the screen what to show.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbtui.model.profile import Profile
from nbtui.profiles.draft import Draft, Problem, Row, problems, profile_of
from nbtui.profiles.form import FIELDS, LISTS, PAGES, page_of
from nbtui.profiles.ledger import Reading, Sheet
from nbtui.profiles.reconcile import Conflict, changed, merge, take


@dataclass(kw_only=True)
class Sitting:
    """See the module."""

    sheet: Sheet
    draft: Draft
    reading: Reading
    """The file as it was last seen."""

    conflicts: dict[str, Conflict] = field(default_factory=dict)
    """What both changed and nobody has decided yet, by field or list."""

    theirs: Draft | None = None
    """The file's own, where there are conflicts."""

    gone: bool = False
    """The file has no such profile any more."""

    tried: bool = False
    """Somebody wanted to save it; before that, what is not filled in yet is no fault."""

    notice: str = ""
    """What became of the file meanwhile; empty: nothing."""

    @property
    def title(self) -> str:
        """What is edited."""
        if self.sheet.was:
            return f"edit {self.sheet.was}"
        return f"copy of {self.sheet.like}" if self.sheet.like else "new profile"

    @property
    def problems(self) -> Mapping[str, Problem]:
        """See `nbtui.profiles.draft.problems`."""
        return problems(self.draft, taken=self.reading.names(besides=self.sheet.was))

    @property
    def faults(self) -> Mapping[str, Problem]:
        """The problems that are worth a word now."""
        found = self.problems
        return found if self.tried else {k: v for k, v in found.items() if self._begun(k)}

    def _begun(self, key: str) -> bool:
        """Whether anything was typed there yet."""
        if key in FIELDS:
            return bool(self.draft.texts[key].strip()) or self.sheet.was is not None
        name, _, place = key.rpartition(".")
        return self.draft.rows[name][int(place)].cells != LISTS[name].first

    @property
    def changed(self) -> tuple[str, ...]:
        """Fields and lists that are not as they were."""
        return changed(self.sheet.base, self.draft)

    @property
    def worth_keeping(self) -> bool:
        """Whether something would be lost by closing the form."""
        return self.gone or bool(self.changed)

    @property
    def profile(self) -> Profile:
        """What would be saved; there must be no problem."""
        return profile_of(self.draft)

    def say(self, key: str, text: str) -> None:
        """Somebody typed into a field."""
        self.draft = self.draft.with_text(key, text)

    def say_cell(self, key: str, place: int, column: int, text: str) -> None:
        """Somebody typed into a cell of a list."""
        rows = list(self.draft.rows[key])
        cells = list(rows[place].cells)
        cells[column] = text
        rows[place] = rows[place]._replace(cells=tuple(cells))
        self.draft = self.draft.with_rows(key, tuple(rows))

    def add_row(self, key: str) -> int:
        """Begin another row; its place."""
        rows = (*self.draft.rows[key], Row(LISTS[key].first))
        self.draft = self.draft.with_rows(key, rows)
        return len(rows) - 1

    def drop_row(self, key: str, place: int) -> None:
        """Take a row out."""
        rows = self.draft.rows[key]
        self.draft = self.draft.with_rows(key, rows[:place] + rows[place + 1 :])

    def look(self, reading: Reading) -> bool:
        """The file has changed; whether this profile has."""
        self.reading = reading
        if self.sheet.was is None:
            return False
        theirs = reading.draft(self.sheet.was)
        self.gone = theirs is None
        if theirs is None:
            self.notice = "it is gone from profiles.toml; saving writes it anew"
            self.conflicts, self.theirs = {}, None
            return True
        return self._merge(theirs)

    def _merge(self, theirs: Draft) -> bool:
        """Put the file's changes into the form, and the disputed ones aside."""
        if not changed(self.sheet.base, theirs):
            self.notice = "" if not self.conflicts else self.notice
            return False
        merged = merge(self.sheet.base, self.draft, theirs)
        self.sheet = self.sheet._replace(base=theirs)
        self.draft, self.theirs = merged.draft, theirs
        settled = {one.key: one for one in merged.conflicts}
        self.conflicts = {**self.conflicts, **settled}
        for key in tuple(self.conflicts):
            if take(self.draft, theirs, key) == self.draft:
                del self.conflicts[key]
        self.notice = _notice(merged.taken, tuple(self.conflicts.values()))
        return True

    def settle(self, key: str, *, theirs: bool) -> None:
        """Decide a conflict: what the file has, or what the form has."""
        if self.conflicts.pop(key, None) and theirs and self.theirs is not None:
            self.draft = take(self.draft, self.theirs, key)
        if not self.conflicts:
            self.notice = ""

    def troubled_pages(self) -> frozenset[int]:
        """Pages that hold a fault or a conflict."""
        return frozenset(map(page_of, (*self.faults, *self.conflicts)))

    def first_trouble(self) -> str:
        """The first field, or row of a list, that keeps it from being saved; empty: none does."""
        self.tried = True
        found = sorted(self.problems, key=page_of)
        return found[0] if found else ""

    def summary(self) -> str:
        """How far it is, in a few words."""
        if self.conflicts:
            return f"{_count(len(self.conflicts), 'conflict')} with the file"
        if wrong := len(self.faults):
            return f"{wrong} to mend"
        if self.gone or self.sheet.was is None:
            return "not in the file" if self.gone else "not saved yet"
        count = len(self.changed)
        return f"{_count(count, 'change')}" if count else "as saved"


def _notice(taken: tuple[str, ...], conflicts: tuple[Conflict, ...]) -> str:
    parts = []
    if taken:
        parts.append(f"taken from the file: {', '.join(taken)}")
    if conflicts:
        parts.append(f"changed there as well: {', '.join(one.label for one in conflicts)}")
    return "; ".join(parts) or "profiles.toml says the same now"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


TITLES = tuple(page.title for page in PAGES)
"""Of the pages, in their order."""
