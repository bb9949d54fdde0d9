"""What the dashboard shows, and how one moves in it."""

import inspect
import pkgutil
from importlib import import_module
from typing import cast

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import nbtui.tui
from fakes import FakeEngine
from nbtui.model.keys import KEYS
from nbtui.model.snapshot import Snapshot
from nbtui.tui.app import Look
from nbtui.tui.screens.dashboard import Dashboard
from scenes import ALL_OK, CLUSTER, GPU1, LAB, MYVM, NOW, OLD_WS
from tui_desk import desk


async def test_profiles_are_listed_before_the_agent_has_said_a_word() -> None:
    async with desk(FakeEngine()) as one:
        screen = await one.shows("cluster")
    assert "myvm" in screen
    assert "connected 2 h" not in screen


async def test_the_selected_host_is_told_in_full() -> None:
    async with desk() as one:
        screen = await one.shows("connected 2 h 14 m")
    for fact in (
        "http://localhost:8889/lab",
        "pid 4711",
        "tmux nbtui-myvm",
        "analysis.ipynb",
        "2.1 of 64 GB",
        "localhost:27017 → localhost:27017",
    ):
        assert fact in screen


async def test_a_failure_stands_in_the_pane_with_what_to_try() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        await one.press("j", "j", "j", "j", "j")
        screen = await one.shows("login: build@10.0.4.7")
    assert "try: ssh-copy-id" in screen


async def test_a_lost_link_counts_down_to_the_next_try() -> None:
    async with desk() as one:
        await one.shows("retry in 4 s")
        one.clock.now += 3
        await one.shows("retry in 1 s")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (140, 45), (300, 80)])
async def test_list_and_pane_are_both_seen_at_any_usual_size(size: tuple[int, int]) -> None:
    async with desk(size=size) as one:
        screen = await one.shows("connected 2 h 14 m")
    lines = screen.splitlines()
    assert all(len(line) <= size[0] for line in lines)
    for host in LAB:
        assert host.name in screen
    assert "? help  q quit" in lines[-1]


@pytest.mark.parametrize("hosts", [2, 60])
@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_titles_stand_over_their_columns_with_and_without_a_scrollbar(
    size: tuple[int, int], hosts: int
) -> None:
    many = tuple(
        CLUSTER._replace(name=f"node{number}", group="") for number in range(hosts)
    )
    async with desk(FakeEngine(snapshots_now=many), size=size, saved=many) as one:
        lines = (await one.shows("node1")).splitlines()
    [titles] = [line for line in lines if " L T S K " in line]
    rows = [line for line in lines if " node" in line and "○ ○ ○ ○" in line]
    assert {line.index("○") for line in rows[:2]} == {titles.index("L T S K")}


async def test_a_window_that_is_far_too_small_ends_nothing() -> None:
    async with desk(size=(30, 8)) as one:
        await one.shows("myvm")
        await one.pilot.resize_terminal(20, 4)
        await one.pilot.resize_terminal(100, 30)
        await one.shows("connected 2 h 14 m")


async def test_the_keys_of_vi_and_the_arrows_move_the_selection() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        for key, name in (
            ("j", "gpu1"),
            ("k", "myvm"),
            ("down", "gpu1"),
            ("up", "myvm"),
            ("G", ""),
            ("k", "fitbox"),
            ("g", ""),
            ("pagedown", ""),
        ):
            await one.press(key)
            assert one.selected == name, key


async def test_the_selection_stays_on_its_host_while_rows_come_and_go() -> None:
    engine = FakeEngine(snapshots_now=LAB)
    async with desk(engine) as one:
        await one.shows("▶1/3")
        await one.press("j")
        newcomer = GPU1._replace(name="aaa", group="cades", source="command line")
        one.engine.say(newcomer)
        await one.shows("aaa")
        assert one.selected == "gpu1"


async def test_the_filter_narrows_while_it_is_typed_and_escape_lists_all_again() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        await one.press("slash", "a", "1", "0", "0")
        await one.hides("cluster")
        assert one.selected == "gpu1"
        await one.press("enter", "escape")
        await one.shows("cluster")


async def test_hosts_of_ssh_config_are_folded_until_they_are_asked_for() -> None:
    async with desk() as one:
        screen = await one.shows("ssh_config  2")
        assert "bastion" not in screen
        await one.press("G", "enter")
        await one.shows("bastion")
        await one.press("j")
        await one.shows("looks what is there, then asks")
    assert one.engine.calls == []


async def test_a_group_counts_what_is_up_and_folds_by_a_click() -> None:
    async with desk() as one:
        await one.shows("cades  2 of 2 up")
        await one.pilot.click("HostList", offset=(3, 0))
        await one.hides("gpu1  ")


async def test_a_click_selects_and_a_second_one_opens() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        await one.pilot.click("HostList", offset=(4, 2))
        assert one.selected == "gpu1"
        await one.pilot.click("HostList", offset=(4, 2), times=2)
        assert (await one.did("connect"))[1] == "gpu1"


async def test_a_key_in_the_bar_can_be_clicked() -> None:
    async with desk() as one:
        screen = await one.shows("x shut down")
        await one.pilot.click("KeyBar", offset=(screen.splitlines()[-1].index("help"), 0))
        await one.shows("The selected host")


async def test_who_has_no_profile_is_told_how_to_begin() -> None:
    async with desk(FakeEngine(), saved=()) as one:
        screen = await one.shows("nbtui profile add")
    assert "no profile yet" in screen


async def test_markup_in_the_names_of_a_host_is_only_text() -> None:
    evil = MYVM._replace(
        name="[red]x[/red]", notes=("[bold]no[/] [@click=app.leave]way[/]",)
    )
    async with desk(FakeEngine(snapshots_now=(evil,)), saved=(evil,)) as one:
        screen = await one.shows("[@click=app.leave]way[/]")
    assert "[red]x[/red]" in screen


async def test_the_status_line_says_what_is_urgent_first() -> None:
    async with desk() as one:
        screen = await one.shows("2 of 6 connected")
    head = screen.splitlines()[0]
    assert head.index("old-ws lost, retry in 4 s") < head.index("ci-runner failed")
    assert head.index("ci-runner failed") < head.index("2 of 6 connected")


async def test_when_the_agent_goes_away_the_dashboard_says_so_and_listens_again() -> None:
    async with desk() as one:
        await one.shows("2 of 6 connected")
        one.engine.streams[-1].close()
        await one.until(lambda: len(one.engine.streams) > 1, what="a second watch")
        one.engine.say(CLUSTER._replace(state="connected", lights=ALL_OK, since=NOW))
        await one.shows("3 of 6 connected")


async def test_a_host_in_use_that_is_not_saved_has_a_group_of_its_own() -> None:
    stranger = Snapshot(
        name="ada@10.0.0.9", host="10.0.0.9", state="connected", source="command line"
    )
    async with desk() as one:
        await one.shows("▶1/3")
        one.engine.say(stranger)
        screen = await one.shows("not saved")
    assert "ada@10.0.0.9" in screen


async def test_the_theme_can_be_light_and_be_turned() -> None:
    async with desk(look=Look(light=True)) as one:
        assert not one.pilot.app.current_theme.dark
        await one.press("T")
        assert one.pilot.app.current_theme.dark


async def test_a_remapped_key_works_and_shows_in_bar_and_help() -> None:
    async with desk(keys={"host.disconnect": "z"}) as one:
        await one.shows("z disconnect")
        await one.press("question_mark")
        screen = await one.shows("z             Close tunnel and link")
        assert (
            screen.index("Link, server")
            < screen.index("Close tunnel")
            < screen.index("Start Jup")
        )
        await one.press("question_mark", "z")
        assert (await one.did("disconnect"))[1] == ("myvm",)


async def test_every_line_of_the_help_is_whole_at_80_columns() -> None:
    async with desk(size=(80, 24)) as one:
        await one.press("question_mark")
        seen = await one.shows("The selected host")
        for _page in range(3):
            await one.press("pagedown")
            seen += one.screen
        dialog = [line.split("│")[1] for line in seen.splitlines() if line.count("│") > 1]
        assert any("docs/profiles.md" in line for line in dialog)
        assert not [line for line in dialog if "…" in line]


async def test_a_text_that_names_a_key_names_the_remapped_one() -> None:
    keys = {"host.open": "percent_sign", "host.logs": "ctrl+l", "dashboard.back": "f4"}
    async with desk(keys=keys) as one:
        await one.shows("% opens it")
        await one.press("ctrl+l")
        await one.shows("output of myvm   ^l or f4 closes")
        await one.press("f4")
        await one.hides("output of myvm")


async def test_what_is_odd_about_the_file_is_said_at_the_start() -> None:
    odd = tuple(f"profiles.toml:{line}:1: odd" for line in range(1, 6))
    async with desk(warnings=odd) as one:
        screen = await one.shows("and 2 more: nbtui profile list")
    assert "profiles.toml:3:1: odd" in screen
    assert "profiles.toml:4:1: odd" not in screen


async def test_keys_that_were_edited_work_at_once() -> None:
    keys = {"host.disconnect": "z"}
    async with desk(keys=keys) as one:
        await one.shows("z disconnect")
        keys.clear()
        await one.press("E")
        await one.shows("d disconnect")


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    seen: dict[str, Binding] = {}
    for module in pkgutil.walk_packages(nbtui.tui.__path__, "nbtui.tui."):
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(kind, DOMNode) and kind.__module__.startswith("nbtui.tui"):
                for binding in kind.__dict__.get("BINDINGS", ()):
                    assert isinstance(binding, Binding), (kind, binding)
                    assert binding.id, (kind, binding)
                    assert binding.tooltip, (kind, binding)
                    assert seen.setdefault(binding.id, binding) is binding, binding.id
    assert {name: binding.key for name, binding in seen.items()} == KEYS


async def test_time_that_passes_while_it_is_taken_down_is_no_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk() as one:
        await one.shows("myvm")
        dashboard = cast("Dashboard", one.pilot.app.screen)
        monkeypatch.setattr(one.pilot.app, "_running", False)  # as Textual begins
        await dashboard.query("*").remove()
        dashboard.canvas.beat()
        dashboard.canvas.redraw()
        dashboard.canvas.draw_rest()


async def test_a_machine_that_is_lost_keeps_its_row_and_says_why() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        one.engine.say(OLD_WS._replace(name="myvm", group="cades"))
        screen = await one.shows("next try in 4 s")
    assert "d gives up" in screen
