"""The two lines at the edges: what to know now, and what the keys do."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget

from nbtui.tui.headline import Part
from nbtui.tui.marks import CALL, MUTED, TITLE

GAP = 2
"""Cells between two keys."""

Key = tuple[str, str, str]
"""What to press, what it does in a word, and the action to run for a click."""


def _fitting(parts: Sequence[Part], room: int) -> Content:
    """Whole parts with a faint dot between them; only the first may be cut."""
    message = Content("")
    for part in parts:
        longer = Content.assemble(message, (" · " if message else "", MUTED), part)
        if message and longer.cell_length > room:
            break
        message = longer
    return message.truncate(room, ellipsis=True)


class StatusBar(Widget):
    """The name of the program, and the one thing to know now."""

    _parts: Sequence[Part] = ()

    def show(self, parts: Sequence[Part]) -> None:
        """Replace the message."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Content:
        """The parts that fit, from the most urgent on."""
        brand = Content.styled("nbtui", f"bold {TITLE}")
        room = max(0, self.content_size.width - brand.cell_length - 2)
        message = _fitting(self._parts, room)
        return Content.assemble(brand, " " * (room - message.cell_length + 2), message)


class KeyBar(Widget):
    """As many keys as fit; the last ones are always there. Each can be clicked."""

    _keys: Sequence[Key] = ()
    _always: Sequence[Key] = ()

    def show(self, keys: Sequence[Key], always: Sequence[Key]) -> None:
        """Replace the keys: those that fit now, and those that are never left out."""
        if (keys, always) != (self._keys, self._always):
            self._keys, self._always = keys, always
            self.refresh()

    def render(self) -> Content:
        """See `textual.widget.Widget.render`."""
        return Content(" " * GAP).join(_label(key) for key in self._shown())

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        event.stop()
        x = event.x - self.gutter.left
        for key in self._shown():
            width = _label(key).cell_length
            if 0 <= x < width:
                await self.run_action(key[2])
                return
            x -= width + GAP

    def _shown(self) -> list[Key]:
        room = self.content_size.width - sum(map(_room, self._always)) + GAP
        shown: list[Key] = []
        for key in self._keys:
            room -= _room(key)
            if room < 0:
                break
            shown.append(key)
        return [*shown, *self._always]


def _label(key: Key) -> Content:
    press, words, _ = key
    return Content.assemble((press, f"bold {CALL}"), (f" {words}", MUTED))


def _room(key: Key) -> int:
    return _label(key).cell_length + GAP
