"""What a session hears of its link, turned into events."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from nbtui.session.machine import Event, Helped, Hurry, Nudge, Parked, State, Waiting
from nbtui.session.rig import Rig


@dataclass(kw_only=True)
class Ears:
    """Of one session; all calls come on threads of the link."""

    state: Callable[[], State]
    post: Callable[[Event], None]
    lost: Callable[[Rig, str], None]
    """Called with the rig and the reason when its link is lost."""

    _unwatch: Callable[[], None] = field(default=lambda: None)

    def listen(self, rig: Rig) -> Callable[[], None]:
        """Begin with the link of a rig; what ends that."""
        ends = ExitStack()
        ends.callback(rig.link.on_lost(lambda reason: self.lost(rig, reason)))
        ends.callback(rig.link.on_way_up(self.way_up))
        ends.callback(rig.link.missed.add(self._missed))
        return ends.close

    def watch(self, rig: Rig | None) -> None:
        """Wait for the first machine on the way to answer, until `unwatch`."""
        if rig is not None:  # else nothing is held, and there is nobody to wait for
            self._unwatch = rig.link.watch(lambda: self.post(Nudge()))

    def unwatch(self) -> None:
        """Nobody waits any more; safe to call twice."""
        self._unwatch()

    def way_up(self) -> None:
        """A machine on the way let somebody in: perhaps with the answer that we had not."""
        if isinstance(self.state(), Parked):
            self.post(Helped())

    def _missed(self) -> None:
        state = self.state()
        if isinstance(state, Waiting) and not state.hurried:
            self.post(Hurry())
