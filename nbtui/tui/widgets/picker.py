"""The left side: filter, titles and the list. Owns what is folded and what is filtered."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from nbtui.model.snapshot import Snapshot
from nbtui.tui.marks import CALL
from nbtui.tui.rows import PUTTY, SSH_CONFIG, GroupRow, HostRow, Row, arrange
from nbtui.tui.widgets.host_list import HostList, ListHead


class Filter(Horizontal):
    """The line to type a filter in."""

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield Static(Content.styled("/ ", f"bold {CALL}"))
        yield Input(placeholder="name, host, tag or group", compact=True)


class Picker(Vertical):
    """See the module; `HostList`'s messages bubble through it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._snapshots: tuple[Snapshot, ...] = ()
        self._needle = ""
        self._favourites: frozenset[str] = frozenset()
        self._folded = {SSH_CONFIG, PUTTY}

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        yield ListHead()
        yield HostList()

    @property
    def row(self) -> Row | None:
        """What is selected."""
        return self.query_one(HostList).selected

    @property
    def host(self) -> Snapshot | None:
        """The selected host; None while a group is selected, or nothing."""
        return self.row.snapshot if isinstance(self.row, HostRow) else None

    def show(
        self, snapshots: tuple[Snapshot, ...], favourites: frozenset[str] | None = None
    ) -> None:
        """Replace what is listed, and which of it stand at the top; None: as before."""
        self._snapshots = snapshots
        self._favourites = self._favourites if favourites is None else favourites
        rows = arrange(
            snapshots,
            folded=self._folded,
            needle=self._needle,
            favourites=self._favourites,
        )
        self.query_one(HostList).show(rows)

    @property
    def typing(self) -> bool:
        """Whether keys go to the filter now."""
        return any(one.has_focus for one in self.query(Input))

    def beat(self) -> None:
        """Let the waiting lights turn."""
        self.query_one(HostList).beat()

    def fold(self) -> bool:
        """Fold or unfold the selected group; False: no group is selected."""
        if isinstance(self.row, GroupRow):
            self._fold(self.row.name)
            return True
        return False

    async def open_filter(self) -> None:
        """Type a filter."""
        if not self.query(Filter):
            await self.mount(Filter(), before=0)
        self.query_one(Input).focus()

    async def close_filter(self) -> None:
        """List everything again."""
        await self.query(Filter).remove()
        self._needle = ""
        self.show(self._snapshots)
        self.query_one(HostList).focus()

    async def keep_filter(self) -> None:
        """Back to the list, filtered."""
        if self._needle:
            self.query_one(HostList).focus()
        else:
            await self.close_filter()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._needle = event.value.strip()
        self.show(self._snapshots)

    @on(Input.Submitted)
    async def _narrowed(self, event: Input.Submitted) -> None:
        event.stop()
        await self.keep_filter()

    @on(HostList.FoldToggled)
    def _fold_toggled(self, event: HostList.FoldToggled) -> None:
        event.stop()
        self._fold(event.group)

    def _fold(self, group: str) -> None:
        self._folded ^= {group}
        self.show(self._snapshots)
