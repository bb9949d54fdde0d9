"""The app: what comes from the threads goes to the screen, what the screen wants goes to the threads.

Surprise: while the terminal is given away the event loop stands still; what threads have to say waits.
"""

import gc
import traceback
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.model.failure import Failure
from nbtui.tui import messages as said
from nbtui.tui.board import Board
from nbtui.tui.keynames import key_name, key_names
from nbtui.tui.keys import APP_KEYS
from nbtui.tui.outside import Outside
from nbtui.tui.screens.dashboard import Dashboard
from nbtui.tui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from nbtui.client.engine import Engine
    from nbtui.model.snapshot import Snapshot
    from nbtui.profiles.saved import Saved
    from nbtui.tui.backroom import Backroom
    from nbtui.tui.editor.clerk import Clerk
    from nbtui.tui.front import Front
    from nbtui.tui.handover import Handover

PARTING = "Tunnels stay up. nbtui status shows them, nbtui disconnect --all closes them."


class Look(NamedTuple):
    """How it should look."""

    light: bool = False
    no_color: bool = False
    debug: bool = False
    """Show the traceback of a bug."""


class NbtuiApp(App[str]):
    """See the module. What it returns is the last word for the terminal.

    Args: engine: see `nbtui.tui.run`.
    """

    TITLE = "nbtui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).parent / "screens" / "dashboard.tcss"
    ]
    """Only what the first frame needs: dialogs and help bring their own, parsed when they come."""

    BINDINGS: ClassVar[list[BindingType]] = [*APP_KEYS]

    def __init__(
        self,
        *,
        engine: "Callable[[], Engine]",
        outside: Outside,
        clock: Clock,
        look: Look | None = None,
    ) -> None:
        self._look = look or Look()
        super().__init__(ansi_color=self._look.no_color)
        self._dress()
        self._engine = cache(engine)
        self._outside = outside
        self._board = Board(clock=clock)
        self._warned: tuple[str, ...] = ()
        self._dashboard = Dashboard(board=self._board, clock=clock)

    def get_default_screen(self) -> Screen[None]:
        """See `textual.app.App.get_default_screen`."""
        self._seed()
        return self._dashboard

    def _dress(self) -> None:
        """The theme is set under the reactive: its watcher would parse all styles twice."""
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.set_reactive(App.theme, (LIGHT if self._look.light else DARK).name)
        self.stylesheet.set_variables(self.get_css_variables())

    def _seed(self) -> None:
        """Read profiles and keys anew."""
        try:
            saved = self._outside.saved()
        except NbtuiError as error:
            return self._front.complain("", Failure.of(error))
        self._take_saved(saved)
        return None

    def _take_saved(self, saved: "Saved") -> None:
        self._board.seed(saved.profiles)
        self.set_keymap(dict(saved.keys))
        self._dashboard.canvas.keys = key_names(saved.keys)
        if saved.warnings and saved.warnings != self._warned:
            self._front.warn(saved.warnings)
        self._warned = saved.warnings

    def _seeded(self, saved: "Saved", name: str) -> None:
        """The saved profiles are these now, and a host is to be selected."""
        self._take_saved(saved)
        self._list_hosts()
        if name:
            self._dashboard.select(name)

    def _list_hosts(self) -> None:
        """Read anew what hosts ssh knows; they are not worth a later first frame."""
        self._board.add_hosts(self._outside.hosts())
        self._dashboard.canvas.redraw()
        self._backroom.list_sessions()

    @cached_property
    def _front(self) -> "Front":
        from nbtui.tui.front import Front  # noqa: PLC0415  # not before the first frame

        return Front(
            app=self, board=self._board, dashboard=self._dashboard, outside=self._outside
        )

    @cached_property
    def _backroom(self) -> "Backroom":
        from nbtui.tui.backroom import Backroom  # noqa: PLC0415  # not before the first frame

        return Backroom(
            engine=self._engine(), outside=self._outside, post=self.post_message
        )

    @cached_property
    def _clerk(self) -> "Clerk | None":
        """None: profiles cannot be changed here."""
        from nbtui.tui.editor.office import clerk_for  # noqa: PLC0415  # not before the first frame

        if self._outside.ledger is None:
            return None
        return clerk_for(
            self,
            ledger=self._outside.ledger(),
            engine=self._engine(),
            outside=self._outside,
            talk=self._backroom.talk,
            seeded=self._seeded,
            complain=self._front.complain,
            keys=lambda: self._dashboard.canvas.keys,
            demo=lambda: self._front.complain("", self._handover.demo()),
            bring=lambda: self._backroom.bring("putty", ()),
            up=self._board.up,
        )

    @cached_property
    def _handover(self) -> "Handover":
        from nbtui.tui.handover import Handover  # noqa: PLC0415  # not before the first frame

        return Handover(app=self, engine=self._engine(), outside=self._outside)

    def get_key_display(self, binding: Binding) -> str:
        """See `textual.app.App.get_key_display`."""
        return binding.key_display or key_name(binding.key)

    def on_unmount(self) -> None:
        """Let go of every thread that waits for us."""
        self._backroom.close()
        self._front.close()
        if self._clerk is not None:
            self._clerk.close()

    def action_theme(self) -> None:
        """The other one of light and dark."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name

    def action_help(self) -> None:
        """Every key and what it does."""
        from nbtui.tui.screens.help import Help  # noqa: PLC0415  # not before the first frame

        active = self._dashboard.active_bindings.values()
        keys = tuple((one.binding, self.get_key_display(one.binding)) for one in active)
        self.push_screen(Help(keys=keys))

    def action_leave(self) -> None:
        """Close the dashboard, and nothing else."""
        self.exit(PARTING)

    def _fatal_error(self) -> None:
        """A bug. Textual's own page shows the locals of every frame, and with them answers and tokens."""
        debug = self._look.debug
        text = traceback.format_exc() if debug else traceback.format_exc(limit=0)
        hint = "" if debug else "try: NBTUI_DEBUG=1 nbtui, and report what it says\n"
        self.panic(
            Text(
                f"nbtui: the dashboard hit a bug: {text.splitlines()[-1]}\n{text if debug else hint}"
            )
        )

    @on(Dashboard.Ready)
    def _listen(self) -> None:
        gc.freeze()
        gc.enable()
        self._backroom.start()
        self._list_hosts()
        if self._clerk is not None:
            self._clerk.start()

    @on(Dashboard.ImportWanted)
    def _import_wanted(self, event: Dashboard.ImportWanted) -> None:
        self._backroom.bring(event.source, event.names)

    @on(said.Imported)
    def _imported(self, event: said.Imported) -> None:
        self.notify(event.text, title="import", markup=False)
        self._seed()
        self._list_hosts()

    @on(events.AppFocus)
    def _back_again(self) -> None:
        """Somebody was elsewhere, perhaps in PuTTY."""
        self._backroom.list_sessions()

    @on(said.FromThreads)
    async def _take(self, event: said.News) -> None:
        await self._front.take(event, self._backroom, self._handover)

    @on(Dashboard.HostAction)
    def _host_action(self, event: Dashboard.HostAction) -> None:
        self.clear_notifications()  # of the errand before, lest they pile up over the pane
        self._backroom.run(event.verb, event.snapshot)

    @on(Dashboard.FollowWanted)
    def _follow_wanted(self, event: Dashboard.FollowWanted) -> None:
        self._backroom.follow(event.name)

    @on(Dashboard.DoctorWanted)
    def _doctor_wanted(self, event: Dashboard.DoctorWanted) -> None:
        self._backroom.examine(event.name)

    @on(Dashboard.ProfileAction)
    def _profile_action(self, event: Dashboard.ProfileAction) -> None:
        if event.verb == "text" or self._clerk is None:
            self._edit_text(event.snapshot)
        else:
            self._clerk.do(event.verb, event.snapshot)

    def _edit_text(self, snapshot: "Snapshot | None") -> None:
        name = snapshot.name if snapshot and self._board.saved(snapshot.name) else None
        self._front.complain(name or "", self._handover.edit(name))
        self._seed()
        self._list_hosts()

    @on(said.ForClerk)
    async def _to_clerk(self, event: said.ForClerk) -> None:
        if self._clerk is not None and self.is_running:
            await self._clerk.take(event)
