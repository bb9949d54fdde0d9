"""What the keys do."""

import pytest

from fakes import FakeEngine
from nbtui.client.engine import Talk
from nbtui.errors import LocalPortTaken, NbtuiError
from nbtui.model.snapshot import Snapshot
from scenes import HINT, LAB, MYVM
from tui_desk import Desk, desk


async def ready(one: Desk) -> None:
    await one.shows("▶1/3")


async def test_enter_connects_and_opens_the_browser() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("enter")
        await one.until(lambda: one.outside, what="the browser")
    assert one.engine.verbs() == ["connect", "url"]
    assert one.outside == ["http://localhost:8889/lab?token=secret-myvm"]


async def test_c_connects_without_the_browser() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("c")
        assert await one.did("connect") == ("connect", "myvm", True)
    assert one.outside == []


async def test_the_other_keys_of_a_host_reach_the_engine() -> None:
    for key, call in (
        ("d", ("disconnect", ("myvm",))),
        ("s", ("start", "myvm", None)),
        ("o", ("url", "myvm")),
        ("R", ("probe", "myvm")),
        ("r", ("hints", "myvm")),
        ("x", ("stop", "myvm", False, False)),
    ):
        async with desk() as one:
            await ready(one)
            await one.press(key)
            assert await one.did(str(call[0])) == call


async def test_progress_of_a_command_is_drawn_while_it_goes_on() -> None:
    def act(_name: str, talk: Talk) -> Snapshot:
        talk.progress(MYVM._replace(state="connecting", doing="logging in to myvm"))
        return MYVM

    engine = FakeEngine(snapshots_now=LAB, replies={"connect": act})
    async with desk(engine) as one:
        await ready(one)
        await one.press("c")
        screen = await one.shows("logging in to myvm …")
    assert "d cancels" in screen


async def test_an_error_is_a_toast_with_what_to_try() -> None:
    def act(_name: str, _talk: Talk) -> Snapshot:
        raise LocalPortTaken(8889, owner="putty.exe (pid 4711)", hint="close that window")

    async with desk(FakeEngine(snapshots_now=LAB, replies={"connect": act})) as one:
        await ready(one)
        await one.press("c")
        screen = await one.shows("8889 is taken by putty.exe")
    assert "try: close that window" in screen


async def test_a_bug_in_a_command_does_not_end_the_dashboard() -> None:
    def act(_name: str, _talk: Talk) -> Snapshot:
        message = "unforeseen"
        raise RuntimeError(message)

    async with desk(FakeEngine(snapshots_now=LAB, replies={"connect": act})) as one:
        await ready(one)
        await one.press("c")
        await one.shows("RuntimeError: unforeseen")
        await one.press("j")
        assert one.selected == "gpu1"


async def test_a_shutdown_is_reported_step_by_step() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("x")
        screen = await one.shows("myvm is shut down")
    assert "✔ server asked" in screen


async def test_y_copies_the_url_which_has_no_token() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("y")
        await one.until(lambda: one.outside, what="the copy")
    assert one.outside == ["http://localhost:8889/lab"]


async def test_a_clipboard_that_cannot_be_had_is_a_toast() -> None:
    def kept(_text: str) -> None:
        raise NbtuiError("another program keeps the clipboard open")

    async with desk(copy=kept) as one:
        await ready(one)
        await one.press("y")
        await one.shows("another program keeps the clipboard open")


async def test_y_on_a_host_without_a_url_says_how_to_get_one() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("j", "j", "j", "y")
        await one.shows("try: connect, then copy it again")


async def test_hints_open_a_pane_with_their_evidence_and_escape_closes_it() -> None:
    async with desk(FakeEngine(snapshots_now=LAB, hint_list=(HINT,))) as one:
        await ready(one)
        await one.press("r")
        screen = await one.shows("memory peak 2.4 GB · days 6")
        assert "resize hints for myvm" in screen
        assert "saves 61 $ a month" in screen
        await one.press("escape")
        await one.hides("resize hints for myvm")


@pytest.mark.parametrize("columns", range(80, 92))
async def test_no_word_of_a_hint_is_cut(columns: int) -> None:
    engine = FakeEngine(snapshots_now=LAB, hint_list=(HINT,))
    async with desk(engine, size=(columns, 24)) as one:
        await ready(one)
        await one.press("r")
        screen = await one.shows("days 6")
    pane = screen[screen.index("resize hints") :]
    assert "…" not in pane
    assert HINT.text in " ".join(pane.split())


async def test_the_log_pane_follows_the_server_and_l_closes_it() -> None:
    lines = [f"[I LabApp] line {number}" for number in range(1000)]
    async with desk(FakeEngine(snapshots_now=LAB, log_lines=lines)) as one:
        await ready(one)
        await one.press("l")
        screen = await one.shows("line 999")
        assert "output of myvm" in screen
        assert (await one.did("logs"))[2:] == (500, True)
        await one.press("l")
        await one.hides("output of myvm")


async def test_attach_inside_tmux_opens_a_new_window_once_the_link_is_up() -> None:
    async with desk(inside_tmux=True) as one:
        await ready(one)
        await one.press("a")
        await one.until(lambda: one.outside, what="the window")
    assert one.engine.verbs() == ["probe"]
    assert one.outside == [("attach", "myvm")]


async def test_where_suspending_is_impossible_a_shell_gets_a_new_window() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("dollar_sign")
        await one.until(lambda: one.outside, what="the window")
    assert one.outside == [("shell", "myvm")]


async def test_enter_on_a_host_nobody_saved_looks_first_and_then_asks() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("G", "enter", "j", "enter")
        screen = await one.shows("and it is no profile")
        assert "Jupyter: start a server there" in screen
        assert one.engine.verbs() == ["probe"]
        await one.press("enter")
        await one.did("url")
    assert one.engine.verbs() == ["probe", "connect", "url"]


async def test_enter_on_a_host_nobody_saved_starts_nothing_when_the_answer_is_escape() -> (
    None
):
    async with desk() as one:
        await ready(one)
        await one.press("G", "enter", "j", "enter")
        await one.shows("and it is no profile")
        await one.press("escape")
        await one.shows("nothing was started")
    assert one.engine.verbs() == ["probe"]


async def test_enter_on_a_host_with_a_server_connects_without_asking() -> None:
    engine = FakeEngine(
        snapshots_now=LAB, replies={"probe": lambda name, _talk: MYVM._replace(name=name)}
    )
    async with desk(engine) as one:
        await ready(one)
        await one.press("G", "enter", "j", "enter")
        await one.did("url")
    assert one.engine.verbs() == ["probe", "connect", "url"]


async def test_without_an_editor_e_says_what_to_set() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("e")
        await one.shows("EDITOR")


async def test_q_leaves_and_says_that_tunnels_stay_up() -> None:
    async with desk() as one:
        await ready(one)
        await one.press("q")
        await one.until(lambda: one.pilot.app.return_value, what="the last word")
    assert "Tunnels stay up" in str(one.pilot.app.return_value)
