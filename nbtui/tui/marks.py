"""The marks and colours of the dashboard, in one place.

Every state has a shape of its own besides its colour, for NO_COLOR and for eyes that mix up red and green.
"""

from nbtui.model.snapshot import Light, StateName

MUTED = "$foreground-muted"
FAINT = "$foreground-disabled"
GOOD, ALERT, BAD, CALL = "$text-success", "$text-warning", "$text-error", "$text-accent"
TITLE = "$text-primary"

_SPIN = "◐◓◑◒"

_LIGHTS: dict[Light, tuple[str, str]] = {
    "off": ("○", FAINT),
    "wait": ("◐", ALERT),
    "ok": ("●", GOOD),
    "warn": ("▲", ALERT),
    "bad": ("✖", BAD),
}
_STATES: dict[StateName, tuple[Light, str]] = {
    "disconnected": ("off", "not connected"),
    "connecting": ("wait", "connecting"),
    "needs-input": ("warn", "needs you"),
    "starting": ("wait", "starting"),
    "connected": ("ok", "connected"),
    "reconnecting": ("wait", "reconnecting"),
    "stopping": ("wait", "stopping"),
    "failed": ("bad", "failed"),
}


def light_mark(light: Light, beat: int = 0) -> tuple[str, str]:
    """Shape and style of one light; a waiting one turns with the beat.

    >>> light_mark("ok")[0], light_mark("wait", 2)[0]
    ('●', '◑')
    """
    shape, style = _LIGHTS[light]
    return (_SPIN[beat % len(_SPIN)] if light == "wait" else shape), style


def state_mark(state: StateName, beat: int = 0) -> tuple[str, str, str]:
    """Shape, style and words of a profile's state.

    >>> state_mark("needs-input")[2]
    'needs you'
    """
    light, words = _STATES[state]
    return (*light_mark(light, beat), words)


def share_style(share: float) -> str:
    """The colour of a measure that is bad when full.

    >>> share_style(0.5) == GOOD, share_style(0.95) == BAD
    (True, True)
    """
    if share >= 0.9:  # noqa: PLR2004  # nearly full
        return BAD
    return ALERT if share >= 0.75 else GOOD  # noqa: PLR2004  # filling up
