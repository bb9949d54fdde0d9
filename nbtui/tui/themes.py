"""Colours: green is well, yellow wants a look, red is broken, faint is off.

Nothing else is coloured but the name of what is selected and the keys.
"""

from textual.theme import Theme

DARK = Theme(
    name="nbtui-dark",
    primary="#7aa2f7",
    secondary="#9aa5ce",
    accent="#7dcfff",
    success="#9ece6a",
    warning="#e0af68",
    error="#f7768e",
    foreground="#c8d0e8",
    background="#14161f",
    surface="#1b1e2a",
    panel="#222636",
    dark=True,
    variables={"foreground-muted": "#8e96b2", "foreground-disabled": "#626a88"},
)
LIGHT = Theme(
    name="nbtui-light",
    primary="#2858b8",
    secondary="#4c5a78",
    accent="#0b6f9c",
    success="#2f7d1f",
    warning="#9a5b00",
    error="#c0243c",
    foreground="#22283a",
    background="#fbfbfd",
    surface="#f0f2f7",
    panel="#e4e8f0",
    dark=False,
    variables={"foreground-muted": "#5a6379", "foreground-disabled": "#858da2"},
)
