"""The dashboard through Textual's pilot, with an engine that says what it is told to say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from textual.pilot import Pilot

import scenes
from fakes import FakeClock, FakeEngine
from nbtui.model.snapshot import Snapshot
from nbtui.tui.app import Look, NbtuiApp
from nbtui.tui.outside import Outside
from scenes import LAB, MYVM, profile_of


@dataclass
class Desk:
    """A dashboard, its engine, and what it did outside."""

    engine: FakeEngine
    pilot: Pilot[str]
    opened: list[str] = field(default_factory=list)

    async def shows(self, text: str) -> str:
        """The screen, once it holds the text."""
        for _ in range(200):
            if text in (screen := picture(self.pilot)):
                return screen
            await self.pilot.pause(0.02)
        message = f"{text!r} never came; the screen:\n{picture(self.pilot)}"
        raise AssertionError(message)


def picture(pilot: Pilot[str]) -> str:
    """What a person would see now."""
    lines = pilot.app.screen._compositor.render_strips()  # noqa: SLF001  # the only plain text there is
    return "\n".join(line.text.rstrip() for line in lines)


@asynccontextmanager
async def desk(
    engine: FakeEngine | None = None,
    *,
    size: tuple[int, int] = (100, 30),
    saved: tuple[Snapshot, ...] = LAB,
    look: Look | None = None,
) -> AsyncIterator[Desk]:
    engine = engine or FakeEngine(snapshots_now=LAB)
    opened: list[str] = []
    outside = Outside(
        open_url=opened.append,
        profiles=lambda: tuple(map(profile_of, saved)),
        hosts=lambda: ("bastion", "github.com"),
        copy=opened.append,
    )
    app = NbtuiApp(engine=engine, outside=outside, clock=FakeClock(scenes.NOW), look=look)
    async with app.run_test(size=size) as pilot:
        yield Desk(engine=engine, pilot=pilot, opened=opened)


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
        "analysis.ipynb",
        "localhost:27017",
    ):
        assert fact in screen


async def test_enter_connects_and_opens_the_browser() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        await one.pilot.press("enter")
        while not one.opened:
            await one.pilot.pause(0.02)
    assert one.engine.verbs() == ["connect", "url"]
    assert one.opened == ["http://localhost:8889/lab?token=secret-myvm"]


async def test_a_snapshot_changes_the_row_and_the_pane() -> None:
    async with desk() as one:
        await one.shows("▶1/3")
        one.engine.say(replace(MYVM, state="connecting", doing="logging in to myvm"))
        screen = await one.shows("logging in to myvm …")
    assert "d cancels" in screen
