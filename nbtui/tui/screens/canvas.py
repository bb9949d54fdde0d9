"""Draws the board on the dashboard's widgets: the list, the pane beside it, and the lines at the edges."""

from typing import TYPE_CHECKING

from textual.app import App
from textual.binding import ActiveBinding
from textual.screen import Screen

from nbtui.clock import Clock
from nbtui.model.snapshot import Snapshot
from nbtui.tui.board import Board
from nbtui.tui.headline import Scene, headline
from nbtui.tui.hotkeys import ALWAYS, actions_for
from nbtui.tui.keynames import AS_BUILT
from nbtui.tui.widgets.bars import Key, KeyBar, StatusBar
from nbtui.tui.widgets.detail import Detail
from nbtui.tui.widgets.detail_view import View
from nbtui.tui.widgets.idle_lines import idle_lines
from nbtui.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from nbtui.model.hint import Hint

BEAT = 0.25
"""Seconds between two positions of a waiting light."""


class Canvas:
    """See the module."""

    def __init__(self, *, screen: Screen[None], board: Board, clock: Clock) -> None:
        self._screen = screen
        self._board = board
        self._clock = clock
        self._hints: dict[str, tuple[Hint, ...]] = {}
        self.keys = AS_BUILT
        """What the keys are called now."""

        self._agent_gone = ""
        self._beats = 0

    @property
    def _going(self) -> bool:
        """At the end the widgets go before their screen, which hears of time and focus to the last."""
        return not self._screen.app.is_running

    def redraw(self) -> None:
        """Draw everything anew."""
        if self._going:
            return
        self._picker.show(self._board.snapshots(), self._board.favourites)
        self.draw_rest()

    def show_agent(self, reason: str) -> None:
        """Say why the agent cannot be heard; empty: it can."""
        self._agent_gone = reason
        self.draw_rest()

    def keep_hints(self, name: str, hints: "tuple[Hint, ...]") -> None:
        """Show the hints in the pane beside the list, from now on."""
        self._hints[name] = hints
        self.draw_rest()

    def beat(self) -> None:
        """Lights turn at every beat, ages and countdowns go on every fourth."""
        if self._going:
            return
        self._beats += 1
        self._picker.beat()
        host = self._picker.host
        if self._beats % 4 == 0:
            self.redraw()
        elif host and host.state not in ("connected", "disconnected"):
            self._draw_detail()

    def draw_rest(self) -> None:
        """Draw all but the list: what is selected may be another."""
        if self._going:
            return
        scene = Scene(
            snapshots=self._board.snapshots(),
            now=self._clock.wall(),
            agent_gone=self._agent_gone,
            flavors=self._board.flavors,
        )
        self._screen.query_one(StatusBar).show(headline(scene))
        self._draw_keys()
        self._draw_detail()

    @property
    def _picker(self) -> Picker:
        return self._screen.query_one(Picker)

    def _draw_keys(self) -> None:
        bar = self._screen.query_one(KeyBar)
        if self._picker.typing:
            bar.show(self._typing_keys(), ())
        else:
            bar.show(
                _keys(self._screen, actions_for(self._picker.row)),
                _keys(self._screen, ALWAYS),
            )

    def _typing_keys(self) -> tuple[Key, ...]:
        """While a filter is typed; enter is the line's own."""
        return (
            ("enter", "keep the filter", "screen.take_filter"),
            (self.keys["dashboard.back"], "list all again", "screen.back"),
        )

    def _draw_detail(self) -> None:
        pane = self._screen.query_one(Detail)
        if self._picker.host:
            pane.show(self._view(self._picker.host))
        else:
            pane.show_lines(
                idle_lines(
                    self._picker.row, any_saved=self._board.any_saved, keys=self.keys
                )
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
            keys=self.keys,
        )


def _keys(screen: Screen[None], actions: tuple[str, ...]) -> tuple[Key, ...]:
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
