"""Every key and what it does, from the bindings themselves: a remapped key shows as it is now."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from nbtui.model.keys import KEYS
from nbtui.model.snapshot import Light
from nbtui.tui.marks import CALL, MUTED, TITLE, light_mark
from nbtui.tui.widgets.lines import Lines

_SECTIONS = {
    "host": "The selected host",
    "list": "The list",
    "profiles": "Profiles",
    "dashboard": "The dashboard",
    "app": "Everywhere",
}
_OTHERS = (
    "Every key can be another: [keys] of profiles.toml takes lines",
    'such as host.connect = "C, f5"; the names: docs/profiles.md.',
)
_KEY = 14


class Help(ModalScreen[None]):
    """Closed by the key that opened it, too.

    Args:
        keys: (binding, its key as one would say it), those in force.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,question_mark", "close", "Close", id="help.close", tooltip="Close"
        )
    ]

    def __init__(self, *, keys: tuple[tuple[Binding, str], ...]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """See `textual.widget.Widget.compose`."""
        with Vertical(classes="dialog"):
            yield Lines()

    def on_mount(self) -> None:
        """Fill the page."""
        self.query_one(Lines).set_lines(help_lines(self._keys))
        self.query_one(Lines).focus()

    def action_close(self) -> None:
        """Back to the dashboard."""
        self.dismiss(None)


def help_lines(keys: Iterable[tuple[Binding, str]]) -> list[Content]:
    """Section by section, then what the marks mean."""
    lines: list[Content] = []
    for prefix, title in _SECTIONS.items():
        rows = _rows(keys, prefix)
        if rows:
            lines += [Content.styled(title, f"bold {TITLE}"), *rows, Content("")]
    return [
        *lines,
        *(Content.styled(f"  {line}", MUTED) for line in _OTHERS),
        Content(""),
        Content.styled("Lights", f"bold {TITLE}"),
        *_legend(),
    ]


def _rows(keys: Iterable[tuple[Binding, str]], prefix: str) -> list[Content]:
    """A line for each id, with all of its keys; in the order of `KEYS`, wherever a remapped one went."""
    shown: dict[str, tuple[str, list[str]]] = {}
    for binding, key in keys:
        if binding.id and binding.id.startswith(f"{prefix}."):
            shown.setdefault(binding.id, (binding.tooltip, []))[1].append(key)
    return [
        Content.assemble((f"  {' '.join(names):<{_KEY}}", CALL), tip)
        for tip, names in (shown[name] for name in KEYS if name in shown)
    ]


def _legend() -> list[Content]:
    words: dict[Light, str] = {
        "ok": "well",
        "warn": "look",
        "bad": "broken",
        "wait": "under way",
        "off": "off",
    }
    marks = [
        Content.assemble(light_mark(light), f" {word}") for light, word in words.items()
    ]
    layers = "  L link · T tunnel · S server · K kernels; busy: of all kernels"
    return [Content("   ").join(marks).pad_left(2), Content.styled(layers, MUTED)]
