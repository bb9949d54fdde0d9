"""Saving what a form says: comments stay, nobody's change is lost, and each step can be undone."""

from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings, strategies as st

from lab.ledgers import ledger_in
from lab.toml_forms import Written, files
from nbtui.errors import ConfigError, Refused, UsageError
from nbtui.profiles.changes import applied
from nbtui.profiles.draft import Draft, Row, draft_of, table_of
from nbtui.profiles.ledger import Ledger, Overtaken, Sheet, written
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.reconcile import changes, merge

STORY = """\
# mine

# the big one
[profiles.big]   # rented
host = "10.0.0.1" # since May
colour = "blue"

# the database
[[profiles.big.forwards]]
kind = "local"
listen = 27017 # as ever
to = "localhost:27017"

# the proxy
[[profiles.big.forwards]]
kind = "socks"
listen = 1080

# the small one
[profiles.small]
host = "10.0.0.2"
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_in(tmp_path, STORY)


@pytest.fixture
def file(ledger: Ledger) -> Path:
    return ledger.store.paths.profiles_toml


def opened(ledger: Ledger, name: str = "big") -> Sheet:
    base = ledger.read().draft(name)
    assert base is not None
    return Sheet(base=base, was=name)


def rows(draft: Draft, *cells: tuple[str, ...], keep: int = 0) -> Draft:
    """Forwards: the first that were there, then new ones."""
    kept = draft.rows["forwards"][:keep]
    return draft.with_rows("forwards", (*kept, *map(Row, cells)))


def test_a_changed_field_changes_its_value_and_no_other_byte(
    ledger: Ledger, file: Path
) -> None:
    sheet = opened(ledger)
    ledger.save(sheet, sheet.base.with_text("host", "10.0.0.9"))
    assert file.read_text() == STORY.replace("10.0.0.1", "10.0.0.9")


def test_saving_what_was_not_changed_changes_no_byte(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    ledger.save(sheet, sheet.base)
    assert file.read_text() == STORY


def test_new_fields_stand_in_their_tables(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger, "small")
    mine = sheet.base.with_text("port", "22").with_text("jupyter.port", "8889")
    ledger.save(sheet, mine)
    assert (
        file.read_text() == STORY + "port = 22\n\n[profiles.small.jupyter]\nport = 8889\n"
    )


def test_a_cell_of_a_forward_keeps_the_comments_around_it(
    ledger: Ledger, file: Path
) -> None:
    sheet = opened(ledger)
    first, second = sheet.base.rows["forwards"]
    changed = first._replace(cells=("local", "27018", "localhost:27017"))
    ledger.save(sheet, sheet.base.with_rows("forwards", (changed, second)))
    assert file.read_text() == STORY.replace("27017 # as", '"27018" # as')


def test_a_forward_that_goes_takes_its_comment_and_a_new_one_stands_behind_the_others(
    ledger: Ledger, file: Path
) -> None:
    sheet = opened(ledger)
    _, second = sheet.base.rows["forwards"]
    mine = sheet.base.with_rows("forwards", (second, Row(("remote", "9", "h:9"))))
    ledger.save(sheet, mine)
    text = file.read_text()
    assert "# the database" not in text
    assert '# the proxy\n[[profiles.big.forwards]]\nkind = "socks"\nlisten = 1080\n' in text
    new = '\n[[profiles.big.forwards]]\nkind = "remote"\nlisten = "9"\nto = "h:9"\n\n# the small'
    assert new in text


def test_a_forward_may_become_another_kind_in_one_step(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    first, second = sheet.base.rows["forwards"]
    socks = first._replace(cells=("socks", "27017", ""))
    ledger.save(sheet, sheet.base.with_rows("forwards", (socks, second)))
    forwards = tomli.loads(file.read_text())["profiles"]["big"]["forwards"]
    assert forwards[0] == {"kind": "socks", "listen": 27017}


def test_a_name_that_was_changed_renames_and_what_is_remembered_follows(
    ledger: Ledger, file: Path
) -> None:
    ledger.memory.remember_port("big", 9000)
    sheet = opened(ledger)
    ledger.save(sheet, sheet.base.with_text("name", "my vm"))
    assert file.read_text() == STORY.replace("profiles.big", 'profiles."my vm"')
    assert ledger.memory.local_port("my vm") == 9000


def test_a_name_that_is_taken_is_refused(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    with pytest.raises(UsageError, match="taken by another"):
        ledger.save(sheet, sheet.base.with_text("name", "small"))
    assert file.read_text() == STORY


def test_a_copy_has_all_that_a_form_does_not_show(ledger: Ledger, file: Path) -> None:
    reading = ledger.read()
    name = reading.free_name("big")
    base = opened(ledger).base.with_text("name", name)
    ledger.save(Sheet(base=base, like="big"), base.with_text("user", "ada"))
    tables = tomli.loads(file.read_text())["profiles"]
    assert name == "big-2"
    assert tables[name] == {**tables["big"], "user": "ada"}
    assert file.read_text().startswith(STORY)


def test_what_somebody_else_wrote_meanwhile_stays(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    theirs = STORY.replace('"blue"', '"red"\nuser = "bob" # new')
    file.write_text(theirs)
    ledger.save(sheet, sheet.base.with_text("host", "10.0.0.9"))
    assert file.read_text() == theirs.replace("10.0.0.1", "10.0.0.9")


def test_where_both_changed_the_same_nothing_is_written(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    theirs = STORY.replace("10.0.0.1", "10.0.0.7")
    file.write_text(theirs)
    with pytest.raises(Overtaken, match="big was changed"):
        ledger.save(sheet, sheet.base.with_text("host", "10.0.0.9"))
    assert file.read_text() == theirs


def test_a_profile_that_somebody_else_removed_is_written_anew(
    ledger: Ledger, file: Path
) -> None:
    sheet = opened(ledger, "small")
    file.write_text(STORY[: STORY.index("\n# the small")])
    ledger.save(sheet, sheet.base.with_text("port", "22"))
    assert '[profiles.small]\nhost = "10.0.0.2"\nport = 22\n' in file.read_text()


def test_a_removal_is_undone_byte_by_byte(ledger: Ledger, file: Path) -> None:
    ledger.memory.remember_port("big", 9000)
    step = ledger.remove("big")
    assert "rented" not in file.read_text()
    assert ledger.memory.local_port("big") is None
    ledger.undo(step)
    assert file.read_text() == STORY
    assert ledger.memory.local_port("big") == 9000


def test_a_removed_profile_goes_back_to_its_place_in_a_file_that_has_changed(
    ledger: Ledger, file: Path
) -> None:
    step = ledger.remove("big")
    file.write_text(file.read_text().replace("0.2", "0.3").replace("# mine", "# ours"))
    ledger.undo(step)
    assert file.read_text() == STORY.replace("0.2", "0.3").replace("# mine", "# ours")


def test_other_changes_are_undone_only_while_nobody_else_wrote(
    ledger: Ledger, file: Path
) -> None:
    sheet = opened(ledger)
    step = ledger.save(sheet, sheet.base.with_text("name", "large"))
    file.write_text(file.read_text() + "# more\n")
    with pytest.raises(Refused, match="nothing was undone"):
        ledger.undo(step)
    file.write_bytes(step.written.after)
    ledger.undo(step)
    assert file.read_text() == STORY


@pytest.mark.posix
def test_what_would_be_written_is_shown_with_its_comments(ledger: Ledger) -> None:
    sheet = opened(ledger, "small")
    text = ledger.read().text
    before, after = written(text, sheet, sheet.base.with_text("port", "22"))
    assert before == '# the small one\n[profiles.small]\nhost = "10.0.0.2"\n'
    assert after == before + "port = 22\n"


def test_a_file_that_does_not_load_is_never_written(ledger: Ledger, file: Path) -> None:
    sheet = opened(ledger)
    file.write_text("[profiles.big\n")
    with pytest.raises(ConfigError):
        ledger.save(sheet, sheet.base.with_text("port", "22"))
    assert file.read_text() == "[profiles.big\n"


def test_changes_of_different_fields_come_together() -> None:
    base = draft_of("a", {"host": "h", "port": 22, "tags": ["x"]})
    mine = rows(base.with_text("port", "23"), ("socks", "1", ""))
    theirs = base.with_text("tags", "y").with_text("port", "23")
    merged = merge(base, mine, theirs)
    assert merged.draft == mine.with_text("tags", "y")
    assert merged.taken == ("Tags",)
    assert merged.conflicts == ()


def test_a_conflict_names_both_values_and_keeps_mine_in_the_form() -> None:
    base = draft_of("a", {"host": "h"})
    merged = merge(base, base.with_text("host", "me"), base.with_text("host", "they"))
    assert merged.draft.texts["host"] == "me"
    assert [tuple(one) for one in merged.conflicts] == [("host", "Host", "me", "they")]


CELLS = st.tuples(
    st.just("local"),
    st.integers(1, 3).map(str),
    st.integers(1, 2).map(lambda port: f"h:{port}"),
)


@settings(max_examples=60)
@given(files(), st.data())
def test_any_change_of_any_file_says_what_the_form_says_and_nothing_else(
    file: Written, data: st.DataObject
) -> None:
    text = ProfilesText(file="f", text=file.text)
    name = data.draw(st.sampled_from(file.names))
    base = draft_of(name, text.document()["profiles"][name])
    keys = ["port", "user", "tags", "jupyter.port", "jupyter.activate"]
    mine = base.with_text("host", "new")
    for key in data.draw(st.lists(st.sampled_from(keys), unique=True)):
        mine = mine.with_text(key, data.draw(st.sampled_from(["", "7", "8"])))
    kept = data.draw(st.lists(st.sampled_from(base.rows["forwards"] or (None,))))
    old = [row for row in dict.fromkeys(kept) if row]
    new = [Row(cells) for cells in data.draw(st.lists(CELLS, max_size=2))]
    mine = mine.with_rows("forwards", (*old, *new))
    after = applied(changes(base, mine, ("profiles", name)), text).document()
    said = after["profiles"].pop(name)
    before = text.document()
    del before["profiles"][name]
    assert after == before
    assert draft_of(name, said).texts == mine.texts
    wanted = [row.cells for row in mine.rows["forwards"]]
    assert sorted(row.cells for row in draft_of(name, said).rows["forwards"]) == sorted(
        wanted
    )


def test_the_changes_of_a_new_list_make_it() -> None:
    base = draft_of("a", {"host": "h"})
    [change] = changes(base, rows(base, ("socks", "1", "")), ("profiles", "a"))
    assert table_of(base) == {"host": "h"}
    assert change.path == ("profiles", "a", "forwards")
