"""Opening channels of a transport; paramiko's errors end here.

Surprise: paramiko keeps one exception a transport, so what an open raises may belong to another channel that
failed at the same moment. Only whether the transport is alive is believed; the reason is a good guess.
Surprise: a dying transport closes its channels a moment before it says that it is inactive.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import paramiko

from nbtui.errors import ForwardForbidden, HostUnreachable, LinkLost, NbtuiError, TimedOut
from nbtui.ssh.addresses import Address
from nbtui.ssh.transport import LinkTransport, end_here

LIBRARY_ERRORS = (paramiko.SSHException, EOFError, OSError)
"""All that paramiko raises when a channel cannot be opened or used."""

_PROHIBITED = 1
"""RFC 4254 section 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED."""


class NoSession(NbtuiError):
    """The host grants no further session on this connection (sshd_config(5), MaxSessions)."""

    layer = "shell"
    hint = "leave another attached terminal of this host first"

    def __init__(self, *, host: str = "") -> None:
        super().__init__("the host grants no further session on this connection", host=host)


def is_lost(transport: paramiko.Transport, *, grace: float = 0.5) -> bool:
    """Whether a channel ended because its transport did; waits up to `grace` seconds to be sure."""
    if isinstance(transport, LinkTransport) and transport.farewell.lost.is_set():
        return True
    if transport.is_active():
        transport.join(grace)
    return not transport.is_active()


def close_channel(channel: paramiko.Channel) -> None:
    """Close it; on a connection that was given up the host, which may not read, is not told."""
    with suppress(*LIBRARY_ERRORS):
        if is_lost(channel.get_transport(), grace=0):
            end_here(channel)
        else:
            channel.close()


@contextmanager
def channel_errors(transport: paramiko.Transport, *, what: str) -> Iterator[None]:
    """Translate for something done on an open channel.

    Raises:
        LinkLost: the transport is gone.
        NbtuiError: the host refused `what`.
    """
    try:
        yield
    except LIBRARY_ERRORS as exc:
        if is_lost(transport):
            message = "the connection to the host was lost"
            raise LinkLost(message) from exc
        message = f"the host refused {what}"
        raise NbtuiError(message, layer="shell") from exc


def open_session(
    transport: paramiko.Transport, *, timeout: float = 10.0
) -> paramiko.Channel:
    """A session channel, for a shell or a command.

    Raises:
        LinkLost: the transport is gone.
        TimedOut: no answer within `timeout` seconds.
        NoSession: MaxSessions are open.
    """
    _check_live(transport)
    try:
        channel = transport.open_session(timeout=timeout)
    except LIBRARY_ERRORS as exc:
        _raise_common(transport, exc, what="a session")
        raise NoSession from exc
    return brief(channel)


def brief(channel: paramiko.Channel) -> paramiko.Channel:
    """The channel, which ends as soon as its connection is given up; others may have last words to hear."""
    transport = channel.get_transport()
    if isinstance(transport, LinkTransport):
        transport.brief(channel)
    return channel


def open_direct(
    transport: paramiko.Transport,
    to: Address,
    *,
    origin: Address = ("127.0.0.1", 0),
    timeout: float = 20.0,
) -> paramiko.Channel:
    """A connection from the host to `to`, whose name is looked up there.

    Raises:
        LinkLost: the transport is gone.
        TimedOut: no answer within `timeout` seconds.
        HostUnreachable: nobody answers at `to`, or the host forbids forwarding.

    Source: RFC 4254 section 7.2.
    """
    _check_live(transport)
    try:
        return transport.open_channel("direct-tcpip", to, origin, timeout=timeout)
    except LIBRARY_ERRORS as exc:
        _raise_common(transport, exc, what=f"{to[0]}:{to[1]}")
        raise _refused(transport, to, exc) from exc


def _check_live(transport: paramiko.Transport) -> None:
    if is_lost(transport, grace=0):
        message = "the connection to the host was lost"
        raise LinkLost(message)


def _raise_common(transport: paramiko.Transport, exc: BaseException, *, what: str) -> None:
    if is_lost(transport, grace=0):
        message = "the connection to the host was lost"
        raise LinkLost(message) from exc
    if "Timeout" in str(exc):
        message = f"the host did not say in time whether it opens {what}"
        raise TimedOut(message, layer="link") from exc


def _refused(
    transport: paramiko.Transport, to: Address, exc: BaseException
) -> HostUnreachable:
    if getattr(exc, "code", None) == _PROHIBITED:
        message = f"the host does not allow a forward to {to[0]}:{to[1]}"
        return ForwardForbidden(message)
    said = transport.refusal if isinstance(transport, LinkTransport) else ""
    because = f": {said}" if said else ""
    message = f"nobody answers at {to[0]}:{to[1]} on the host{because}"
    hint = "start what should listen there, then try again"
    return HostUnreachable(message, layer="forward", hint=hint)
