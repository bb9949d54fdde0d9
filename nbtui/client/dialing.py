"""A connection to the right agent: found, started, or put in the place of an outdated one."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Timer
from typing import NamedTuple

from nbtui.client.conversation import ask, interruptible, result
from nbtui.client.engine import RemoteFailure, Unattended
from nbtui.clock import Clock
from nbtui.errors import AgentError
from nbtui.ipc.address import dial
from nbtui.ipc.errors import NoAgent, PeerGone, ProtocolError
from nbtui.ipc.framing import Channel, Data
from nbtui.ipc.messages import PROTOCOL, AgentHello, Hello, Request, from_agent
from nbtui.model.text import clean_line
from nbtui.paths import Paths

_QUIT = 15.0
"""Seconds for an agent to close its links and end."""


class Line(NamedTuple):
    """A connection after both have said hello."""

    channel: Channel
    hello: AgentHello


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialer:
    """Knows how to reach the agent of one configuration folder."""

    paths: Paths
    environ: Mapping[str, str]
    """For an agent that has to be started."""

    clock: Clock
    version: str
    """Ours; the agent's has to be the same."""

    patience: float = 5.0
    """Seconds for the connection, and again for the agent's hello; as a rule either takes microseconds."""

    argv: Sequence[str] | None = None
    """Starts an agent; None: the real one."""

    def running(self) -> Line | None:
        """A line to the agent that runs, of whatever version; None: none does.

        Raises: AgentError: it does not answer, or its address is not safe.
        """
        try:
            channel = dial(self.paths, timeout=self.patience)
        except NoAgent:
            return None
        try:
            hello = self._greet(channel)
        except PeerGone:  # it was on its way out
            channel.close()
            return None
        except BaseException:
            channel.close()
            raise
        return Line(channel=channel, hello=hello)

    def _greet(self, channel: Channel) -> AgentHello:
        with _closing_after(self.patience, channel) as late:
            channel.send(Hello(version=self.version).to_json())
            reply = channel.recv()
        if late.is_set():
            raise _silent(channel.peer, self.patience)
        if reply is None:
            message = "the agent closed the connection"
            raise PeerGone(message)
        hello = None if isinstance(reply, Data) else from_agent(reply)
        if isinstance(hello, AgentHello):
            return hello
        message = "whoever listens at the agent's address does not say hello"
        raise ProtocolError(message)

    @interruptible()
    def current(self) -> Line | None:
        """A line to a running agent of our version; an outdated one is ended where nobody minds.

        Raises: AgentError: it is of another version and holds links that would be missed.
        """
        line = self.running()
        if line is None or self._is_ours(line.hello):
            return line
        if not line.hello.links:
            self.end(line)
        elif line.hello.protocol != PROTOCOL or not newer(self.version, line.hello.version):
            raise self._outdated(line)
        else:
            self._take_over(line)
        return None

    def _take_over(self, line: Line) -> None:
        """End an older agent that lets go of its sessions; the next one brings them up again."""
        with _closing_after(self.patience, line.channel):
            try:
                said = result(ask(line.channel, Request(op="handover"), Unattended()))
                ties = [clean_line(str(tie)) for tie in said.get("ties", ["it is too old"])]
            except RemoteFailure as exc:  # of a version that knows no such request
                raise self._outdated(line) from exc
        if ties:
            raise self._outdated(line, "; ".join(ties))
        self._wait_gone(line)

    @interruptible()
    def line(self) -> Line:
        """A line to an agent of our version, started if need be.

        Raises: AgentError: see `current`; or it cannot be started.
        """
        return self.current() or self._started()

    def _started(self) -> Line:
        # subprocess and psutil cost more than all the rest, and most commands find an agent
        from nbtui.client.launch import ARGV, start_agent  # noqa: PLC0415

        line = start_agent(
            paths=self.paths,
            environ=self.environ,
            clock=self.clock,
            dial=self.running,
            argv=self.argv or ARGV,
        )
        if self._is_ours(line.hello):
            return line
        raise self._outdated(line)

    def _is_ours(self, hello: AgentHello) -> bool:
        return (hello.protocol, hello.version) == (PROTOCOL, self.version)

    def _outdated(self, line: Line, why: str = "") -> AgentError:
        line.channel.close()
        hello = line.hello
        what = f"the agent is nbtui {hello.version} and holds {hello.links} links, this is nbtui {self.version}"
        if newer(hello.version, self.version):
            hint = "start this program again: nbtui was upgraded meanwhile"
            return AgentError(what, hint=hint)
        return AgentError(f"{what}; {why}" if why else what)

    @interruptible()
    def end(self, line: Line) -> None:
        """Ask an agent of whatever version to close its links and end; return when it is gone.

        Raises: AgentError: it is still there after 15 s.
        """
        with line.channel as channel, contextlib.suppress(AgentError):
            channel.send(Request(op="quit").to_json())
            with _closing_after(_QUIT, channel):
                while channel.recv() is not None:
                    pass
        self._wait_gone(line)

    def _wait_gone(self, line: Line) -> None:
        from nbtui.client.process import wait_gone  # noqa: PLC0415  # see `_started`

        if not wait_gone(line.hello.pid, clock=self.clock, timeout=_QUIT):
            message = f"the agent, process {line.hello.pid}, does not end"
            raise AgentError(message, hint=f"kill {line.hello.pid}")


def newer(one: str, other: str) -> bool:
    """Whether a version comes after another; one that is not numbers comes after none.

    >>> newer("0.10.0", "0.9"), newer("1.0", "1.0"), newer("1.0", "0.9.dev1"), newer("x", "1")
    (True, False, True, False)
    """
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> list[int]:
    found = re.match(r"\d+(\.\d+)*", version)
    return [int(part) for part in found[0].split(".")] if found else []


def _silent(pid: int | None, seconds: float) -> AgentError:
    """Only its end helps an agent that hangs; asking it to restart does not."""
    message = f"the agent does not answer in {seconds:g} s"
    if pid is None:
        return AgentError(message)
    return AgentError(f"{message}: process {pid} hangs", hint=f"kill -9 {pid}")


@contextmanager
def _closing_after(seconds: float, channel: Channel) -> Iterator[Event]:
    """Close the channel when what happens inside takes longer; the event tells that it did."""
    late = Event()

    def close() -> None:
        late.set()
        channel.close()

    timer = Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
