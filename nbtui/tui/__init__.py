"""The dashboard. Importing this costs nothing; `run` imports Textual."""

import gc
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbtui.client.engine import Engine
    from nbtui.clock import Clock
    from nbtui.tui.outside import Outside


def run(
    *,
    engine: "Callable[[], Engine]",
    outside: "Outside",
    clock: "Clock",
    environ: Mapping[str, str],
) -> str | None:
    """Show the dashboard until the person leaves.

    Args:
        engine: asked for once, after the first frame: what it imports can wait.
        environ: `NO_COLOR`, `NBTUI_THEME` (dark or light) and `COLORFGBG` are looked at.

    Returns:
        The last word, for the terminal that comes back; empty when it ended otherwise, None after a bug.
    """
    gc.disable()  # until the first frame, see `NbtuiApp`: collecting what stays anyway takes 30 ms of 400
    from nbtui.tui.app import Look, NbtuiApp  # noqa: PLC0415  # a quarter of a second

    look = Look(
        light=_light(environ),
        no_color=bool(environ.get("NO_COLOR")),
        debug=environ.get("NBTUI_DEBUG") == "1",
    )
    app = NbtuiApp(engine=engine, outside=outside, clock=clock, look=look)
    word = app.run() or ""
    return None if app.return_code else word


def _light(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is light; many say so in COLORFGBG: "foreground;background", 7 and 15 are light."""
    said = environ.get("NBTUI_THEME", "").casefold()
    if said:
        return said == "light"
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
