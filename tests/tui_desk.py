"""A dashboard for tests: Textual's pilot, an engine that says what it is told, and what happened outside."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from textual.pilot import Pilot

import scenes
from fakes import FakeClock, FakeEngine
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot
from nbtui.profiles.ledger import Ledger
from nbtui.profiles.saved import Saved
from nbtui.tui.app import Look, NbtuiApp
from nbtui.tui.outside import Outside
from nbtui.tui.widgets.picker import Picker
from scenes import LAB, profile_of

WIDE = (100, 30)


@dataclass
class Desk:
    """What a test looks at."""

    engine: FakeEngine
    pilot: Pilot[str]
    clock: FakeClock
    outside: list[object] = field(default_factory=list)
    """What was opened, copied, edited or put into a new window."""

    @property
    def screen(self) -> str:
        """What a person would see now."""
        strips = self.pilot.app.screen._compositor.render_strips()  # noqa: SLF001  # the only plain text there is
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def selected(self) -> str:
        """The name of the selected host; empty while a group is selected."""
        host = self.pilot.app.query_one(Picker).host
        return host.name if host else ""

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def shows(self, text: str) -> str:
        """The screen, once it holds the text."""
        await self.until(lambda: text in self.screen, what=f"{text!r} on the screen")
        return self.screen

    async def hides(self, text: str) -> str:
        """The screen, once it no longer holds the text."""
        await self.until(lambda: text not in self.screen, what=f"{text!r} off the screen")
        return self.screen

    async def did(self, verb: str) -> tuple[object, ...]:
        """The engine's first call of that name, once it came."""
        await self.until(lambda: verb in self.engine.verbs(), what=verb)
        return next(call for call in self.engine.calls if call[0] == verb)

    async def until(self, ready: Callable[[], object], *, what: str) -> None:
        """Let the dashboard work until the condition holds."""
        for _ in range(400):
            if ready():
                return
            await self.pilot.pause(0.02)
        message = f"{what} never came; the screen:\n{self.screen}"
        raise AssertionError(message)


@asynccontextmanager
async def desk(
    engine: FakeEngine | None = None,
    *,
    size: tuple[int, int] = WIDE,
    saved: Sequence[Snapshot] = LAB,
    keys: Mapping[str, str] = MappingProxyType({}),
    warnings: tuple[str, ...] = (),
    look: Look | None = None,
    inside_tmux: bool = False,
    ledger: Ledger | None = None,
    key_files: Sequence[tuple[str, str]] = (),
    hosts: Sequence[str] = ("bastion", "github.com"),
    sessions: Sequence[Profile] = (),
    copy: Callable[[str], None] | None = None,
) -> AsyncIterator[Desk]:
    """A running dashboard; the lab's hosts are saved and the agent knows them.

    Args:
        ledger: of a file that counts in place of `saved`, `keys` and `warnings`.
        copy: what puts text on the clipboard; None: it is noted.
    """
    engine = engine or FakeEngine(snapshots_now=LAB)
    noted: list[object] = []

    def new_window(arguments: Sequence[str]) -> bool:
        noted.append(tuple(arguments))
        return True

    def saved_now() -> Saved:
        if ledger is not None:
            return ledger.read().saved
        return Saved(profiles=tuple(map(profile_of, saved)), keys=keys, warnings=warnings)

    def bring(source: str, names: tuple[str, ...], _talk: object) -> str:
        noted.append((source, *names))
        return "1 new"

    outside = Outside(
        open_url=noted.append,
        saved=saved_now,
        ledger=None if ledger is None else lambda: ledger,
        key_files=lambda: key_files,
        hosts=lambda: hosts,
        demo=lambda: noted.append("demo"),
        putty=lambda: sessions,
        bring=bring,
        copy=copy or noted.append,
        new_window=new_window,
        inside_tmux=inside_tmux,
    )
    clock = FakeClock(scenes.NOW)
    app = NbtuiApp(engine=lambda: engine, outside=outside, clock=clock, look=look)
    async with app.run_test(size=size, notifications=True) as pilot:
        one = Desk(engine=engine, pilot=pilot, clock=clock, outside=noted)
        await one.until(lambda: engine.streams, what="the watch")
        yield one
