"""What comes from the threads, brought to the screen: snapshots, toasts, questions, the terminal wanted.

Belongs to the interface's thread. The counterpart is `backroom.Backroom`.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from nbtui.errors import NbtuiError
from nbtui.model.failure import Failure
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.tui import messages as said
from nbtui.tui.board import Board
from nbtui.tui.outside import Outside
from nbtui.tui.questions import Questions, Reply
from nbtui.tui.screens.dashboard import Dashboard

if TYPE_CHECKING:
    from nbtui.tui.backroom import Backroom
    from nbtui.tui.handover import Handover


_BY_COMMAND = "nbtui profile edit"
"""What a hint says where a key of the dashboard does the same."""

WARNINGS = 3
"""That a toast shows."""


class Front:
    """See the module."""

    def __init__(
        self, *, app: App[str], board: Board, dashboard: Dashboard, outside: Outside
    ) -> None:
        self._app = app
        self._board = board
        self._dashboard = dashboard
        self._outside = outside
        self._questions = Questions(show=self._show_dialog, hide=self._hide_dialog)
        self._dialog: Screen[str | None] | None = None

    def close(self) -> None:
        """Refuse every question that waits."""
        self._questions.close()

    def complain(self, name: str, failure: Failure | None) -> None:
        """Say what went wrong, and what to try; None: nothing did."""
        if failure is None:
            return
        said = failure.hint
        if said.startswith(_BY_COMMAND):
            said = f"{self._dashboard.canvas.keys['profiles.text']} opens it in your editor"
        hint = f"\ntry: {said}" if said else ""
        text = f"{failure.message}{hint}"
        self._app.notify(text, title=name, severity="error", timeout=12, markup=False)

    def warn(self, lines: Sequence[str]) -> None:
        """Say what is odd about profiles.toml."""
        more = len(lines) - WARNINGS
        also = (f"and {more} more: nbtui profile list",) if more > 0 else ()
        text = "\n".join((*lines[:WARNINGS], *also))
        self._app.notify(text, severity="warning", timeout=12, markup=False)

    async def take(  # noqa: C901  # one case a message
        self, event: said.News, backroom: "Backroom", handover: "Handover"
    ) -> None:
        """Bring one message to where it belongs."""
        match event:
            case said.Arrived():
                self._update(backroom.snapshots(), backroom)
            case said.AgentHeard(reason=reason):
                self._dashboard.canvas.show_agent(reason)
            case said.Said(text=text):
                self._app.notify(text, markup=False)
            case said.Complained(name=name, failure=failure):
                self.complain(name, failure)
            case said.Asked(name=name, question=question, reply=reply):
                self._questions.ask(name, question, reply)
            case said.HintsArrived(name=name, hints=hints):
                await self._dashboard.show_hints(name, hints)
            case said.LogArrived():
                self._dashboard.show_log(backroom.log())
            case said.ChecksArrived():
                self._dashboard.show_checks(backroom.checks())
            case said.SessionsArrived(sessions=sessions):
                self._board.add_sessions(sessions)
                self._dashboard.canvas.redraw()
            case said.CopyWanted(text=text):
                self._copy(text)
            case said.TerminalWanted(name=name, kind=kind):
                self.complain(name, handover.take_over(name, kind))

    def _copy(self, text: str) -> None:
        try:
            (self._outside.copy or self._app.copy_to_clipboard)(text)
        except NbtuiError as error:
            self.complain("", Failure.of(error))

    def _update(self, batch: tuple[Snapshot, ...], backroom: "Backroom") -> None:
        self._board.update(batch)
        for one in batch:
            key = one.question.id if one.question else ""
            self._questions.seen(
                one.name, one.question, partial(backroom.answer, one.name, key)
            )
        self._dashboard.canvas.redraw()

    def _show_dialog(self, name: str, question: Question, reply: Reply) -> None:
        from nbtui.tui.screens.dialogs import dialog_for  # noqa: PLC0415  # not before the first frame

        self._dialog = dialog_for(name, question, self._dashboard.canvas.keys)
        self._app.push_screen(self._dialog, partial(_pass, reply))

    def _hide_dialog(self) -> None:
        """The open dialog's question was withdrawn."""
        if self._dialog is self._app.screen:
            self._app.pop_screen()


def _pass(reply: Reply, answer: str | None) -> None:
    reply(answer)
