# ruff: noqa: INP001  # a script, not a package
"""Draws the pictures of the dashboard and of its form: `python docs/screenshots.py`.

The hosts are those of the tests (tests/scenes.py), so the picture and the tests cannot drift apart.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fakes import FakeClock, FakeEngine  # noqa: E402  # found by the line above
from lab.ledgers import ledger_in  # noqa: E402  # as above
from nbtui.model.profile import Profile  # noqa: E402  # as above
from nbtui.profiles.saved import Saved  # noqa: E402  # as above
from nbtui.tui.app import Look, NbtuiApp  # noqa: E402  # as above
from nbtui.tui.outside import Outside  # noqa: E402  # as above
from scenes import HINT, LAB, MYVM, NOW, profile_of, usage  # noqa: E402  # as above

SIZE, SMALL = (100, 30), (88, 22)
LOADS = (0.7, 1, 2, 1, 1.4, 0.6, 0.5, 3, 2.5, 2, 1, 0.7)


STORY = """\
# my hosts

[profiles.myvm]            # the one in the basement
host = "172.22.3.50"
group = "cades"
tags = ["gpu"]
favourite = true

[profiles.myvm.jupyter]
directory = "~/workspace"
"""


@asynccontextmanager
async def showing(
    engine: FakeEngine, outside: Outside, *, size: tuple[int, int], light: bool
) -> AsyncIterator[Pilot[str]]:
    """The app, once it listens to the engine."""
    app = NbtuiApp(
        engine=lambda: engine,
        outside=outside,
        clock=FakeClock(NOW),
        look=Look(light=light),
    )
    async with app.run_test(size=size) as pilot:
        while not engine.streams:
            await pilot.pause(0.02)
        yield pilot


async def draw_editor(*, light: bool) -> str:
    """The form of a profile, with something to mend."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger = ledger_in(folder, STORY)
        outside = Outside(
            open_url=print, saved=lambda: ledger.read().saved, ledger=lambda: ledger
        )
        engine = FakeEngine()
        async with showing(engine, outside, size=SMALL, light=light) as pilot:
            await pilot.press("e")
            await pilot.pause(0.5)
            await pilot.press("down", *["backspace"] * 2, "6", "1", "down", *"22220")
            await pilot.press("0", "down")
            await pilot.pause(0.3)
            return pilot.app.export_screenshot(title="nbtui")


async def draw(*, light: bool) -> str:
    """The dashboard."""
    engine = FakeEngine(snapshots_now=LAB, hint_list=(HINT,))
    outside = Outside(
        open_url=print,
        saved=lambda: Saved(profiles=tuple(map(profile_of, LAB))),
        hosts=lambda: ("bastion", "github.com"),
    )
    async with showing(engine, outside, size=SIZE, light=light) as pilot:
        for place, load in enumerate(LOADS):
            engine.say(MYVM._replace(usage=usage(load=load, memory=2.1 + place / 5)))
            await pilot.pause(0.05)
        await pilot.press("r")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await pilot.pause(0.3)
        return pilot.app.export_screenshot(title="nbtui")


SESSIONS = tuple(
    Profile(name=name, host=host, user="cades", group="lab", source="putty")
    for name, host in (
        ("lab/gpu1", "172.22.3.61"),
        ("lab/gpu2", "172.22.3.62"),
        ("mail server", "10.0.0.7"),
    )
)


async def draw_putty(*, light: bool) -> str:
    """The sessions of PuTTY, beside one profile."""
    engine = FakeEngine(snapshots_now=(MYVM,))
    outside = Outside(
        open_url=print,
        saved=lambda: Saved(profiles=(profile_of(MYVM),)),
        putty=lambda: SESSIONS,
    )
    async with showing(engine, outside, size=SMALL, light=light) as pilot:
        await pilot.pause(0.5)
        await pilot.press("G", "enter", "j")
        await pilot.pause(0.3)
        return pilot.app.export_screenshot(title="nbtui")


def main() -> None:
    """Draw everything in both themes."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, light in (("dashboard", False), ("dashboard-light", True)):
        (folder / f"{name}.svg").write_text(asyncio.run(draw(light=light)))
        form = name.replace("dashboard", "editor")
        (folder / f"{form}.svg").write_text(asyncio.run(draw_editor(light=light)))
        sessions = name.replace("dashboard", "putty")
        (folder / f"{sessions}.svg").write_text(asyncio.run(draw_putty(light=light)))


if __name__ == "__main__":
    main()
