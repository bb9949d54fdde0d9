"""The keys of the dashboard. The ids are the user's handle for remapping; the tooltips are the help."""

from textual.binding import Binding


def _host(
    key: str, verb: str, words: str, tooltip: str, display: str | None = None
) -> Binding:
    return Binding(
        key,
        f"host('{verb}')",
        words,
        key_display=display,
        id=f"host.{verb}",
        tooltip=tooltip,
    )


HOST_KEYS = (
    _host("enter", "enter", "open", "Connect and open the notebook; on a group: fold"),
    _host("c", "connect", "connect", "Link, server and tunnel, without the browser"),
    _host(
        "d",
        "disconnect",
        "disconnect",
        "Close tunnel and link; what runs on the host goes on",
    ),
    _host("s", "start", "start", "Start Jupyter on the host, without a tunnel"),
    _host("a", "attach", "attach", "This terminal becomes the server's terminal"),
    _host("dollar_sign", "shell", "shell", "A shell on the host, over the same link", "$"),
    _host("o", "open", "browser", "Open the browser; starts no server"),
    _host("x", "stop", "shut down", "Shut the server down cleanly; asks first"),
    _host("r", "hints", "hints", "Resize hints, with fresh figures"),
    _host("R", "probe", "probe", "Look again what lives on the host"),
    _host("y", "copy", "copy URL", "Copy the URL, without its token"),
    Binding(
        "l",
        "logs",
        "logs",
        id="host.logs",
        tooltip="The server's terminal output, as it comes",
    ),
    Binding(
        "D",
        "doctor",
        "doctor",
        id="host.doctor",
        tooltip="Check every layer from here to a kernel; only looks",
    ),
)


def _profile(key: str, verb: str, words: str, tooltip: str) -> Binding:
    return Binding(key, f"profile('{verb}')", words, id=f"profiles.{verb}", tooltip=tooltip)


PROFILE_KEYS = (
    _profile("n", "new", "new", "A form for a new profile"),
    _profile("e", "edit", "edit", "Change it in a form; a host of ssh: save it as one"),
    _profile("E", "text", "edit text", "profiles.toml in your own editor"),
    _profile(
        "p", "duplicate", "duplicate", "A copy of the profile, to be changed and saved"
    ),
    _profile("N,f2", "rename", "rename", "Give the profile another name"),
    _profile("m", "group", "group", "Move the profile to another group"),
    _profile("t", "tags", "tags", "Words to filter the profile by"),
    _profile("f", "favourite", "favourite", "To the top of the list, or back to its group"),
    _profile("delete,ctrl+d", "delete", "delete", "Delete the profile; can be undone"),
    _profile("u", "undo", "undo", "Undo the last change of a profile"),
)

DASHBOARD_KEYS = (
    Binding(
        "i",
        "import",
        "import",
        id="profiles.import",
        tooltip="Profiles of hosts of ssh and sessions of PuTTY",
    ),
    Binding(
        "slash",
        "filter",
        "filter",
        key_display="/",
        id="list.filter",
        tooltip="Show only what matches name, host, tag or group",
    ),
    Binding(
        "escape",
        "back",
        "back",
        show=False,
        id="dashboard.back",
        tooltip="Close the pane, then the filter",
    ),
    Binding(
        "tab",
        "app.focus_next",
        "next",
        show=False,
        id="dashboard.next",
        tooltip="To the next pane, for scrolling",
    ),
)

APP_KEYS = (
    Binding(
        "question_mark", "help", "help", key_display="?", id="app.help", tooltip="This page"
    ),
    Binding("T", "theme", "theme", show=False, id="app.theme", tooltip="Light or dark"),
    Binding(
        "q", "leave", "quit", id="app.quit", tooltip="Leave the dashboard; tunnels stay up"
    ),
    Binding(
        "ctrl+c",
        "leave",
        "quit",
        show=False,
        id="app.interrupt",
        tooltip="Leave the dashboard; tunnels stay up",
    ),
)
