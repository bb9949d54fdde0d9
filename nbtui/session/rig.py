"""What one session holds open, and what was last learned about it. No rules, no threads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.model.runner import Runner, Shells
from nbtui.model.snapshot import ForwardState
from nbtui.model.target import Resolved
from nbtui.session.visits import Visits
from nbtui.ssh.link import Link
from nbtui.ssh.vigil import Vigil


class Forward(Protocol):
    """One listening port and where it leads; `nbtui.ssh` has three sorts."""

    def open(self) -> None:
        """Listen. Raises LocalPortTaken."""

    def close(self) -> None:
        """Stop listening and end its connections; safe to call twice."""

    def state(self) -> ForwardState:
        """How it is."""


@dataclass(kw_only=True, slots=True)
class Rig:
    """The things of one session; made when its link is wanted, closed when it is dropped."""

    resolved: Resolved
    link: Link
    runner: Runner
    shells: Shells
    report: HostReport | None = None
    chosen_jupyter: str = ""
    """Path on the host, or `module load …`; by a person, where the PATH has none and there are several."""

    server: JupyterServer | None = None
    session: TmuxSession | None = None
    """The tmux session that nbtui made for this profile, when the last probe saw one."""

    tunnel: Forward | None = None
    tunnel_to: tuple[str, int] | None = None
    local_port: int | None = None
    visits: Visits = field(default_factory=Visits)
    """Of the tunnel's port."""
    last_port: int | None = None
    """TCP port on the host of a server that ended; the next one gets it again."""

    forwards: list[Forward] = field(default_factory=list)
    vigil: Vigil | None = None
    """Tells at once when the server ends."""

    notes: tuple[str, ...] = ()
    """What is worth knowing of the listeners here."""

    release: Callable[[Link], None]
    """Gives the link back; it closes when nobody else holds it."""

    deaf: Callable[[], None] = lambda: None
    """Ends being told of the link's loss."""

    _closing: Lock = field(default_factory=Lock)
    _released: bool = False

    @property
    def wanted_port(self) -> int:
        """The TCP port on the host that the profile means."""
        return self.resolved.jupyter.port or DEFAULT_PORT

    @property
    def served(self) -> int:
        """Connections that the tunnel's port has taken."""
        return self.tunnel.state().served if self.tunnel else 0

    def keep(self, vigil: Vigil) -> None:
        """Hold it in place of the one before; it ends at once where all is closed already."""
        with self._closing:
            before, self.vigil = self.vigil, vigil
            late = self._released
        if before is not None:
            before.close()
        if late:
            vigil.close()

    def close_tunnel(self) -> None:
        """Stop listening on the local port."""
        if self.tunnel is not None:
            self.tunnel.close()
        self.tunnel, self.tunnel_to = None, None

    def close(self) -> None:
        """Close tunnel, forwards and the hold on the link; returns when they are closed.

        From several threads and again, for what a job opened meanwhile.
        """
        with self._closing:
            self.deaf()
            if self.vigil is not None:
                self.vigil.close()
            self.close_tunnel()
            forwards, self.forwards = self.forwards, []
            for forward in forwards:
                forward.close()
            if not self._released:
                self._released = True
                self.release(self.link)


DEFAULT_PORT = 8889
"""Where a profile's Jupyter listens when it does not say."""
