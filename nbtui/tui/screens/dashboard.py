"""The dashboard: the list, the host that is selected, and the pane below for logs and hints."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from nbtui.clock import Clock
from nbtui.model.snapshot import Snapshot
from nbtui.tui.board import Board
from nbtui.tui.keys import DASHBOARD_KEYS, HOST_KEYS, PROFILE_KEYS
from nbtui.tui.rows import SOURCES, GroupRow, HostRow
from nbtui.tui.screens.canvas import BEAT, Canvas
from nbtui.tui.widgets.bars import KeyBar, StatusBar
from nbtui.tui.widgets.detail import Detail
from nbtui.tui.widgets.host_list import HostList
from nbtui.tui.widgets.pane_slot import PaneSlot
from nbtui.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from nbtui.model.check import Check
    from nbtui.model.hint import Hint

WIDE = 96
"""Columns from which list and detail stand side by side."""


class Dashboard(Screen[None]):
    """See the module. What is not drawing it asks for by a message."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # declared so by Textual
    AUTO_FOCUS = "HostList"
    BINDINGS: ClassVar[list[BindingType]] = [*HOST_KEYS, *PROFILE_KEYS, *DASHBOARD_KEYS]

    class Ready(Message):
        """The first frame is drawn."""

    class HostAction(Message):
        """Something should be done with a host.

        Args: verb: a key of `errands.ERRANDS`.
        """

        def __init__(self, verb: str, snapshot: Snapshot) -> None:
            super().__init__()
            self.verb, self.snapshot = verb, snapshot

    class FollowWanted(Message):
        """The output of a server should come by `show_log`.

        Args: name: empty: no more of it.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class DoctorWanted(Message):
        """Findings about a host should come by `show_checks`."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class ProfileAction(Message):
        """Something should be done with a saved profile.

        Args:
            verb: see `nbtui.tui.keys.PROFILE_KEYS`.
            snapshot: of the selected host; None: there is none.
        """

        def __init__(self, verb: str, snapshot: Snapshot | None) -> None:
            super().__init__()
            self.verb, self.snapshot = verb, snapshot

    class ImportWanted(Message):
        """What another program knows should become profiles.

        Args:
            source: putty or ssh_config.
            names: empty: all.
        """

        def __init__(self, source: str, names: tuple[str, ...]) -> None:
            super().__init__()
            self.source, self.names = source, names

    def __init__(self, *, board: Board, clock: Clock) -> None:
        super().__init__()
        self._board = board
        self.canvas = Canvas(screen=self, board=board, clock=clock)
        """Draws the board here; not before the screen is mounted."""

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        # the breakpoints come with the first resize, which is after the first frame
        self.add_class("-wide" if self.app.size.width >= WIDE else "-narrow")
        yield StatusBar()
        with Container(id="body"):
            yield Picker()
            yield Detail()
        yield PaneSlot()
        yield KeyBar()

    def on_mount(self) -> None:
        """Draw what is known, and keep ages and lights moving."""
        self.canvas.redraw()
        self.set_interval(BEAT, self.canvas.beat)
        self.call_after_refresh(self.post_message, self.Ready())

    def show_log(self, lines: tuple[str, ...]) -> None:
        """Append output to the log pane, if it is open."""
        self.query_one(PaneSlot).add_log(lines)

    def show_checks(self, checks: "tuple[Check, ...]") -> None:
        """Add findings to the doctor's pane, if it is open."""
        self.query_one(PaneSlot).add_checks(checks)

    async def show_hints(self, name: str, hints: "tuple[Hint, ...]") -> None:
        """Open the pane with the hints for a host."""
        self.canvas.keep_hints(name, hints)
        self.post_message(self.FollowWanted(""))
        way_out = f"{self.canvas.keys['dashboard.back']} closes"
        await self.query_one(PaneSlot).open_hints(name, hints, way_out=way_out)

    def action_host(self, verb: str) -> None:
        """Act on the selected host; enter folds a group."""
        picker = self.query_one(Picker)
        if picker.host:
            self.post_message(self.HostAction(verb, picker.host))
        elif verb == "enter":
            picker.fold()

    async def action_logs(self) -> None:
        """Open or close the log pane."""
        host = self.query_one(Picker).host
        slot = self.query_one(PaneSlot)
        if slot.log_open:
            await self.action_back()
        elif host:
            keys = self.canvas.keys
            way_out = f"{keys['host.logs']} or {keys['dashboard.back']} closes"
            await slot.open_log(host.name, way_out=way_out)
            self.post_message(self.FollowWanted(host.name))

    async def action_doctor(self) -> None:
        """Examine the selected host, again if need be."""
        host = self.query_one(Picker).host
        if host:
            keys = self.canvas.keys
            way_out = f"{keys['host.doctor']} looks again, {keys['dashboard.back']} closes"
            await self.query_one(PaneSlot).open_doctor(host.name, way_out=way_out)
            self.post_message(self.DoctorWanted(host.name))

    def action_profile(self, verb: str) -> None:
        """Do something with the selected profile, or make another."""
        self.post_message(self.ProfileAction(verb, self.query_one(Picker).host))

    def select(self, name: str) -> None:
        """Select a host, if it is listed."""
        self.query_one(HostList).select(name)

    def action_import(self) -> None:
        """Make a profile of the selected session of PuTTY or host of ssh, or of all of them on their group."""
        match self.query_one(Picker).row:
            case HostRow(
                snapshot=Snapshot(source="putty" | "ssh_config" as source, name=name)
            ):
                self.post_message(self.ImportWanted(source, (name,)))
            case GroupRow(name=group) if group in SOURCES:
                self.post_message(self.ImportWanted(SOURCES[group], ()))
            case _:
                key = self.canvas.keys["profiles.import"]
                text = f"{key} makes profiles of what stands under {' and '.join(SOURCES)}"
                self.notify(text, markup=False)

    async def action_filter(self) -> None:
        """Type a filter."""
        await self.query_one(Picker).open_filter()

    async def action_take_filter(self) -> None:
        """Keep what is typed, and go back to the list."""
        await self.query_one(Picker).keep_filter()

    async def action_back(self) -> None:
        """Close the pane, else the filter."""
        if await self.query_one(PaneSlot).close():
            self.post_message(self.FollowWanted(""))
            self.query_one(HostList).focus()
        else:
            await self.query_one(Picker).close_filter()

    def on_descendant_focus(self) -> None:
        """Other keys work where the focus is now."""
        self.canvas.draw_rest()

    @on(HostList.Selected)
    def _selected(self, event: HostList.Selected) -> None:
        event.stop()
        self.canvas.draw_rest()

    @on(HostList.Opened)
    def _opened(self, event: HostList.Opened) -> None:
        event.stop()
        self.action_host("enter")
