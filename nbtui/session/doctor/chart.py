"""Where findings are put down: measured, remembered, and passed on in the order of the layers."""

from collections.abc import Callable, Iterable

from nbtui.clock import Clock
from nbtui.model.check import Check
from nbtui.quoting import quote

Report = Callable[[Check], None]
"""Told of each check as soon as it is known, and of each that begins (status wait)."""


class Chart:
    """One examination's findings. Belongs to the thread that examines."""

    def __init__(self, *, name: str, report: Report, clock: Clock) -> None:
        """Nothing was found yet.

        Args: name: the profile, for hints that say NAME.
        """
        self._name = quote(name)
        self._report = report
        self._clock = clock
        self._since = clock.monotonic()
        self._held: list[Check] | None = None
        self.found: list[Check] = []

    def has(self, layer: str) -> bool:
        """Whether this layer was looked at."""
        return any(one.layer == layer for one in (*self.found, *(self._held or ())))

    def begin(self, layer: str, what: str = "") -> None:
        """Say what is being looked at, or waited for, now."""
        self._report(Check(layer=layer, status="wait", evidence=what))

    def put(self, check: Check, *, at: float | None = None) -> None:
        """Put down a finding; it took the time since the one before.

        Args: at: when it was known, monotonic seconds; None: now.
        """
        seconds = self.lap(at)
        self.add(check._replace(seconds=0.0 if check.status == "skip" else seconds))

    def add(self, check: Check) -> None:
        """Put down a finding that was measured already."""
        if self._held is not None:
            self._held.append(check)
            return
        named = check._replace(hint=check.hint.replace("NAME", self._name))
        self.found.append(named)
        self._report(named)

    def lap(self, at: float | None = None) -> float:
        """Seconds since the last call, up to `at`."""
        now = self._clock.monotonic() if at is None else at
        seconds, self._since = max(0.0, now - self._since), now
        return seconds

    def pause(self, seconds: float) -> None:
        """A person thought for so long."""
        self._since += seconds

    def hold(self) -> None:
        """Keep what comes from now on, until `release`: what came before it depends on it."""
        self._held = []

    def release(self, settle: Callable[[list[Check]], Iterable[Check]]) -> None:
        """Pass on what was held, as `settle` makes it of it."""
        held, self._held = self._held or [], None
        for check in settle(held):
            self.add(check)
