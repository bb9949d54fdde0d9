"""One row of the list as text: which columns fit, and what stands in them. Pure."""

from typing import NamedTuple

from rich.cells import set_cell_size
from textual.content import Content

from nbtui.model.snapshot import Snapshot
from nbtui.tui.marks import ALERT, CALL, FAINT, GOOD, MUTED, light_mark, state_mark
from nbtui.tui.rows import GroupRow, HostRow, Row
from nbtui.tui.words import brief

PORT, BUSY, STATE, LIGHTS, MARK = 5, 5, 16, 7, 2
_FIXED = MARK + LIGHTS + PORT + BUSY + 7
"""What the columns that are always there need, with the blanks between them."""

ROOMY = 68
"""Cells from which the state in words and the address have columns of their own."""


class Columns(NamedTuple):
    """The widths that depend on the room."""

    name: int
    where: int
    """0: neither state nor address are shown."""

    @classmethod
    def fitting(cls, width: int) -> "Columns":
        """The columns for a list of that many cells.

        >>> Columns.fitting(40), Columns.fitting(80)
        (Columns(name=14, where=0), Columns(name=16, where=20))
        """
        if width < ROOMY:
            return cls(name=max(6, width - _FIXED), where=0)
        spare = width - _FIXED - STATE - 2
        name = max(14, min(28, spare * 45 // 100))
        return cls(name=name, where=spare - name)


def heading(columns: Columns) -> Content:
    """The titles over the columns."""
    titles = f"{'':{MARK}}{_fit('name', columns.name)}  L T S K  {'port':>{PORT}}  {'busy':>{BUSY}}"
    if columns.where:
        titles += f"  {_fit('state', STATE)}{_fit('host', columns.where)}"
    return Content.styled(titles, FAINT)


def cells(row: Row, columns: Columns, *, beat: int = 0) -> Content:
    """The row as one line."""
    match row:
        case GroupRow():
            return _group(row)
        case HostRow(snapshot=snapshot):
            return _host(snapshot, columns, beat)


def _group(row: GroupRow) -> Content:
    count = f"  {row.up} of {row.total} up" if row.up else f"  {row.total}"
    arrow = "▸ " if row.folded else "▾ "
    return Content.assemble((arrow, MUTED), (row.name, MUTED), (count, FAINT))


def _host(snapshot: Snapshot, columns: Columns, beat: int) -> Content:
    asleep = snapshot.state == "disconnected" and snapshot.lights.link == "off"
    name = (_fit(snapshot.name, columns.name), MUTED if asleep else "bold")
    parts = [" " * MARK, name, "  ", *_lights(snapshot, beat), "  "]
    if columns.where:
        words = _state_words(snapshot)
        where = _fit(_where(snapshot), columns.where)
        parts += [
            *_figures(snapshot),
            "  ",
            (_fit(words[0], STATE), words[1]),
            (where, MUTED),
        ]
    elif snapshot.state in ("connected", "disconnected"):
        parts += _figures(snapshot)
    else:
        text, style = _state_words(snapshot)
        parts.append((text.rjust(PORT + BUSY + 2), style))
    return Content.assemble(*parts)


def _lights(snapshot: Snapshot, beat: int) -> list[str | tuple[str, str]]:
    lights = snapshot.lights
    four = (lights.link, lights.tunnel, lights.server, lights.kernels)
    marks = [light_mark(one, beat) for one in four]
    if (
        len(set(marks)) == 1
    ):  # most rows of a long list: one piece is drawn faster than seven
        return [(" ".join(shape for shape, _ in marks), marks[0][1])]
    spaced: list[str | tuple[str, str]] = []
    for mark in marks:
        spaced += [" ", mark] if spaced else [mark]
    return spaced


def _figures(snapshot: Snapshot) -> list[str | tuple[str, str]]:
    tunnel_up = snapshot.lights.tunnel in ("ok", "warn")
    port = str(snapshot.local_port or "") if snapshot.state != "disconnected" else ""
    return [(port.rjust(PORT), "" if tunnel_up else FAINT), "  ", _busy(snapshot)]


def _busy(snapshot: Snapshot) -> tuple[str, str]:
    count = snapshot.kernels
    if count is None or snapshot.state == "disconnected":
        return " " * BUSY, ""
    if not count.total:
        return "-".rjust(BUSY), FAINT
    mark = "▶" if count.busy else ""
    return f"{mark}{count.busy}/{count.total}".rjust(BUSY), GOOD if count.busy else MUTED


def _state_words(snapshot: Snapshot) -> tuple[str, str]:
    if snapshot.state == "reconnecting" and snapshot.retry_in is not None:
        return f"retry in {brief(snapshot.retry_in)}", ALERT
    if snapshot.state == "needs-input":
        return "needs you", CALL
    _, style, words = state_mark(snapshot.state)
    return words, FAINT if snapshot.state == "disconnected" else style


def _where(snapshot: Snapshot) -> str:
    return f"{snapshot.user}@{snapshot.host}" if snapshot.user else snapshot.host


def _fit(text: str, width: int) -> str:
    fitted = set_cell_size(text, width)
    whole = fitted.rstrip() == text.rstrip()
    return fitted if whole else set_cell_size(text, width - 1) + "…"
