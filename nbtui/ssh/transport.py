"""paramiko's Transport, tuned, quiet, and told when it ends. The one place that names parts of its inside.

What is overridden, and why:
- `run`, to learn of the end at once instead of asking `is_active` from time to time.
- the handlers of a global request's answer: paramiko has one event for all of them, so a heartbeat's "no" would
  answer a port forward's request. Answers come in the order of the requests (RFC 4254 section 4): a queue.
- the handlers of a disconnect and of a refused channel, which drop the host's own words.
- `give_up` ends what is being opened, and channels of which the host is not told.
- the handler of an opened channel, which puts an `Inlet` in the place of its `in_buffer` before anything arrives.
- `preferred_keys`: certificates first where they are wanted; paramiko appends them always.
`tests/live/test_link.py` fails when a new paramiko moves one of them.
"""

import logging
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock
from typing import Any, cast
from weakref import WeakSet

import paramiko

from nbtui.model.text import clean_line
from nbtui.ssh.farewell import Farewell
from nbtui.ssh.gcm import Outgoing
from nbtui.ssh.inlet import Inlet
from nbtui.ssh.packets import Packets, Sink
from nbtui.ssh.wire import Wire

WINDOW = 4 << 20
"""Bytes in flight towards us; decides what a far host can deliver. See docs/performance.md."""
NEAR, NEAR_WINDOW = 0.005, 2 << 20
"""Seconds of a round trip to a host that is near, and its window: more would only queue up, with requests behind it."""
PACKET = 128 << 10
"""Bytes of one packet towards us; fewer and larger is what Python likes."""
ANSWER_SECONDS = 20.0
"""How long a channel or a port on the host may take to be opened."""
LOG_CHANNEL = "nbtui.ssh.protocol"
_GLOBAL_REQUEST = b"\x50"
_WINDOW_ADJUST = b"\x5d"

Answered = Callable[[paramiko.Message | None], None]
"""Called on the transport's thread with the answer; None: no, or the link ended."""


def end_here(channel: paramiko.Channel) -> None:
    """Close a channel for us, as when its connection ends, and do not tell the host."""
    unlink = "_unlink"  # private; the public close waits for a host that may not read
    getattr(channel, unlink)()


class LinkTransport(paramiko.Transport):
    """One connection to one host."""

    _channels: Any
    channel_events: dict[int, Event]
    lock: Lock
    _send_user_message: Callable[[paramiko.Message], None]
    server_extensions: dict[str, bytes]

    def __init__(
        self,
        wire: Wire,
        *,
        host: str,
        key_types: tuple[str, ...],
        on_end: "Callable[[LinkTransport], None]",
    ) -> None:
        self.wire = wire
        self._key_types = key_types
        self._on_end = on_end
        self._asking = Lock()
        self._answers: deque[Answered] = deque()
        self.farewell = Farewell()
        self._brief: WeakSet[paramiko.Channel] = WeakSet()
        self.progress = Event()
        """Set when the keys are agreed on, and when it ended."""
        self.ended = Event()
        self.goodbye = ""
        """What the host said when it ended the connection; clean."""
        self.refusal = ""
        """What the host said when it last refused a channel; clean."""
        self.round_trip = float("inf")
        """Seconds; what the quickest channel so far took to open."""
        super().__init__(
            cast("socket.socket", wire),
            default_window_size=WINDOW,
            default_max_packet_size=PACKET,
            packetizer_class=Packets,
        )
        self.name = f"ssh {host}"
        self.channel_timeout = ANSWER_SECONDS
        self._tune()

    def _tune(self) -> None:
        """AES-GCM first and no SHA-1 or MD5; paramiko's own log is for its authors."""
        options = self.get_security_options()
        options.ciphers = sorted(options.ciphers, key=lambda name: "gcm" not in name)
        digests = [name for name in options.digests if "sha2" in name]
        options.digests = sorted(digests, key=lambda name: "etm" not in name)
        log = logging.getLogger(LOG_CHANNEL)
        log.propagate = False
        log.setLevel(logging.CRITICAL + 1)
        self.set_log_channel(LOG_CHANNEL)

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """Host key types in the order that `nbtui.ssh.trust` wants them."""
        return self._key_types

    def run(self) -> None:
        """See `threading.Thread.run`; what goes wrong stands in `get_exception`."""
        try:
            super().run()
        except Exception as exc:  # noqa: BLE001  # the end of a thread
            self.saved_exception = exc
        finally:
            self._end()

    def _end(self) -> None:
        self.packetizer.complete_handshake()  # its timer would outlive us
        if self.auth_handler is not None:
            self.auth_handler.abort()
        self.ended.set()
        with self._asking:
            answers, self._answers = self._answers, deque()
        for answered in answers:
            answered(None)
        self.progress.set()
        self._on_end(self)

    def give_up(self) -> None:
        """Say that it is lost although it did not end; from any thread, and does not wait for the host.

        What is being opened on it fails, and what was `brief` ends; the other channels go on. See `Farewell`.
        """
        self.farewell.lost.set()
        with self.lock:
            opening = list(self.channel_events.items())
        for number, event in opening:
            self._channels.delete(number)
            event.set()
        for channel in list(self._brief):
            end_here(channel)
        self._on_end(self)

    def brief(self, channel: paramiko.Channel) -> None:
        """Have a channel end as soon as the connection is given up: somebody waits for its answers."""
        self._brief.add(channel)
        if self.farewell.lost.is_set():
            end_here(channel)

    def request(self, kind: str, *fields: object, then: Answered) -> None:
        """Send a global request and return; `then` gets the answer. Blocks while the host does not read."""
        message = paramiko.Message()
        message.add_byte(_GLOBAL_REQUEST)
        message.add_string(kind)
        message.add_boolean(True)
        message.add(*fields)
        with self._asking:
            self._answers.append(then)
            try:
                self._send_user_message(message)
            except BaseException:
                self._answers.pop()
                raise
        if self.ended.is_set():
            self._answer(None)

    def global_request(
        self,
        kind: str,
        data: Any = None,
        wait: bool = True,  # noqa: FBT001, FBT002  # paramiko's signature
    ) -> paramiko.Message | None:
        """See `paramiko.Transport.global_request`; here it has a time-out. Raises SSHException."""
        if not wait:
            return super().global_request(kind, data, wait=False)
        done, found = Event(), list[paramiko.Message | None]()

        def then(answer: paramiko.Message | None) -> None:
            found.append(answer)
            done.set()

        self.request(kind, *(data or ()), then=then)
        if not done.wait(ANSWER_SECONDS):
            raise paramiko.SSHException(f"no answer to {kind}")
        return found[0]

    def open_channel(self, *facts: Any, **named: Any) -> paramiko.Channel:
        """See stock; the window suits the distance."""
        if self.round_trip < NEAR:
            named.setdefault("window_size", NEAR_WINDOW)
        began = self.wire.now()
        channel = super().open_channel(*facts, **named)
        self.round_trip = min(self.round_trip, self.wire.now() - began)
        return channel

    def send(self, data: Outgoing) -> None:
        """Send into a channel whose far end has room for it; may block. Raises EOFError, OSError, SSHException."""
        self._send_user_message(data)

    def grant(self, channel: paramiko.Channel, size: int) -> None:
        """Let the far end send `size` bytes more; may block. A channel or link that ended meanwhile is no error."""
        if channel.closed or channel.eof_received:
            return
        message = paramiko.Message()
        message.add_byte(_WINDOW_ADJUST)
        message.add_int(channel.remote_chanid)
        message.add_int(size)
        with suppress(EOFError, OSError, paramiko.SSHException):
            self._send_user_message(message)

    @contextmanager
    def delivering(self, channel: paramiko.Channel, sink: Sink) -> Iterator[None]:
        """Hand what arrives for a channel to a sink for as long as the with-block lasts; once a channel."""
        cast("Inlet", channel.in_buffer).attach(sink)
        routes = cast("Packets", self.packetizer).routes
        routes[channel.chanid] = sink
        try:
            yield
        finally:
            del routes[channel.chanid]

    def _answer(self, answer: paramiko.Message | None) -> None:
        with suppress(IndexError):  # an answer that nobody asked for
            self._answers.popleft()(answer)

    def _parse_request_success(self, m: paramiko.Message) -> None:
        self._answer(m)

    def _parse_request_failure(self, _m: paramiko.Message) -> None:
        self._answer(None)

    def _parse_disconnect(self, m: paramiko.Message) -> None:
        m.get_int()
        self.goodbye = clean_line(m.get_string())

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        channel = self._channels.get(paramiko.Message(m.asbytes()).get_int())
        if channel is not None:
            channel.in_buffer = Inlet()
        super()._parse_channel_open_success(m)  # type: ignore[misc]  # the stubs leave it out

    def _parse_channel_open_failure(self, m: paramiko.Message) -> None:
        peek = paramiko.Message(m.asbytes())
        peek.get_bytes(8)  # number of the channel, code
        self.refusal = clean_line(peek.get_string())
        super()._parse_channel_open_failure(m)  # type: ignore[misc]  # the stubs leave it out
