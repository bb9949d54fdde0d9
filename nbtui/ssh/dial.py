"""From a target to an authenticated transport, each step with its own words when it fails.

The steps are the layers of the errors: name, tcp (or proxy, or the jump's forward), banner, key exchange,
host key, login. Nothing of the login is sent before the host key is trusted.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import paramiko

from nbtui.clock import Clock
from nbtui.errors import HostUnreachable, LinkLost, NoAnswer, TimedOut
from nbtui.keys.known_hosts import fingerprint
from nbtui.model.target import Target
from nbtui.model.text import clean_line
from nbtui.ssh.agentkeys import KeyAgent, open_agent
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.auth import Login
from nbtui.ssh.channels import open_direct
from nbtui.ssh.consent import Consents, check_command
from nbtui.ssh.identities import Identities
from nbtui.ssh.proxy_command import ProxyStream
from nbtui.ssh.remembered import Secrets
from nbtui.ssh.standing import agreed, greeting, shown_key
from nbtui.ssh.tcp import connect
from nbtui.ssh.transport import LinkTransport
from nbtui.ssh.trust import HostProof, Trust
from nbtui.ssh.userauth import Gone, Userauth
from nbtui.ssh.wire import RawStream, Wire

TURNED_AWAY = ("Exceeded MaxStartups", "Not allowed at this time")
"""What sshd says in place of its greeting when it does not want us now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginContext:
    """What belongs to the person who asks for the link now, not to our process."""

    auth_sock: str | None = None
    """SSH_AUTH_SOCK of the asking login; None: it has no agent."""

    alone: Callable[[], bool] = lambda: False
    """Nobody waits for this or could answer: what failed for want of a person is not tried again."""

    keyring: bool = False
    """Their profile says that passwords and passphrases may be kept in the system's keyring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialled:
    """An authenticated connection."""

    transport: LinkTransport
    wire: Wire
    key: str
    """Fingerprint of the host's key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Met:
    """A host that proved to have a key, which may be any key."""

    dialled: Dialled
    trust: Trust
    proof: HostProof


class HungUp(Exception):
    """The host did not wait for a person's answer; with that answer the next call may do better."""


class Dial:
    """One dial; what it needs, and `run`."""

    def __init__(
        self,
        target: Target,
        *,
        jump: Callable[[], paramiko.Transport] | None,
        attempt: Attempt,
        context: LoginContext,
        secrets: Secrets,
        consents: Consents,
        clock: Clock,
        on_end: Callable[[LinkTransport], None],
    ) -> None:
        self._target = target
        self._jump = jump
        self._attempt = attempt
        self._auth_sock = (
            context.auth_sock if target.identity_agent is None else target.identity_agent
        )
        self._context = context
        self._secrets = secrets
        self._consents = consents
        self._clock = clock
        self._on_end = on_end
        self._carrier: Wire | None = None

    def run(self) -> Dialled:
        """Dial.

        Raises:
            HostUnreachable, HostKeyError, LoginError: see the class of each.
            HungUp: see there.
            Refused: nobody said yes to a proxy command that was imported.
            Interrupted: the attempt was cancelled.
        """
        with self._met() as met:
            met.trust.check(met.proof, ask=self._attempt.ask, tell=self._attempt.tell)
            self._attempt.passed("host key", shown_key(met.dialled.transport))
            self._log_in(met.dialled.transport)
            return met.dialled

    def meet(self) -> tuple[Trust, HostProof]:
        """What the host proves to be; nothing of a login is sent, and nobody is asked. Raises as `run`."""
        with self._met() as met:
            met.dialled.transport.close()
            met.dialled.wire.close()
            return met.trust, met.proof

    @contextlib.contextmanager
    def _met(self) -> Iterator["_Met"]:
        """As far as the key exchange; closed when what is done in here fails."""
        self._attempt.tell(f"connecting to {self._target.where}")
        self._attempt.slow = False
        stream = self._stream()
        trust = Trust(self._target, clock=self._clock)
        wire = Wire(stream, clock=self._clock, carrier=self._carrier)
        with self._attempt.holding(wire):
            transport = LinkTransport(
                wire,
                host=self._target.host,
                key_types=trust.key_types(),
                on_end=self._on_end,
            )
            with self._attempt.holding(transport), self._hung_up(transport):
                self._shake_hands(transport, wire, stream)
                proof = HostProof.of(transport)
                key = fingerprint(proof.blob)
                dialled = Dialled(transport=transport, wire=wire, key=key)
                yield _Met(dialled=dialled, trust=trust, proof=proof)

    def _stream(self) -> RawStream:
        if self._target.proxy_command is not None:
            check_command(self._target, self._consents, self._attempt.ask)
            return self._proxy(self._target.proxy_command)
        if self._jump is None:
            return connect(self._target, self._attempt, clock=self._clock)
        jump, to = self._jump(), (self._target.host, self._target.port)
        self._carrier = getattr(jump, "wire", None)
        seconds, before = self._attempt.left(), self._target.jumps[-1].where
        with self._through_jump(jump):
            channel = self._attempt.aside(
                lambda: open_direct(jump, to, timeout=seconds),
                layer="tcp",
                what=f"reaching {to[0]}",
            )
        self._attempt.passed("name", f"{to[0]} is looked up by {before}")
        self._attempt.passed("tcp", f"connected from {before}")
        return channel

    def _proxy(self, command: str) -> RawStream:
        try:
            stream = ProxyStream(command, auth_sock=self._context.auth_sock)
        except OSError as exc:
            raise HostUnreachable(
                f"the ProxyCommand of {self._target.where} cannot be started: {exc.strerror}",
                host=self._target.host,
                layer="proxy",
            ) from exc
        self._attempt.passed("name", "left to the proxy command")
        self._attempt.passed("tcp", "the proxy command runs")
        return stream

    @contextlib.contextmanager
    def _through_jump(self, jump: paramiko.Transport) -> Iterator[None]:
        """Errors of the hop before us, said with both names and sshd's own words."""
        target, before = self._target, self._target.jumps[-1].where
        try:
            yield
        except (HostUnreachable, TimedOut, LinkLost) as exc:
            self._attempt.check()
            said = getattr(jump, "refusal", "") if exc.layer == "forward" else ""
            raise HostUnreachable(
                f"{target.where} cannot be reached from {before}: {said or exc.message}",
                host=target.host,
                layer="name" if "not known" in said else "tcp",
                hint=exc.hint,
            ) from exc

    @contextlib.contextmanager
    def _hung_up(self, transport: LinkTransport) -> Iterator[None]:
        """The connection ended between two steps, perhaps because a person took long to answer."""
        try:
            yield
        except (Gone, paramiko.SSHException, EOFError, OSError) as exc:
            self._attempt.check()
            if self._attempt.slow:
                raise HungUp from exc
            said = f": {transport.goodbye}" if transport.goodbye else ""
            text = f"{self._target.where} closed the connection during the login{said}"
            raise HostUnreachable(text, host=self._target.host, layer="login") from exc

    def _shake_hands(self, transport: LinkTransport, wire: Wire, stream: RawStream) -> None:
        """Banner and key exchange. Raises HostUnreachable."""
        transport.banner_timeout = transport.handshake_timeout = self._attempt.left() + 1
        transport.start_client(event=transport.progress)
        try:
            self._attempt.wait(
                transport.progress, layer="key exchange", what="the key exchange"
            )
        except HostUnreachable:
            if not wire.greeted:
                raise self._silent() from None
            raise
        if not transport.is_active():
            error = transport.get_exception()
            raise self._no_ssh(transport, wire, stream, error) from error
        self._attempt.passed("banner", greeting(transport), at=wire.greeted_at)
        self._attempt.passed("key exchange", agreed(transport))

    def _silent(self) -> HostUnreachable:
        first_hop = self._jump is None and self._target.proxy_command is None
        kind = NoAnswer if first_hop else HostUnreachable
        return kind(
            f"{self._target.where} takes connections and says nothing: its sshd hangs, or it is no SSH server",
            host=self._target.host,
            layer="banner",
            hint="check the port, or look at the machine's console",
        )

    def _no_ssh(
        self,
        transport: LinkTransport,
        wire: Wire,
        stream: RawStream,
        error: BaseException | None,
    ) -> HostUnreachable:
        where, host = self._target.where, self._target.host
        if wire.greeted:
            reason = transport.goodbye or clean_line(str(error or "")) or "the host hung up"
            text = f"{where} and we could not agree on keys: {reason}"
            hint = "ask the host's owner to update its SSH server"
            return HostUnreachable(text, host=host, layer="key exchange", hint=hint)
        if isinstance(stream, ProxyStream):
            said = stream.said or "it said nothing"
            text = f"the ProxyCommand of {where} ended before the host spoke: {said}"
            return HostUnreachable(
                text, host=host, layer="proxy", hint="run the command by hand"
            )
        if wire.said.startswith(TURNED_AWAY):
            text = f"{where} turned us away: {wire.said}"
            hint = "wait a minute: its sshd limits how many may log in at once or how often"
            return HostUnreachable(text, host=host, layer="banner", hint=hint)
        if wire.said:
            text = f"{where} is not an SSH server: it says {wire.said}"
            return HostUnreachable(text, host=host, layer="banner", hint="check the port")
        text = f"{where} closed the connection before it said anything"
        hint = "wait a minute (its sshd may limit logins), then check the port"
        return HostUnreachable(text, host=host, layer="banner", hint=hint)

    def _log_in(self, transport: LinkTransport) -> None:
        self._attempt.tell(f"logging in to {self._target.where}")
        with contextlib.ExitStack() as stack:
            agent = self._key_agent(stack)
            secrets = self._secrets.of(keyring=self._context.keyring)
            identities = Identities(
                self._target, agent=agent, secrets=secrets, attempt=self._attempt
            )
            userauth = Userauth(transport, user=self._target.user, attempt=self._attempt)
            login = Login(
                self._target,
                userauth=userauth,
                identities=identities,
                secrets=secrets,
                attempt=self._attempt,
            )
            login.run()
        self._attempt.passed("login", f"{self._target.where} by {login.by}")

    def _key_agent(self, stack: contextlib.ExitStack) -> KeyAgent | None:
        agent = open_agent(self._auth_sock)
        if agent is not None:
            stack.enter_context(self._attempt.holding(agent))
            stack.callback(agent.close)
        return agent
