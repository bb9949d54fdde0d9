"""Resize hints as lines. Pure."""

from collections.abc import Iterator

from textual.content import Content

from nbtui.model.hint import Hint
from nbtui.tui.marks import CALL, FAINT, GOOD, MUTED
from nbtui.tui.words import age, size

MARKS = {"down": "▼", "up": "▲", "stop": "■", "keep": "●", "terminal": "↔"}


def hint_lines(hints: tuple[Hint, ...], width: int) -> list[Content]:
    """Each hint with the evidence that it rests on."""
    if not hints:
        return [Content.styled("The size fits: nothing to propose.", MUTED)]
    return [line for hint in hints for line in (*_hint(hint, max(20, width)), Content(""))]


def headline_of(hint: Hint) -> Content:
    """The proposal and what it saves, in one sentence."""
    saves = f", saves {hint.saves_per_month:.0f} $ a month" if hint.saves_per_month else ""
    return Content.assemble((f"{MARKS[hint.kind]} ", CALL), hint.text, (saves, GOOD))


def _hint(hint: Hint, width: int) -> Iterator[Content]:
    yield from headline_of(hint).wrap(width)
    facts = [
        f"{key.replace('_', ' ')} {_value(key, value)}"
        for key, value in hint.evidence.items()
    ]
    evidence = " · ".join((f"confidence {hint.confidence * 100:.0f} %", *facts))
    yield from (
        line.pad_left(2) for line in Content.styled(evidence, MUTED).wrap(width - 2)
    )
    if hint.hint:
        yield Content.assemble(("  try: ", FAINT), (hint.hint, "bold"))


def _value(key: str, value: object) -> str:
    """As a person reads it.

    >>> _value("memory_total", 25276514304), _value("uptime", 8250.0), _value("load", [1.96, 4.0])
    ('24 GB', '2 h 17 m', '1.96, 4')
    """
    if isinstance(value, list | tuple):
        return ", ".join(_value(key, one) for one in value)
    if key.startswith(("memory", "disk")) and isinstance(value, int):
        return size(value)
    if key in ("uptime", "idle_for") and isinstance(value, int | float):
        return age(value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
