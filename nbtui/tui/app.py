"""The app: what comes from the threads goes to the screen, what the screen wants goes to the threads.

Surprise: while the terminal is given away the event loop stands still; what threads have to say waits.
"""

import gc
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.profile import Flavor
from nbtui.model.question import Question
from nbtui.tui import messages as said
from nbtui.tui.board import Board
from nbtui.tui.keys import APP_KEYS
from nbtui.tui.outside import Outside
from nbtui.tui.questions import Questions, Reply
from nbtui.tui.screens.dashboard import Dashboard
from nbtui.tui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from nbtui.client.engine import Engine
    from nbtui.tui.backroom import Backroom
    from nbtui.tui.handover import Handover

PARTING = "Tunnels stay up. nbtui status shows them, nbtui disconnect --all closes them."


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How it should look, and what keys it should have."""

    light: bool = False
    no_color: bool = False
    debug: bool = False
    """Show the traceback of a bug."""

    keymap: Mapping[str, str] | None = None
    """Binding id to key, where the user wants another."""


class NbtuiApp(App[str]):
    """See the module. What it returns is the last word for the terminal."""

    TITLE = "nbtui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).parent / "screens" / "dashboard.tcss"
    ]
    """Only what the first frame needs: dialogs and help bring their own, parsed when they come."""

    BINDINGS: ClassVar[list[BindingType]] = [*APP_KEYS]

    def __init__(
        self, *, engine: "Engine", outside: Outside, clock: Clock, look: Look | None = None
    ) -> None:
        self._look = look or Look()
        super().__init__(ansi_color=self._look.no_color)
        self._dress()
        self._engine = engine
        self._outside = outside
        self._flavors: dict[str, tuple[Flavor, ...]] = {}
        self._board = Board(clock=clock)
        self._questions = Questions(show=self._show_dialog, hide=self._hide_dialog)
        self._dialog: Screen[str | None] | None = None
        self._dashboard = Dashboard(board=self._board, clock=clock, flavors=self._flavors)

    def get_default_screen(self) -> Screen[None]:
        """See `textual.app.App.get_default_screen`."""
        self._seed()
        return self._dashboard

    def _dress(self) -> None:
        """Themes and keys. The theme is set under the reactive: its watcher would parse all styles twice."""
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.set_reactive(App.theme, (LIGHT if self._look.light else DARK).name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_keymap(dict(self._look.keymap or {}))

    @cached_property
    def _backroom(self) -> "Backroom":
        from nbtui.tui.backroom import Backroom  # noqa: PLC0415  # not before the first frame

        return Backroom(engine=self._engine, outside=self._outside, post=self.post_message)

    @cached_property
    def _handover(self) -> "Handover":
        from nbtui.tui.handover import Handover  # noqa: PLC0415  # not before the first frame

        return Handover(app=self, engine=self._engine, outside=self._outside)

    def on_unmount(self) -> None:
        """Let go of every thread that waits for us."""
        self._backroom.close()
        self._questions.close()

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

    @on(said.Arrived)
    def _arrived(self) -> None:
        batch = self._backroom.snapshots()
        self._board.update(batch)
        for one in batch:
            self._seen(one.name, one.question)
        self._dashboard.redraw()

    @on(said.AgentHeard)
    def _agent_heard(self, event: said.AgentHeard) -> None:
        self._dashboard.show_agent(event.reason)

    @on(said.Said)
    def _said(self, event: said.Said) -> None:
        self.notify(event.text, markup=False)

    @on(said.Complained)
    def _complained(self, event: said.Complained) -> None:
        self._complain(event.name, event.failure)

    @on(said.Asked)
    def _asked(self, event: said.Asked) -> None:
        self._questions.ask(event.name, event.question, event.reply)

    @on(said.HintsArrived)
    async def _hints_arrived(self, event: said.HintsArrived) -> None:
        await self._dashboard.show_hints(event.name, event.hints)

    @on(said.LogArrived)
    def _log_arrived(self) -> None:
        self._dashboard.show_log(self._backroom.log())

    @on(said.CopyWanted)
    def _copy(self, event: said.CopyWanted) -> None:
        (self._outside.copy or self.copy_to_clipboard)(event.text)

    @on(said.TerminalWanted)
    def _terminal_wanted(self, event: said.TerminalWanted) -> None:
        failure = self._handover.take_over(event.name, event.kind)
        if failure:
            self._complain(event.name, failure)

    @on(Dashboard.HostAction)
    def _host_action(self, event: Dashboard.HostAction) -> None:
        self._backroom.run(event.verb, event.snapshot)

    @on(Dashboard.FollowWanted)
    def _follow_wanted(self, event: Dashboard.FollowWanted) -> None:
        self._backroom.follow(event.name)

    @on(Dashboard.EditWanted)
    def _edit_wanted(self, event: Dashboard.EditWanted) -> None:
        failure = self._handover.edit(event.name)
        if failure:
            self._complain(event.name or "", failure)
        self._seed()
        self._dashboard.redraw()

    def _seed(self) -> None:
        try:
            profiles = self._outside.profiles()
        except NbtuiError as error:
            self._complain("", Failure.of(error))
        else:
            self._board.seed(profiles, self._outside.hosts())
            self._flavors.update({one.name: one.flavors for one in profiles})

    def _complain(self, name: str, failure: Failure) -> None:
        hint = f"\ntry: {failure.hint}" if failure.hint else ""
        self.notify(
            f"{failure.message}{hint}",
            title=name,
            severity="error",
            timeout=12,
            markup=False,
        )

    def _seen(self, name: str, question: Question | None) -> None:
        key = question.id if question else ""
        self._questions.seen(
            name, question, lambda value: self._backroom.answer(name, key, value)
        )

    def _show_dialog(self, name: str, question: Question, reply: Reply) -> None:
        from nbtui.tui.screens.dialogs import dialog_for  # noqa: PLC0415  # not before the first frame

        self._dialog = dialog_for(name, question)
        self.push_screen(self._dialog, partial(_pass, reply))

    def _hide_dialog(self) -> None:
        """The open dialog's question was withdrawn."""
        if self._dialog is self.screen:
            self.pop_screen()


def _pass(reply: Reply, answer: str | None) -> None:
    reply(answer)
