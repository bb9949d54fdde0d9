"""The keys of the form. As in `nbtui.tui.keys`, ids are for remapping and tooltips are the help."""

from textual.binding import Binding

MOVES = (
    Binding(
        "pagedown,ctrl+n",
        "page(1)",
        "next page",
        id="editor.next-page",
        tooltip="The next page of the form",
    ),
    Binding(
        "pageup,ctrl+p",
        "page(-1)",
        "page before",
        show=False,
        id="editor.previous-page",
        tooltip="The page before",
    ),
    Binding(
        "down",
        "app.focus_next",
        "next field",
        show=False,
        id="editor.next",
        tooltip="The next field",
    ),
    Binding(
        "up",
        "app.focus_previous",
        "field before",
        show=False,
        id="editor.previous",
        tooltip="The field before",
    ),
)
DEEDS = (
    Binding("ctrl+s", "save", "save", id="editor.save", tooltip="Save and close"),
    Binding(
        "ctrl+t",
        "test",
        "test",
        id="editor.test",
        tooltip="Let the doctor look at the host by what stands in the form; nothing is saved",
    ),
    Binding(
        "ctrl+o",
        "toml",
        "as TOML",
        id="editor.toml",
        tooltip="Show what would be written",
    ),
    Binding(
        "ctrl+l",
        "list",
        "list",
        id="editor.list",
        tooltip="Choose key files, a host of ssh_config, or a group",
    ),
    Binding(
        "ctrl+r",
        "drop",
        "remove row",
        id="editor.drop",
        tooltip="Take the row out of the list",
    ),
    Binding(
        "ctrl+g",
        "conflicts",
        "choose",
        id="editor.conflicts",
        tooltip="Where the file was changed as well: choose what counts",
    ),
    Binding("escape", "close", "close", id="editor.close", tooltip="Close the form"),
)
