"""The checks of one `doctor` as they come: those of this machine, then those that the agent makes."""

from collections.abc import Callable, Generator, Mapping

from nbtui.client.conversation import ask
from nbtui.client.dialing import Dialer
from nbtui.client.doctor import local
from nbtui.client.ending import Ending
from nbtui.client.engine import Talk
from nbtui.ipc.framing import Channel
from nbtui.ipc.messages import Checked, Request
from nbtui.model.check import NEEDS, Check, cause_of, skipped


class Examination(Ending[Check]):
    """See the module. `close` ends what the agent does for it, too."""

    def __init__(
        self,
        *,
        dialer: Dialer,
        environ: Mapping[str, str],
        request: Request | None,
        talk: Talk,
    ) -> None:
        """Nothing is looked at before the first check is taken.

        Args: request: for the agent; None: this machine only.
        """
        super().__init__()
        self._dialer = dialer
        self._environ = environ
        self._clock = dialer.clock
        self._request = request
        self._talk = talk
        self._checks = self._all(request) if request else self._here()

    def _take(self) -> Check:
        return next(self._checks)

    def _here(self) -> Generator[Check, None, None]:
        """This machine only."""
        paths = self._dialer.paths
        yield self._measured(lambda: local.config(paths, "NAME"))
        yield self._measured(local.AgentLook(dialer=self._dialer).running)
        yield self._measured(lambda: local.profile_keys(paths))
        yield self._measured(lambda: local.ssh_agent(self._environ.get("SSH_AUTH_SOCK")))
        yield self._measured(local.versions)

    def _all(self, request: Request) -> Generator[Check, None, None]:
        """This machine's, up to the agent; then the agent's."""
        paths, name = self._dialer.paths, str(request.args["name"])
        found = [self._measured(lambda: local.config(paths, name))]
        yield found[0]
        yield Check(layer="agent", status="wait", evidence="asking the background process")
        agent = local.AgentLook(dialer=self._dialer)
        look = agent.running if cause_of(found) else agent.needed
        found.append(self._measured(look))
        yield found[1]
        cause = cause_of(found)
        if cause or agent.line is None:
            rest = tuple(NEEDS)[len(found) :]
            yield from (skipped(layer, cause or found[1]) for layer in rest)
        else:
            self._channel = agent.line.channel
            yield from self._asked(agent.line.channel, request)

    def _asked(self, channel: Channel, request: Request) -> Generator[Check, None, None]:
        for said in ask(channel, request, self._talk):
            if isinstance(said, Checked):
                yield said.check

    def _measured(self, look: Callable[[], Check]) -> Check:
        began = self._clock.monotonic()
        check = look()
        return check._replace(seconds=self._clock.monotonic() - began)
