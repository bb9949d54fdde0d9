"""Where a pane is opened below list and detail; takes no room, and imports nothing, while there is none."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.containers import Container
from textual.widget import Widget

if TYPE_CHECKING:
    from nbtui.model.check import Check
    from nbtui.model.hint import Hint


class PaneSlot(Container):
    """See the module."""

    _log: Callable[[Sequence[str]], None] | None = None
    """Appends to the log that is shown; None: none is."""

    _checks: "Callable[[Sequence[Check]], None] | None" = None
    """Adds to the findings that are shown; None: none are."""

    @property
    def log_open(self) -> bool:
        """Whether a log is shown."""
        return self._log is not None

    async def open_log(self, host: str, *, way_out: str) -> None:
        """Show an empty log, for `add_log` to fill; `way_out` says which keys close it."""
        from nbtui.tui.widgets.pane import LogPane  # noqa: PLC0415  # not before the first frame

        pane = LogPane(host=host, way_out=way_out)
        await self._open(pane)
        self._log = pane.add

    async def open_doctor(self, host: str, *, way_out: str) -> None:
        """Show no findings yet, for `add_checks` to fill; `way_out` as of `open_log`."""
        from nbtui.tui.widgets.pane import DoctorPane  # noqa: PLC0415  # not before the first frame

        pane = DoctorPane(host=host, way_out=way_out)
        await self._open(pane)
        self._checks = pane.add

    async def open_hints(
        self, host: str, hints: "tuple[Hint, ...]", *, way_out: str
    ) -> None:
        """Show resize hints; `way_out` as of `open_log`."""
        from nbtui.tui.widgets.pane import HintPane  # noqa: PLC0415  # not before the first frame

        await self._open(HintPane(host=host, hints=hints, way_out=way_out), short=True)

    async def close(self) -> bool:
        """Show none; False: there was none."""
        there = bool(self.children)
        self._log = self._checks = None
        await self.remove_children()
        self.remove_class("-short")
        self.screen.remove_class("-pane")
        return there

    def add_log(self, lines: Sequence[str]) -> None:
        """Append output, if a log is open."""
        if self._log is not None:
            self._log(lines)

    def add_checks(self, checks: "Sequence[Check]") -> None:
        """Add findings, if the doctor's pane is open."""
        if self._checks is not None:
            self._checks(checks)

    async def _open(self, pane: Widget, *, short: bool = False) -> None:
        await self.close()
        self.set_class(short, "-short")
        await self.mount(pane)
        self.screen.add_class("-pane")
