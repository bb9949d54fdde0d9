"""All links of the process: equal targets share one, and a jump host is a link like any other."""

from threading import Lock

from nbtui.clock import Clock
from nbtui.model.target import Target
from nbtui.ssh.consent import Consents, NoImports
from nbtui.ssh.heartbeat import Heart
from nbtui.ssh.keychange import Forgetful, Sightings
from nbtui.ssh.link import Link
from nbtui.ssh.lookout import Lookout
from nbtui.ssh.remembered import Kind, Secrets


class Links:
    """Hands out links and counts who holds them."""

    def __init__(
        self,
        *,
        clock: Clock,
        heart: Heart | None = None,
        sightings: Sightings | None = None,
        secrets: Secrets | None = None,
        consents: Consents | None = None,
    ) -> None:
        self._clock = clock
        self._secrets = secrets or Secrets()
        self._heart = heart or Heart(clock=clock)
        self._lookout = Lookout(clock=clock)
        self._sightings = sightings or Forgetful()
        self._consents = consents or NoImports()
        self._lock = Lock()
        self._links: dict[Target, Link] = {}
        self._holds: dict[Target, int] = {}

    @property
    def count(self) -> int:
        """Links that are up, jumps included."""
        with self._lock:
            return sum(link.up for link in self._links.values())

    def get(self, target: Target) -> Link:
        """The link of a target, held until `release`; not opened."""
        with self._lock:
            return self._get(target)

    def release(self, link: Link) -> None:
        """Give a link back; the last to do so closes it, and then its jump in the same way."""
        with self._lock:
            idle = self._let_go(link)
        for one in idle:
            one.close()

    def erase(self, target: Target) -> tuple[str, ...]:
        """Erase passwords and passphrases of a target and its jumps, from memory and keyring; what there was of them."""
        owners: dict[tuple[Kind, str], None] = {}
        for hop in (*target.jumps, target):
            owners["password", hop.where] = None
            owners.update({("passphrase", path): None for path in hop.identity_files})
        return tuple(
            f"{kind} {owner}" for kind, owner in owners if self._secrets.erase(kind, owner)
        )

    def close(self) -> None:
        """Close all of them, whoever holds them."""
        with self._lock:
            links = list(self._links.values())
            self._links.clear()
            self._holds.clear()
        for link in reversed(links):  # a jump was made before what is behind it
            link.close()

    def _get(self, target: Target) -> Link:
        if target not in self._links:
            jump = self._get(target.jumps[-1]) if target.jumps else None
            self._links[target] = Link(
                target,
                jump=jump,
                clock=self._clock,
                secrets=self._secrets,
                consents=self._consents,
                heart=self._heart,
                lookout=self._lookout,
                sightings=self._sightings,
            )
        self._holds[target] = self._holds.get(target, 0) + 1
        return self._links[target]

    def _let_go(self, link: Link) -> list[Link]:
        held = self._holds.get(link.target, 0)
        if self._links.get(link.target) is not link or held == 0:
            return []
        if held > 1:
            self._holds[link.target] = held - 1
            return []
        del self._holds[link.target], self._links[link.target]
        return [link, *(self._let_go(link.jump) if link.jump else [])]
