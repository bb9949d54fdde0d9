"""The agent itself, as a face sees it."""

from nbtui.client.conversation import ask, expected, result
from nbtui.client.dialing import Dialer, Line
from nbtui.client.engine import AgentInfo, Unattended
from nbtui.ipc.messages import PROTOCOL, Request


class AgentKeeper:
    """See `nbtui.client.engine.Background`."""

    def __init__(self, *, dialer: Dialer) -> None:
        self._dialer = dialer

    def agent_status(self) -> AgentInfo | None:
        """See `Background.agent_status`."""
        line = self._dialer.running()
        return self._info(line) if line else None

    def agent_start(self) -> AgentInfo:
        """See `Background.agent_start`."""
        return self._info(self._dialer.line())

    def agent_stop(self) -> None:
        """See `Background.agent_stop`; the next agent brings nothing up by itself."""
        self._end()
        # reading what is remembered costs an import that most commands do without
        from nbtui.profiles.memory import Memory  # noqa: PLC0415

        Memory(self._dialer.paths.state_json).clear()

    def agent_restart(self) -> AgentInfo:
        """See `Background.agent_restart`."""
        self._end()
        return self.agent_start()

    def _end(self) -> None:
        if line := self._dialer.running():
            self._dialer.end(line)

    def _info(self, line: Line) -> AgentInfo:
        hello = line.hello
        info = AgentInfo(pid=hello.pid, version=hello.version, links=hello.links)
        if hello.protocol != PROTOCOL:
            line.channel.close()
            return info
        value = result(ask(line.channel, Request(op="ping"), Unattended()))
        with expected("ping"):
            return info._replace(
                profiles=tuple(value["profiles"]),
                started_at=float(value["started_at"]),
            )
