"""What the form's screen shows besides the fields, from what a sitting says. Pure."""

from collections.abc import Mapping

from textual.content import Content

from nbtui.profiles.draft import shown
from nbtui.profiles.form import FIELDS
from nbtui.profiles.ledger import Reading
from nbtui.tui.editor.keys import DEEDS, MOVES
from nbtui.tui.editor.pages import Sayings
from nbtui.tui.editor.sitting import Sitting
from nbtui.tui.keynames import KeyNames
from nbtui.tui.marks import ALERT, BAD, MUTED, TITLE
from nbtui.tui.widgets.bars import Key

_WORDS = {one.id: one.description for one in (*DEEDS, *MOVES)}


def by_default(reading: Reading) -> Mapping[str, str]:
    """What `[defaults]` says, for the fields that say nothing."""
    defaults = reading.text.document().get("defaults", {})
    words: dict[str, str] = {}
    for key, field in FIELDS.items():
        value = defaults
        for part in field.path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and key != "name":
            words[key] = f"{shown(value)}  by [defaults]"
    return words


def sayings(sitting: Sitting) -> Sayings:
    """What is to be said beside the fields."""
    return Sayings(
        problems={key: str(one) for key, one in sitting.faults.items()},
        disputes={
            key: f"the file says {one.theirs or 'nothing'} now"
            for key, one in sitting.conflicts.items()
        },
        changed=sitting.changed if sitting.sheet.was else (),
    )


def head(sitting: Sitting, width: int) -> Content:
    """What is edited, and how far it is."""
    style = ALERT if sitting.conflicts else BAD if sitting.faults else MUTED
    left = Content.assemble(("nbtui", f"bold {TITLE}"), "  ", (sitting.title, "bold"))
    right = Content.styled(sitting.summary(), style)
    room = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * max(2, room), right)


def key_bar(
    keys: KeyNames, *, conflicts: bool, listed: bool, row: bool
) -> tuple[list[Key], list[Key]]:
    """The keys that make sense now, and those that are always there.

    Args:
        conflicts: there is something to decide.
        listed: there is a list for the field with the cursor.
        row: the cursor is in a row of a list.
    """
    wanted = {"conflicts": conflicts, "list": listed, "drop": row}
    order = ("conflicts", "save", "test", "toml", "list", "drop")
    deeds = [_key(keys, one, one) for one in order if wanted.get(one, True)]
    page = _key(keys, "next-page", "page(1)")
    return [*deeds, page], [_key(keys, "close", "close")]


def _key(keys: KeyNames, name: str, action: str) -> Key:
    binding = f"editor.{name}"
    return keys[binding], _WORDS[binding], f"screen.{action}"
