"""What can go wrong between a client and the agent."""

from nbtui.errors import AgentError


class ProtocolError(AgentError):
    """The other end said something that is not in the protocol."""


class PeerGone(AgentError):
    """The other end of a connection is not there any more, or we closed it ourselves."""

    hint = "nbtui agent logs"


class NoAgent(AgentError):
    """Nobody listens: no agent has been started, or it has gone."""

    hint = "nbtui agent start"


class AgentRunning(AgentError):
    """Another agent serves this configuration folder already."""

    hint = "nbtui agent status"
