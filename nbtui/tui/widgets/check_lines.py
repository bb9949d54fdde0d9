"""What the doctor found as lines. Pure."""

from collections.abc import Iterable, Iterator

from textual.content import Content

from nbtui.model.check import NEEDS, Check, CheckStatus, cause_of
from nbtui.tui.marks import ALERT, BAD, CALL, FAINT, GOOD, MUTED

LAYER = max(map(len, NEEDS)) + 1
TIME = 8
_INDENT = LAYER + TIME + 3

_MARKS: dict[CheckStatus, tuple[str, str]] = {
    "wait": ("◐", ALERT),
    "ok": ("✔", GOOD),
    "warn": ("▲", ALERT),
    "bad": ("✖", BAD),
    "skip": ("○", FAINT),
}


class Findings:
    """All findings of one examination, as far as it came."""

    def __init__(self, checks: Iterable[Check]) -> None:
        order = list(NEEDS)
        self._checks = sorted(checks, key=lambda one: order.index(one.layer))
        self._cause = cause_of(self._checks)

    @property
    def complete(self) -> bool:
        """Every layer has its finding."""
        waits = any(one.status == "wait" for one in self._checks)
        return (
            bool(self._checks) and not waits and self._checks[-1].layer == list(NEEDS)[-1]
        )

    def lines(self, width: int) -> list[Content]:
        """A line or more for each layer; the cause is highlighted, with what to try."""
        return [line for one in self._checks for line in self._of(one, width)]

    def top(self, width: int) -> int:
        """The line at which the cause begins; 0 when there is none."""
        if self._cause is None:
            return 0
        before = self._checks[: self._checks.index(self._cause)]
        return sum(1 for one in before for _ in self._of(one, width))

    def _of(self, check: Check, width: int) -> Iterator[Content]:
        room = max(20, width - _INDENT)
        mark, style = _MARKS[check.status]
        layer = f"bold reverse {BAD}" if check is self._cause else _tone(check)
        head = Content.assemble(
            (mark, style),
            " ",
            (check.layer, layer),
            " " * (LAYER - len(check.layer)),
            (f"{check.took:>{TIME - 1}}  ", FAINT),
        )
        text = Content.styled(check.evidence, _tone(check))
        first, *more = text.wrap(room) if check.evidence else [Content("")]
        yield head + first
        yield from (line.pad_left(_INDENT) for line in more)
        if check.hint:
            tip = Content.assemble(("try: ", CALL), (check.hint, "bold"))
            yield from (line.pad_left(_INDENT) for line in tip.wrap(room))


def _tone(check: Check) -> str:
    return MUTED if check.status in ("skip", "wait") else ""
