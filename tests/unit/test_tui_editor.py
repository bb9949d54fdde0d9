"""The form for profiles in the dashboard, by its keys, on a real file."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
import tomli

from fakes import FakeEngine
from lab.ledgers import ledger_in
from nbtui import files
from nbtui.clock import Clock
from nbtui.model.check import Check
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot
from nbtui.profiles import store
from nbtui.profiles.ledger import Ledger
from tui_desk import Desk, desk

STORY = """\
# mine
[defaults]
user = "ada"

# the big one
[profiles.big]   # rented
host = "10.0.0.1" # since May
colour = "blue"
group = "lab"

[[profiles.big.forwards]]
kind = "local"
listen = 27017 # as ever
to = "localhost:27017"

# the small one
[profiles.small]
host = "10.0.0.2"
group = "lab"
"""
SMALLEST = (80, 24)
KEYS = (
    ("~/.ssh/id_ed25519", "~/.ssh/id_ed25519   Ed25519"),
    ("~/.ssh/old", "~/.ssh/old   RSA"),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_in(tmp_path, STORY)


@pytest.fixture
def file(ledger: Ledger) -> Path:
    return ledger.store.paths.profiles_toml


def tables(file: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = tomli.loads(file.read_text())["profiles"]
    return found


def text_of(file: Path) -> str:
    return file.read_text()


def write(file: Path, text: str) -> None:
    """As another editor does."""
    file.write_text(text)


async def type_text(one: Desk, text: str) -> None:
    names = {" ": "space", ".": "full_stop", "-": "minus", ":": "colon", ",": "comma"}
    await one.press(*(names.get(letter, letter) for letter in text))


async def open_form(one: Desk, key: str = "e", title: str = "edit big") -> None:
    await one.shows("10.0.0.1")
    await one.press(key)
    await one.shows(title)
    await one.until(lambda: one.pilot.app.focused is not None, what="a field")


async def to_field(one: Desk, number: int, *, pages: int = 0) -> None:
    await one.press(*["pagedown"] * pages, *["down"] * number)


async def saved(file: Path, one: Desk, text: str) -> None:
    await one.until(lambda: text in text_of(file), what=f"{text} in the file")


async def test_a_field_that_was_changed_is_saved_and_nothing_else_of_the_file(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "2222")
        await one.shows("1 change")
        await one.press("ctrl+s")
        await one.shows("big is saved")
        assert one.selected == "big"
    assert text_of(file) == STORY.replace(
        'group = "lab"\n\n[[', 'group = "lab"\nport = 2222\n\n[['
    )


async def test_what_is_wrong_is_said_beside_the_field_as_it_is_typed_and_cannot_be_saved(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "70000")
        screen = await one.shows("✖ must be a port from 1 to 65535, not 70000")
        assert "1 to mend" in screen
        assert "Session ✖" in screen
        await one.press("pagedown", "pagedown", "ctrl+s")
        await one.shows("▸ Session ✖")
        await one.press("backspace")
        await one.hides("✖")
    assert text_of(file) == STORY


async def test_n_makes_a_profile_that_is_selected(ledger: Ledger, file: Path) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one, "n", "new profile")
        await type_text(one, "gpu1")
        await one.press("down")
        await type_text(one, "10.0.0.7")
        await one.press("ctrl+s")
        await one.shows("gpu1 is saved")
        assert one.selected == "gpu1"
    assert text_of(file) == STORY + '\n[profiles.gpu1]\nhost = "10.0.0.7"\n'


async def test_a_name_that_is_taken_is_said_beside_it(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one, "n", "new profile")
        await type_text(one, "small")
        await one.shows("is taken by another profile")


async def test_forwards_are_rows_that_come_and_go(ledger: Ledger, file: Path) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 0, pages=3)
        await one.shows("27017")
        await one.press("down", "down", "down", "enter")
        await one.shows("port or host:port")
        assert "✖ " not in one.screen
        await one.press("ctrl+s")
        await one.shows("✖ listen is missing")
        await one.press("right", "right", "down")
        await type_text(one, "1080")
        await one.hides("✖")
        await one.press("ctrl+s")
        await one.shows("big is saved")
        forwards = tables(file)["big"]["forwards"]
        assert isinstance(forwards, list)
        assert forwards[1] == {"kind": "socks", "listen": "1080"}
        await open_form(one)
        await to_field(one, 0, pages=3)
        await one.press("ctrl+r")
        await one.press("ctrl+s")
        await one.until(lambda: len(tables(file)["big"]["forwards"]) == 1, what="one less")  # type: ignore[arg-type]  # a list
    assert "as ever" not in text_of(file)


async def test_key_files_are_chosen_from_a_list_one_after_the_other(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST, key_files=KEYS) as one:
        await open_form(one)
        await to_field(one, 1, pages=1)
        for presses in (("enter",), ("down", "enter")):
            await one.press("ctrl+l")
            await one.shows("Ed25519")
            await one.press(*presses)
            await one.hides("chooses")
        await one.shows("~/.ssh/id_ed25519, ~/.ssh/old")
        await one.press("ctrl+s")
        await one.shows("big is saved")
    assert tables(file)["big"]["identity_file"] == [KEYS[0][0], KEYS[1][0]]


async def test_a_host_of_ssh_config_is_chosen_from_a_list(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one, "n", "new profile")
        await one.press("down", "ctrl+l")
        await one.shows("github.com")
        await one.press("enter")
        await one.hides("chooses")
        await one.shows("bastion")


async def test_a_long_list_is_narrowed_by_typing(ledger: Ledger) -> None:
    hosts = [f"gpu{number}" for number in range(40)]
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST, hosts=hosts) as one:
        await open_form(one, "n", "new profile")
        await one.press("down", "ctrl+l")
        await one.shows("type to narrow the list")
        await type_text(one, "1")
        await one.hides("gpu2 ")
        await one.press("up", "enter")
        await one.hides("chooses")
        await one.shows("gpu31")


async def test_an_empty_list_says_what_to_do(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 1, pages=1)
        await one.press("ctrl+l")
        await one.shows("try: ssh-keygen -t ed25519")


async def test_the_test_examines_what_stands_in_the_form_and_saves_nothing(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "2222")
        await one.press("ctrl+t")
        call = await one.did("doctor")
        drafted = call[3]
        assert (call[1], getattr(drafted, "port", 0)) == ("big", 2222)
        checks = one.engine.examinations[-1]
        checks.queue.put(
            Check("tcp", "bad", "nothing listens on port 2222", "look", code=6)
        )
        await one.shows("✖ tcp")
        await one.press("escape")
        await one.hides("✖ tcp")
        await one.until(lambda: checks.closed, what="the end of the examination")
        await one.shows("edit big")
    assert text_of(file) == STORY


async def test_what_would_be_written_is_shown_as_toml(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "2222")
        await one.press("ctrl+o")
        screen = await one.shows("+ port = 2222")
        assert "[profiles.big]   # rented" in screen
        await one.press("escape")
        await one.shows("edit big")


async def test_escape_closes_at_once_what_was_not_changed(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await one.press("escape")
        await one.hides("edit big")
        assert one.selected == "big"


@pytest.mark.parametrize(("presses", "kept"), [(2, False), (1, True)])
async def test_escape_asks_before_changes_are_lost(
    ledger: Ledger, file: Path, presses: int, *, kept: bool
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "22")
        await one.press("escape")
        await one.shows("There are changes that are not saved")
        await one.press(*["down"] * presses, "enter")
        await one.hides("edit big")
        if kept:
            await one.shows("big is saved")
    assert ("port" in tables(file)["big"]) is kept


async def test_q_in_the_form_leaves_neither_the_form_nor_the_dashboard(
    ledger: Ledger,
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 5)
        await one.press("q", "d", "x")
        await one.shows("edit big")
        assert one.engine.verbs() == []


async def test_a_page_is_turned_by_the_mouse(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await one.pilot.click("PageList", offset=(4, 2))
        await one.shows("▸ Jupyter")
        await one.shows("Activate")
        await one.pilot.click("KeyBar", offset=(2, 0))
        await one.hides("edit big")


async def test_lists_rows_and_words_are_reached_by_the_mouse(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await one.pilot.click("FieldRow Link")
        await one.shows("github.com")
        await one.press("escape")
        await one.hides("github.com")
        await one.pilot.click("Choice")
        await one.shows("◂ yes ▸")
        await one.pilot.click("PageList", offset=(4, 3))
        await one.shows("27017")
        await one.pilot.click("#drop")
        await one.hides("27017")
        await one.pilot.click("#add")
        await one.shows("port or host:port")
        await one.pilot.click("#drop")
        await one.pilot.click("KeyBar", offset=(2, 0))
        await one.shows("big is saved")
    assert "forwards" not in tables(file)["big"]
    assert tables(file)["big"]["favourite"] is True


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)])
async def test_no_page_is_cut_at_any_size(ledger: Ledger, size: tuple[int, int]) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=size) as one:
        await open_form(one)
        for label in ("Favourite", "Keyring", "Runner", "+ add a forward", "+ add a size"):
            screen = await one.shows(label)
            assert all(len(line) <= size[0] for line in screen.splitlines())
            await one.press("pagedown")


async def test_a_profile_is_deleted_and_u_brings_it_back_byte_by_byte(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press("delete")
        await one.shows("big is deleted; u brings it back")
        assert set(tables(file)) == {"small"}
        await one.press("u")
        await one.shows("big: undone")
        assert one.selected == "big"
    assert text_of(file) == STORY


@pytest.mark.parametrize(
    ("key", "text", "line"),
    [
        ("N", "x", "[profiles.bigx]   # rented"),
        ("f2", "x", "[profiles.bigx]   # rented"),
        ("m", "2", 'group = "lab2"'),
        ("t", "gpu", 'tags = ["gpu"]'),
    ],
)
async def test_name_group_and_tags_are_changed_in_a_line(
    ledger: Ledger, file: Path, key: str, text: str, line: str
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press(key)
        await one.shows("enter saves")
        await type_text(one, text)
        await one.press("enter")
        await saved(file, one, line)
        await one.shows("is saved; u undoes it")
        await one.press("u")
        await one.until(lambda: text_of(file) == STORY, what="as it was")


async def test_a_name_that_cannot_be_is_not_taken(ledger: Ledger, file: Path) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press("N", *["backspace"] * 3)
        await one.shows("✖ must not be empty")
        await type_text(one, "small")
        await one.shows("✖ is taken by another profile")
        await one.press("enter")
        await one.shows("Another name")
        await one.press("escape")
        await one.hides("Another name")
    assert text_of(file) == STORY


async def test_a_favourite_stands_at_the_top_and_goes_back(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press("j", "f")
        screen = await one.shows("favourites")
        assert screen.index("small") < screen.index("big")
        await saved(file, one, "favourite = true")
        await one.press("f")
        await one.hides("favourites")
    assert text_of(file) == STORY


async def test_a_copy_has_another_name_and_all_that_the_form_does_not_show(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one, "p", "copy of big")
        await one.shows("big-2")
        await one.press("ctrl+s")
        await one.shows("big-2 is saved")
    assert tables(file)["big-2"] == tables(file)["big"]


async def test_a_host_that_is_no_profile_becomes_one_by_e(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press("G", "enter", "j", "delete")
        await one.shows("bastion is no saved profile")
        await one.press("e")
        await one.shows("new profile")
        await one.press("ctrl+s")
        await one.shows("bastion is saved")
    assert tables(file)["bastion"] == {}


async def test_a_change_by_another_editor_is_taken_in_at_once(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        write(file, STORY.replace("10.0.0.1", "10.9.9.9"))
        await one.shows("10.9.9.9")


async def test_a_file_that_does_not_load_any_more_is_said_and_the_list_stays(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        write(file, "[profiles.big\n")
        screen = await one.shows("profiles.toml:1:14")
        assert "try: E opens it in your editor" in screen
        assert one.selected == "big"
        await one.press("e")
        await one.until(lambda: one.screen.count("profiles.toml:1:14") > 1, what="again")
        write(file, STORY.replace("10.0.0.1", "10.9.9.9"))
        await one.shows("10.9.9.9")


async def test_what_another_editor_changed_comes_into_the_open_form(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "22")
        write(file, STORY.replace("10.0.0.1", "10.9.9.9"))
        await one.shows("taken from the file: Host")
        await one.shows("10.9.9.9")
        await one.press("ctrl+s")
        await one.shows("big is saved")
    big = tables(file)["big"]
    assert (big["host"], big["port"]) == ("10.9.9.9", 22)


async def in_conflict(one: Desk, file: Path) -> None:
    """Both change the host, each in another way."""
    await open_form(one)
    await one.press("down")
    await type_text(one, "0")
    await one.shows("1 change")
    write(file, STORY.replace("10.0.0.1", "10.9.9.9"))
    await one.shows("▲ the file says 10.9.9.9 now")


@pytest.mark.parametrize(("presses", "host"), [(0, "10.0.0.10"), (1, "10.9.9.9")])
async def test_a_conflict_is_shown_with_both_values_and_a_person_chooses(
    ledger: Ledger, file: Path, presses: int, host: str
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await in_conflict(one, file)
        assert "1 conflict with the file" in one.screen
        await one.press("ctrl+s")
        screen = await one.shows("Which counts?")
        assert "10.0.0.10   as in the form" in screen
        assert "10.9.9.9   as in profiles.toml" in screen
        assert tables(file)["big"]["host"] == "10.9.9.9"
        await one.press(*["down"] * presses, "enter")
        await one.hides("conflict")
        await one.press("ctrl+s")
        await one.hides("edit big")
    assert tables(file)["big"]["host"] == host


async def test_a_profile_that_is_gone_meanwhile_is_said_and_can_be_saved_anew(
    ledger: Ledger, file: Path
) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        write(file, STORY[STORY.index("# the small") :])
        await one.shows("it is gone from profiles.toml; saving writes it anew")
        await one.press("ctrl+s")
        await one.shows("big is saved")
    assert tables(file)["big"]["host"] == "10.0.0.1"


async def test_a_file_that_cannot_be_written_keeps_the_form_open_and_says_why(
    ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nbtui.profiles.store.replace_file", read_only)
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await to_field(one, 2)
        await type_text(one, "22")
        await one.press("ctrl+s")
        screen = await one.shows("Permission denied")
        assert "try: look at it: ls -lad" in screen
        assert "edit big" in screen
    assert text_of(file) == STORY


async def test_a_save_that_takes_long_closes_the_form_once_the_dialog_over_it_is_gone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, done = Event(), Event()
    replace = files.replace_file

    def slowly(path: Path, content: bytes, *, clock: Clock) -> None:
        free.wait(10)
        replace(path, content, clock=clock)
        done.set()

    monkeypatch.setattr(store, "replace_file", slowly)
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await open_form(one)
        await one.press("down", "ctrl+s", "ctrl+l")
        await one.shows("github.com")
        free.set()
        await one.until(done.is_set, what="the file")
        await one.shows("github.com")
        await one.press("escape")
        await one.hides("edit big")
        assert one.selected == "big"


async def test_what_is_connected_stays_as_it_was_and_that_is_said(ledger: Ledger) -> None:
    up = Snapshot(name="big", host="10.0.0.1", state="connected", group="lab")
    async with desk(FakeEngine(snapshots_now=(up,)), ledger=ledger, size=SMALLEST) as one:
        await one.shows("1 of 2 connected")
        await one.press("e")
        await one.shows("edit big")
        await to_field(one, 2)
        await type_text(one, "22")
        await one.press("ctrl+s")
        await one.shows("what is connected stays as it was")


async def test_u_with_nothing_to_undo_says_so(ledger: Ledger) -> None:
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("10.0.0.1")
        await one.press("u")
        await one.shows("nothing to undo")


async def welcomed(one: Desk) -> str:
    return await one.shows("Welcome to nbtui")


async def test_who_has_no_profile_is_offered_what_there_is(
    ledger: Ledger, file: Path
) -> None:
    write(file, "")
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        screen = await welcomed(one)
        assert "A new profile" in screen
        assert "2 hosts of ssh" in screen
        assert "A pretend VM" in screen
        assert "PuTTY" not in screen
        await one.press("enter")
        await one.shows("new profile  ")


async def test_a_host_of_ssh_is_saved_from_the_welcome(ledger: Ledger, file: Path) -> None:
    write(file, "")
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await welcomed(one)
        await one.press("down", "enter")
        await one.shows("Which one?")
        await one.press("enter")
        await one.shows("not saved yet")
        await one.press("ctrl+s")
        await one.shows("bastion is saved")
    assert tables(file) == {"bastion": {}}


async def test_the_sessions_of_putty_are_imported_from_the_welcome(
    ledger: Ledger, file: Path
) -> None:
    write(file, "")
    session = Profile(name="lab/gpu1", host="10.0.0.7", source="putty")
    async with desk(FakeEngine(), ledger=ledger, sessions=[session]) as one:
        assert "1 PuTTY session" in await welcomed(one)
        await one.press("down", "enter")
        await one.until(lambda: one.outside == [("putty",)], what="the import")


async def test_the_form_of_a_session_of_putty_has_its_host(ledger: Ledger) -> None:
    session = Profile(name="lab/gpu1", host="10.0.0.7", user="ada", source="putty")
    async with desk(FakeEngine(), ledger=ledger, sessions=[session]) as one:
        await one.shows("PuTTY  1")
        await one.press("G", "enter", "j", "e")
        screen = await one.shows("not saved yet")
        assert "10.0.0.7" in screen


async def test_the_pretend_vm_is_shown_from_the_welcome(ledger: Ledger, file: Path) -> None:
    write(file, "")
    async with desk(FakeEngine(), ledger=ledger, inside_tmux=True) as one:
        await welcomed(one)
        await one.press("down", "down", "enter")
        await one.until(lambda: one.outside == [("demo",)], what="the demo")


@pytest.mark.parametrize(
    ("key", "shows"), [("n", "new profile  "), ("question_mark", "The list")]
)
async def test_the_welcome_steps_aside_for_a_key_of_the_dashboard(
    ledger: Ledger, file: Path, key: str, shows: str
) -> None:
    write(file, "")
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await welcomed(one)
        await one.press(key)
        await one.shows(shows)
        await one.hides("Welcome to nbtui")


async def test_escape_leaves_the_welcome_and_it_does_not_come_to_who_has_begun(
    ledger: Ledger, file: Path
) -> None:
    write(file, "")
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await welcomed(one)
        await one.press("escape")
        await one.hides("Welcome to nbtui")
        await one.shows("no profile yet")
    ledger.memory.remember_port("ada@host", 8889)
    async with desk(FakeEngine(), ledger=ledger, size=SMALLEST) as one:
        await one.shows("no profile yet")
        await one.press("n")
        await one.shows("new profile  ")


def test_nothing_of_the_form_is_imported_for_the_first_frame() -> None:
    code = (
        "import sys, nbtui.tui.app, nbtui.tui.screens.dashboard\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    words = ("nbtui.tui.editor", "nbtui.profiles.ledger", "nbtui.profiles.form", "tomlkit")
    assert [one for one in done.stdout.split() if one.startswith(words)] == []
