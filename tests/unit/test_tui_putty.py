"""PuTTY's sessions in the dashboard: folded, read-only, never looked at unasked, and imported by a key."""

from textual import events

from fakes import FakeEngine
from nbtui.model.profile import Profile
from tui_desk import desk

SESSIONS = tuple(
    Profile(name=name, host="10.0.0.7", user="ada", group="lab", source="putty")
    for name in ("lab/gpu1", "lab/gpu2")
)


async def test_sessions_are_one_folded_group_and_nobody_asks_their_hosts() -> None:
    async with desk(sessions=SESSIONS) as one:
        screen = await one.shows("PuTTY  2")
        assert "lab/gpu1" not in screen
        assert screen.index("ssh_config  2") < screen.index("PuTTY  2")
        assert "probe" not in one.engine.verbs()


async def test_a_session_is_unfolded_and_shown_with_its_host() -> None:
    async with desk(sessions=SESSIONS, size=(160, 40)) as one:
        await one.shows("PuTTY  2")
        await one.press("G", "enter", "j")
        assert one.selected == "lab/gpu1"
        await one.shows("ada@10.0.0.7")


async def test_who_has_nothing_but_sessions_is_told_how_to_see_them() -> None:
    async with desk(FakeEngine(), sessions=SESSIONS, saved=(), hosts=()) as one:
        await one.press("escape")
        await one.shows("unfolds what ssh or PuTTY knows already")


async def test_a_session_that_is_a_profile_is_listed_once() -> None:
    async with desk(sessions=(*SESSIONS, Profile(name="myvm", source="putty"))) as one:
        await one.shows("PuTTY  2")


async def test_a_name_that_ssh_has_too_is_a_host_of_ssh_config() -> None:
    async with desk(sessions=(*SESSIONS, Profile(name="bastion", source="putty"))) as one:
        await one.shows("PuTTY  2")
        await one.shows("ssh_config  2")


async def test_i_imports_the_selected_session() -> None:
    async with desk(sessions=SESSIONS) as one:
        await one.shows("PuTTY  2")
        await one.press("G", "enter", "j", "i")
        await one.shows("1 new")
        assert ("putty", "lab/gpu1") in one.outside


async def test_what_putty_has_saved_meanwhile_is_there_when_somebody_comes_back() -> None:
    sessions = [*SESSIONS]
    async with desk(sessions=sessions) as one:
        await one.shows("PuTTY  2")
        sessions.append(Profile(name="new", source="putty"))
        one.pilot.app.post_message(events.AppFocus())
        await one.shows("PuTTY  3")


async def test_i_on_the_group_imports_all() -> None:
    async with desk(sessions=SESSIONS) as one:
        await one.shows("PuTTY  2")
        await one.press("G", "i")
        await one.until(lambda: ("putty",) in one.outside, what="the import")


async def test_i_imports_a_host_of_ssh_config_too() -> None:
    async with desk(sessions=SESSIONS) as one:
        await one.shows("PuTTY  2")
        await one.press("G", "k", "enter", "j", "i")
        want = ("ssh_config", "bastion")
        await one.until(lambda: want in one.outside, what="the import")


async def test_i_elsewhere_says_what_it_is_for() -> None:
    async with desk(sessions=SESSIONS) as one:
        await one.shows("PuTTY  2")
        await one.press("g", "i")
        await one.shows("makes profiles of what stands under")
        assert one.outside == []


async def test_enter_on_a_session_looks_first() -> None:
    async with desk(sessions=SESSIONS) as one:
        await one.shows("PuTTY  2")
        await one.press("G", "enter", "j", "enter")
        assert (await one.did("probe"))[1] == "lab/gpu1"


async def test_a_thousand_sessions_are_listed_and_filtered() -> None:
    many = tuple(
        Profile(name=f"lab/n{n}", host=f"n{n}", source="putty") for n in range(1000)
    )
    async with desk(sessions=many) as one:
        await one.shows("PuTTY  1000")
        await one.press("slash", *"lab/n999")
        await one.shows("lab/n999")
