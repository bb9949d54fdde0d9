"""The doctor's pane of the dashboard."""

from nbtui.model.check import NEEDS, Check, skipped
from tui_desk import Desk, desk


def say(one: Desk, *checks: Check | None) -> None:
    for check in checks:
        one.engine.examinations[-1].queue.put(check)


async def examined(one: Desk) -> None:
    """Press the key on the selected host."""
    await one.shows("▶1/3")
    await one.press("D")
    await one.shows("doctor of myvm")
    assert (await one.did("doctor"))[1:] == ("myvm", False)


async def test_findings_stand_there_as_they_come() -> None:
    async with desk() as one:
        await examined(one)
        say(one, Check("config", "ok", "profiles.toml: 5 profiles", seconds=0.012))
        say(one, Check("name", "wait", "connecting to cades@172.22.3.50"))
        screen = await one.shows("◐ name")
        assert "✔ config" in screen
        assert "12 ms  profiles.toml: 5 profiles" in screen
        say(one, Check("name", "ok", "myvm is 172.22.3.50", seconds=1.5))
        screen = await one.shows("✔ name")
        assert "1.5 s  myvm is 172.22.3.50" in screen
        assert "◐ name" not in screen


async def test_what_is_wrong_is_in_view_at_the_end_with_what_to_try() -> None:
    async with desk(size=(100, 24)) as one:
        await examined(one)
        for layer in NEEDS:
            say(one, Check(layer, "ok", "evidence"))
        bad = Check("tcp", "bad", "nothing listens on port 22", "check the port", code=6)
        say(one, bad, skipped("banner", bad), None)
        screen = await one.shows("✖ tcp")
        assert "try: check the port" in screen
        assert "○ banner" in screen
        assert "needs tcp first" in screen


async def test_escape_closes_the_pane_and_ends_the_examination() -> None:
    async with desk() as one:
        await examined(one)
        await one.press("escape")
        await one.hides("doctor of myvm")
        examination = one.engine.examinations[-1]
        await one.until(lambda: examination.closed, what="the end of the examination")


async def test_the_key_again_examines_anew_and_ends_the_one_before() -> None:
    async with desk() as one:
        await examined(one)
        say(one, Check("config", "ok", "the first time"))
        await one.shows("the first time")
        await one.press("D")
        await one.until(lambda: len(one.engine.examinations) == 2, what="another one")
        await one.hides("the first time")
        assert one.engine.examinations[0].closed


async def test_long_evidence_is_folded_into_its_column() -> None:
    async with desk(size=(80, 24)) as one:
        await examined(one)
        words = " ".join(f"word{number}" for number in range(40))
        say(one, Check("shell", "warn", words, f"{words} [red]not markup[/red]"), None)
        screen = await one.shows("word39")
        assert "…" not in screen.partition("doctor of")[2].partition("? help")[0]
        for number in range(40):
            assert screen.count(f"word{number}") >= 2
        assert all(len(line) <= 80 for line in screen.splitlines())
        assert "[red]not markup[/red]" in screen


async def test_the_key_is_in_the_help() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        await one.press("question_mark")
        await one.shows("D             Check every layer from here to a kernel")
