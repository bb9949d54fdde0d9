"""The keys of the dashboard by the names under which `[keys]` of profiles.toml gives them others.

The bindings themselves are the dashboard's; a test compares. Reading a file needs the names, and no Textual.
"""

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, str]] = {
    "host.enter": "enter",
    "host.connect": "c",
    "host.disconnect": "d",
    "host.start": "s",
    "host.attach": "a",
    "host.shell": "dollar_sign",
    "host.open": "o",
    "host.stop": "x",
    "host.hints": "r",
    "host.probe": "R",
    "host.copy": "y",
    "host.logs": "l",
    "host.doctor": "D",
    "profiles.new": "n",
    "profiles.edit": "e",
    "profiles.text": "E",
    "profiles.duplicate": "p",
    "profiles.rename": "N,f2",
    "profiles.group": "m",
    "profiles.tags": "t",
    "profiles.favourite": "f",
    "profiles.delete": "delete,ctrl+d",
    "profiles.undo": "u",
    "profiles.import": "i",
    "list.filter": "slash",
    "list.down": "down,j",
    "list.up": "up,k",
    "list.top": "home,g",
    "list.bottom": "end,G",
    "list.page-down": "pagedown",
    "list.page-up": "pageup",
    "list.fold": "space,left,right",
    "dashboard.back": "escape",
    "dashboard.next": "tab",
    "app.help": "question_mark",
    "app.theme": "T",
    "app.quit": "q",
    "app.interrupt": "ctrl+c",
    "help.close": "escape,q,question_mark",
    "dialog.refuse": "escape",
    "dialog.yes": "y",
    "dialog.no": "n",
    "dialog.previous": "left",
    "dialog.next": "right",
    "dialog.down": "down",
    "dialog.up": "up",
    "editor.save": "ctrl+s",
    "editor.test": "ctrl+t",
    "editor.toml": "ctrl+o",
    "editor.list": "ctrl+l",
    "editor.drop": "ctrl+r",
    "editor.conflicts": "ctrl+g",
    "editor.next-page": "pagedown,ctrl+n",
    "editor.previous-page": "pageup,ctrl+p",
    "editor.next": "down",
    "editor.previous": "up",
    "editor.press": "enter",
    "editor.choice-next": "right,space",
    "editor.choice-previous": "left",
    "toml.close": "escape,q,ctrl+o",
    "editor.close": "escape",
}
"""Name -> the keys it has when nobody says otherwise, as Textual writes them."""

ASKING: Final = frozenset(
    {
        "host.enter",
        "host.connect",
        "host.start",
        "host.attach",
        "host.shell",
        "host.open",
        "host.stop",
        "host.hints",
        "host.probe",
        "profiles.import",
    }
)
"""What can lead to a question: none of these may have the key that says yes."""
