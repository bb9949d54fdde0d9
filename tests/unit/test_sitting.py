"""What the form knows, without a screen."""

import pytest

from nbtui.profiles.draft import draft_of
from nbtui.profiles.form import FIELDS, LISTS, PAGES
from nbtui.profiles.ledger import Reading, Sheet
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.tui.editor.sitting import Sitting

STORY = """\
[profiles.big]
host = "10.0.0.1"
[profiles.small]
host = "10.0.0.2"
"""
BESIDE = 44
"""Cells below a field at 80 columns."""


def reading(text: str = STORY) -> Reading:
    file = ProfilesText(file="f", text=text)
    return Reading(text=file, saved=file.saved())


@pytest.fixture
def sitting() -> Sitting:
    draft = draft_of("big", {"host": "10.0.0.1"})
    return Sitting(sheet=Sheet(base=draft, was="big"), draft=draft, reading=reading())


def new() -> Sitting:
    blank = draft_of("")
    return Sitting(sheet=Sheet(base=blank), draft=blank, reading=reading())


def test_what_a_field_is_for_fits_below_it_at_80_columns() -> None:
    long = [one.about for one in FIELDS.values() if len(one.about) > BESIDE]
    assert long == []
    assert max(len(page.title) for page in PAGES) < 10


def test_what_is_not_filled_in_yet_is_no_fault_before_somebody_saves() -> None:
    form = new()
    place = form.add_row("forwards")
    assert dict(form.faults) == {}
    assert form.summary() == "not saved yet"
    assert form.first_trouble() == "name"
    assert set(form.faults) == {"name", f"forwards.{place}"}
    assert form.troubled_pages() == {0, 3}


def test_rows_come_change_and_go(sitting: Sitting) -> None:
    place = sitting.add_row("forwards")
    sitting.say_cell("forwards", place, 1, "1080")
    assert sitting.draft.rows["forwards"][0].cells == ("local", "1080", "")
    assert sitting.summary() == "1 to mend"
    sitting.drop_row("forwards", place)
    assert sitting.summary() == "as saved"
    assert LISTS["forwards"].first[0] == "local"


def test_a_change_of_another_profile_is_none_of_this_form(sitting: Sitting) -> None:
    assert not sitting.look(reading(STORY.replace("0.2", "0.3")))
    assert sitting.notice == ""


def test_a_conflict_that_the_file_takes_back_is_gone(sitting: Sitting) -> None:
    sitting.say("host", "me")
    assert sitting.look(reading(STORY.replace("10.0.0.1", "they")))
    assert sitting.summary() == "1 conflict with the file"
    assert sitting.look(reading(STORY.replace("10.0.0.1", "me")))
    assert sitting.conflicts == {}
    assert sitting.summary() == "as saved"


@pytest.mark.parametrize(("theirs", "host"), [(True, "they"), (False, "me")])
def test_a_decided_conflict_can_be_saved(
    sitting: Sitting, host: str, *, theirs: bool
) -> None:
    sitting.say("host", "me")
    sitting.look(reading(STORY.replace("10.0.0.1", "they")))
    sitting.settle("host", theirs=theirs)
    assert sitting.draft.texts["host"] == host
    assert sitting.worth_keeping is (host == "me")
    assert sitting.notice == ""


def test_a_profile_that_is_gone_and_comes_back_is_compared_again(sitting: Sitting) -> None:
    sitting.look(reading('[profiles.small]\nhost = "x"\n'))
    assert "it is gone" in sitting.notice
    assert sitting.worth_keeping
    sitting.look(reading(STORY.replace("10.0.0.1", "they")))
    assert sitting.draft.texts["host"] == "they"
    assert sitting.notice == "taken from the file: Host"
