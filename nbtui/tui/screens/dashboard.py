"""The dashboard: the list, the host that is selected, and the pane below for logs and hints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from nbtui.clock import Clock
from nbtui.model.hint import Hint
from nbtui.model.profile import Flavor
from nbtui.model.snapshot import Snapshot
from nbtui.tui.board import Board
from nbtui.tui.headline import Scene, headline
from nbtui.tui.hotkeys import ALWAYS, actions_for
from nbtui.tui.keys import DASHBOARD_KEYS, HOST_KEYS
from nbtui.tui.widgets.bars import Key, KeyBar, StatusBar
from nbtui.tui.widgets.detail import Detail
from nbtui.tui.widgets.detail_lines import View
from nbtui.tui.widgets.host_list import HostList
from nbtui.tui.widgets.idle_lines import idle_lines
from nbtui.tui.widgets.pane_slot import PaneSlot
from nbtui.tui.widgets.picker import Picker

BEAT = 0.25
"""Seconds between two positions of a waiting light."""

TYPING: tuple[Key, ...] = (
    ("enter", "keep the filter", "screen.take_filter"),
    ("esc", "list all again", "screen.back"),
)
"""The keys while a filter is typed."""

WIDE = 96
"""Columns from which list and detail stand side by side."""


class Dashboard(Screen[None]):
    """See the module. What is not drawing it asks for by a message."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # declared so by Textual
    AUTO_FOCUS = "HostList"
    BINDINGS: ClassVar[list[BindingType]] = [*HOST_KEYS, *DASHBOARD_KEYS]

    @dataclass
    class Ready(Message):
        """The first frame is drawn."""

    @dataclass
    class HostAction(Message):
        """Something should be done with a host."""

        verb: str
        """A key of `errands.ERRANDS`."""

        snapshot: Snapshot

    @dataclass
    class FollowWanted(Message):
        """The output of a server should come by `show_log`."""

        name: str
        """Empty: no more of it."""

    @dataclass
    class EditWanted(Message):
        """The profiles file should be edited."""

        name: str | None
        """Where to begin; None: a new profile."""

    def __init__(
        self, *, board: Board, clock: Clock, flavors: Mapping[str, tuple[Flavor, ...]]
    ) -> None:
        super().__init__()
        self._board = board
        self._clock = clock
        self._flavors = flavors
        self._hints: dict[str, tuple[Hint, ...]] = {}
        self._agent_gone = ""
        self._beats = 0

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
        self.redraw()
        self.set_interval(BEAT, self._beat)
        self.call_after_refresh(self.post_message, self.Ready())

    def redraw(self) -> None:
        """Draw the board anew."""
        self.query_one(Picker).show(self._board.snapshots())
        self._draw_rest()

    def show_agent(self, reason: str) -> None:
        """Say why the agent cannot be heard; empty: it can."""
        self._agent_gone = reason
        self._draw_rest()

    def show_log(self, lines: tuple[str, ...]) -> None:
        """Append output to the log pane, if it is open."""
        self.query_one(PaneSlot).add_log(lines)

    async def show_hints(self, name: str, hints: tuple[Hint, ...]) -> None:
        """Open the pane with the hints for a host."""
        self._hints[name] = hints
        self.post_message(self.FollowWanted(""))
        await self.query_one(PaneSlot).open_hints(name, hints)
        self._draw_rest()

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
            await slot.open_log(host.name)
            self.post_message(self.FollowWanted(host.name))

    def action_edit(self, new: bool) -> None:  # noqa: FBT001  # Textual passes arguments by position
        """Edit the selected profile, or write a new one."""
        host = self.query_one(Picker).host
        known = host is not None and self._board.saved(host.name)
        self.post_message(
            self.EditWanted(host.name if host and known and not new else None)
        )

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
        self._draw_rest()

    @on(HostList.Selected)
    def _selected(self, event: HostList.Selected) -> None:
        event.stop()
        self._draw_rest()

    @on(HostList.Opened)
    def _opened(self, event: HostList.Opened) -> None:
        event.stop()
        self.action_host("enter")

    def _beat(self) -> None:
        """Lights turn at every beat, ages and countdowns go on every fourth."""
        self._beats += 1
        self.query_one(Picker).beat()
        host = self.query_one(Picker).host
        if self._beats % 4 == 0:
            self.redraw()
        elif host and host.state not in ("connected", "disconnected"):
            self._draw_detail()

    def _draw_rest(self) -> None:
        scene = Scene(
            snapshots=self._board.snapshots(),
            now=self._clock.wall(),
            agent_gone=self._agent_gone,
            flavors=self._flavors,
        )
        self.query_one(StatusBar).show(headline(scene))
        if self.query_one(Picker).typing:
            self.query_one(KeyBar).show(TYPING, ())
        else:
            keys = actions_for(self.query_one(Picker).row)
            self.query_one(KeyBar).show(_keys(self, keys), _keys(self, ALWAYS))
        self._draw_detail()

    def _draw_detail(self) -> None:
        picker = self.query_one(Picker)
        if picker.host:
            self.query_one(Detail).show(self._view(picker.host))
        else:
            self.query_one(Detail).show_lines(
                idle_lines(picker.row, any_saved=self._board.any_saved)
            )

    def _view(self, host: Snapshot) -> View:
        return View(
            snapshot=host,
            now=self._clock.wall(),
            width=0,
            history=self._board.history(host.name),
            hints=self._hints.get(host.name, ()),
            saved=self._board.saved(host.name),
            beat=self._beats,
        )


def _keys(screen: Dashboard, actions: tuple[str, ...]) -> tuple[Key, ...]:
    """What the user's own key for each action is, and what a click on it does."""
    bound: dict[str, ActiveBinding] = {}
    for one in screen.active_bindings.values():
        bound.setdefault(one.binding.action, one)
    return tuple(_key(screen.app, bound[action]) for action in actions if action in bound)


def _key(app: App[object], active: ActiveBinding) -> Key:
    binding = active.binding
    namespace = "app" if active.node is app else "screen"
    return (
        app.get_key_display(binding),
        binding.description,
        f"{namespace}.{binding.action}",
    )
