"""One `sh -s` on the host and the talk with it: a script goes in, marks tell its output from all else.

Surprise: the login shell runs its start files before our sh, and they may print megabytes or binary rubbish; what
comes before the first mark is dropped. Surprise: bash reads its script byte by byte from a pipe, so that what the
script runs could eat the next one; hence the null device. A script is handed to `eval` in a subshell: a syntax
error or an `exit` ends only that, and nothing of it stands in an argument list.
"""

import re
import secrets
from typing import Self

import paramiko

from nbtui.clock import Clock
from nbtui.errors import LinkLost, NbtuiError, TimedOut
from nbtui.model.shell import Completed
from nbtui.model.text import clean_line
from nbtui.quoting import quote
from nbtui.ssh.channels import (
    LIBRARY_ERRORS,
    channel_errors,
    close_channel,
    is_lost,
    open_session,
)
from nbtui.ssh.streams import Streams
from nbtui.ssh.wrong_user import refuse_wrong_user

_START = "exec sh -s"
"""The same words for every login shell; csh and fish know them too."""
_FRAME = (
    "echo {mark}b; echo {mark}b >&2\n"
    "( eval {script} ) </dev/null\n"
    "r=$?; echo {mark}e$r; echo {mark}e$r >&2\n"
)
_KILL = "KILL"
_REST = 1 << 20
"""Bytes after a script's end that are kept for the next one."""
_LAST_WORDS = 400
"""Bytes before the first mark that are kept, to say why there was none."""


class ShellEnded(NbtuiError):
    """The sh on the host ended, or there never was one."""

    layer = "shell"
    hint = "ssh to the host by hand and look whether it gives a shell"


class Dialogue:
    """One channel with its sh. After an exception it is of no more use: `kill` it."""

    def __init__(self, channel: paramiko.Channel, transport: paramiko.Transport) -> None:
        self._channel = channel
        self._transport = transport
        self._streams = Streams(channel)
        self._rest = b"", b""

    @classmethod
    def open(cls, transport: paramiko.Transport, *, timeout: float) -> Self:
        """Start a sh.

        Raises:
            LinkLost, TimedOut, NoSession: see `open_session`.
        """
        channel = open_session(transport, timeout=timeout)
        try:
            with channel_errors(transport, what="a shell"):
                channel.exec_command(_START)
        except NbtuiError:
            channel.close()
            raise
        return cls(channel, transport)

    @property
    def usable(self) -> bool:
        """The channel is open, as far as we know."""
        return not (self._channel.closed or self._channel.eof_received)

    def ask(self, script: str, *, deadline: float, limit: int, clock: Clock) -> Completed:
        """Run a script and wait for its end; see `say` and `hear`."""
        said = self.say(script, deadline=deadline, limit=limit, clock=clock)
        return self.hear(said, deadline=deadline, clock=clock)

    def say(self, script: str, *, deadline: float, limit: int, clock: Clock) -> "Said":
        """Send a script; its end is to be heard once those that were said before it are.

        Args:
            script: POSIX sh.
            deadline: monotonic seconds.
            limit: bytes kept of each stream.
            clock: time.

        Raises:
            TimedOut: the host does not take it in time.
            LinkLost: the transport went away.
            ShellEnded: the sh did.
        """
        said = Said(secrets.token_hex(12), limit)
        self._send(_FRAME.format(mark=said.mark, script=quote(script)), deadline, clock)
        return said

    def hear(self, said: "Said", *, deadline: float, clock: Clock) -> Completed:
        """Wait for a script's end; see `nbtui.model.shell.Shell.run`.

        Args:
            said: the script.
            deadline: monotonic seconds.
            clock: time.

        Raises:
            TimedOut: no end in time.
            LinkLost: the transport went away.
            ShellEnded: the sh did.
            LoginError: the host wants another user.
        """
        said.feed(*self._rest)
        while not said.done:
            left = deadline - clock.monotonic()
            try:
                heard = self._streams.read(max(left, 0.0))
            except TimeoutError:
                raise _too_long() from None
            if heard == (b"", b""):
                raise self._ended(said)
            if left <= 0:
                raise _too_long()
            said.feed(*heard)
            refuse_wrong_user(said.out.before)
        self._rest = said.rest
        return said.completed

    def close(self) -> None:
        """End the sh once it is idle; safe to call twice and from another thread."""
        close_channel(self._channel)

    def kill(self) -> None:
        """Ask the host to kill the sh and what it runs, then close.

        Without this request, a host that grants one session would never grant another. OpenSSH refuses it under a
        ForceCommand. Source: RFC 4254 section 6.9.
        """
        if is_lost(self._transport, grace=0):
            self.close()
            return
        request = paramiko.Message()
        request.add_byte(paramiko.common.cMSG_CHANNEL_REQUEST)
        request.add_int(self._channel.remote_chanid)
        request.add_string("signal")
        request.add_boolean(False)  # no reply
        request.add_string(_KILL)
        send = "_send_user_message"  # private; paramiko has no request of its own for it
        try:
            getattr(self._transport, send)(request)
        except LIBRARY_ERRORS:
            return
        finally:
            self.close()

    def _send(self, text: str, deadline: float, clock: Clock) -> None:
        self._channel.settimeout(max(deadline - clock.monotonic(), 0.1))
        try:
            self._channel.sendall(text.encode(errors="surrogateescape"))
        except TimeoutError:
            raise _too_long() from None
        except LIBRARY_ERRORS as exc:
            raise self._ended() from exc

    def _ended(self, said: "Said | None" = None) -> NbtuiError:
        if is_lost(self._transport):
            message = "the connection to the host was lost"
            return LinkLost(message)
        words = said.out.before + b" " + said.err.before if said else b""
        last = clean_line(words, limit=_LAST_WORDS)
        return ShellEnded(
            f"the shell on the host ended: {last}"
            if last
            else "the shell on the host ended"
        )


def _too_long() -> TimedOut:
    message = "the host's shell did not answer in time"
    return TimedOut(message, layer="shell", hint="wait, the host may be busy; then again")


class Said:
    """A script that was sent, and what was heard of it."""

    def __init__(self, mark: str, limit: int) -> None:
        self.mark = mark
        self.out, self.err = _Catch(mark, limit), _Catch(mark, limit)

    @property
    def done(self) -> bool:
        """Its end was heard."""
        return self.out.done and self.err.done

    @property
    def rest(self) -> tuple[bytes, bytes]:
        """What came after its end, of both streams."""
        return self.out.rest, self.err.rest

    @property
    def completed(self) -> Completed:
        """How it ended."""
        out, err = self.out, self.err
        return Completed(
            status=out.status, out=out.kept, err=err.kept, cut=out.cut or err.cut
        )

    def feed(self, out: bytes, err: bytes) -> None:
        """Hear more."""
        self.out.feed(out)
        self.err.feed(err)


class _Catch:
    """Finds the part of one stream between two marks."""

    def __init__(self, mark: str, limit: int) -> None:
        self._begin = f"{mark}b\n".encode()
        self._end = f"{mark}e".encode()
        self._limit = limit
        self._held = b""
        self._kept = bytearray()
        self._state = "before"
        self.cut = False
        self.status = -1

    @property
    def done(self) -> bool:
        return self._state == "done"

    @property
    def kept(self) -> bytes:
        return bytes(self._kept)

    @property
    def rest(self) -> bytes:
        """What came after the end."""
        return self._held

    @property
    def before(self) -> bytes:
        """The last that was said before the first mark."""
        return self._held if self._state == "before" else b""

    def feed(self, data: bytes) -> None:
        """Take more of the stream. Raises NbtuiError: something else than our sh wrote the second mark."""
        self._held += data
        if self._state == "before":
            self._find_begin()
        if self._state == "within":
            self._find_end()
        if self._state == "status":
            self._find_status()
        if self._state == "done":
            self._held = self._held[:_REST]

    def _find_begin(self) -> None:
        _, found, rest = self._held.partition(self._begin)
        if found:
            self._state, self._held = "within", rest
        else:
            self._held = self._held[-_LAST_WORDS:]

    def _find_end(self) -> None:
        body, found, rest = self._held.partition(self._end)
        if found:
            self._keep(body)
            self._state, self._held = "status", rest
        else:
            self._keep(self._held[: -len(self._end)])
            self._held = self._held[-len(self._end) :]

    def _find_status(self) -> None:
        status, newline, rest = self._held.partition(b"\n")
        if not re.fullmatch(rb"[0-9]{0,3}", status):
            raise ShellEnded("the shell on the host does not say how the script ended")
        if newline:
            self._state, self.status, self._held = "done", int(status or b"1"), rest

    def _keep(self, data: bytes) -> None:
        room = self._limit - len(self._kept)
        self._kept += data[:room]
        self.cut = self.cut or len(data) > room
