# ruff: noqa: INP001  # a script, not a package
"""Draws the README's picture of the dashboard: `python docs/screenshots.py`.

The hosts are those of the tests (tests/scenes.py), so the picture and the tests cannot drift apart.
"""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fakes import FakeClock, FakeEngine  # noqa: E402  # found by the line above
from nbtui.profiles.saved import Saved  # noqa: E402  # as above
from nbtui.tui.app import Look, NbtuiApp  # noqa: E402  # as above
from nbtui.tui.outside import Outside  # noqa: E402  # as above
from scenes import HINT, LAB, MYVM, NOW, profile_of, usage  # noqa: E402  # as above

SIZE = (100, 30)
LOADS = (0.7, 1, 2, 1, 1.4, 0.6, 0.5, 3, 2.5, 2, 1, 0.7)


async def draw(*, light: bool) -> str:
    """One SVG."""
    engine = FakeEngine(snapshots_now=LAB, hint_list=(HINT,))
    outside = Outside(
        open_url=print,
        saved=lambda: Saved(profiles=tuple(map(profile_of, LAB))),
        hosts=lambda: ("bastion", "github.com"),
    )
    app = NbtuiApp(
        engine=lambda: engine,
        outside=outside,
        clock=FakeClock(NOW),
        look=Look(light=light),
    )
    async with app.run_test(size=SIZE) as pilot:
        while not engine.streams:
            await pilot.pause(0.02)
        for place, load in enumerate(LOADS):
            engine.say(MYVM._replace(usage=usage(load=load, memory=2.1 + place / 5)))
            await pilot.pause(0.05)
        await pilot.press("r")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await pilot.pause(0.3)
        return app.export_screenshot(title="nbtui")


def main() -> None:
    """Draw both themes."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, light in (("dashboard", False), ("dashboard-light", True)):
        (folder / f"{name}.svg").write_text(asyncio.run(draw(light=light)))


if __name__ == "__main__":
    main()
