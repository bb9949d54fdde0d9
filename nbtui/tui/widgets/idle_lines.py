"""What the detail pane says while no host is selected. Pure."""

from textual.content import Content

from nbtui.tui.keynames import AS_BUILT, KeyNames
from nbtui.tui.marks import CALL, MUTED, TITLE
from nbtui.tui.rows import PUTTY, SOURCES, SSH_CONFIG, GroupRow, Row


def idle_lines(
    row: Row | None, *, any_saved: bool, keys: KeyNames = AS_BUILT
) -> list[Content]:
    """A welcome for who has no profile yet; else what the group is."""
    if not any_saved:
        return [*_welcome(keys), *(_from_ssh(keys) if row else ())]
    if isinstance(row, GroupRow):
        about = _ABOUT.get(row.name, f"{row.up} of {row.total} connected")
        fold = f"{keys['host.enter']} {'unfolds' if row.folded else 'folds'}"
        if row.name in SOURCES:
            fold += f", {keys['profiles.import']} makes profiles of them"
        return [
            Content.styled(row.name, f"bold {TITLE}"),
            Content.styled(about, MUTED),
            Content(""),
            Content.styled(fold, MUTED),
        ]
    back = keys["dashboard.back"]
    return [Content.styled(f"Nothing matches. {back} lists all again.", MUTED)]


def _step(key: str, words: str) -> Content:
    return Content.assemble((f"{key:>8}  ", CALL), (words, MUTED))


_ABOUT = {
    SSH_CONFIG: "hosts that ssh knows; looked at only when you ask",
    PUTTY: "what PuTTY has saved; looked at only when you ask",
}


def _welcome(keys: KeyNames) -> tuple[Content, ...]:
    return (
        Content.styled("Notebooks on other machines, one key away.", f"bold {TITLE}"),
        Content(""),
        _step(keys["profiles.new"], "writes a profile: a host, a user, a folder"),
        _step("", "or: nbtui profile add myvm ada@172.22.3.50"),
        _step(keys["app.help"], "tells all keys"),
    )


def _from_ssh(keys: KeyNames) -> tuple[Content, ...]:
    return (
        _step(keys["list.fold"], "unfolds what ssh or PuTTY knows already:"),
        _step("", f"{keys['host.enter']} on one looks what is there, then asks"),
    )
