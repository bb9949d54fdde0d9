"""Frames over a socket pair: whole, bounded, and never blocked for good."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Thread

import pytest
from hypothesis import given, strategies as st

from nbtui.errors import AgentError
from nbtui.ipc.errors import PeerGone, ProtocolError
from nbtui.ipc.framing import (
    STDERR,
    STDIN,
    STDOUT,
    Channel,
    Data,
    decode,
)
from nbtui.platforms.posix.sockets import SocketWire
from nbtui.platforms.windows.handshake import prove_as_agent, prove_as_client
from nbtui.platforms.wires import LIMIT


class Pair:
    """Two channels that are connected, and the raw socket of the second."""

    def __init__(self) -> None:
        one, self.raw = socket.socketpair()
        self.one, self.two = Channel(SocketWire(one)), Channel(SocketWire(self.raw))


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    with pair.one, pair.two:
        yield pair


def test_a_message_arrives_as_it_was(pair: Pair) -> None:
    message = {"type": "answer", "value": "pässword ␞ \udc80", "n": [1, None, 2.5]}
    pair.one.send(message)
    assert pair.two.recv() == message


def test_bytes_of_a_stream_arrive_as_they_were_and_tell_their_stream(pair: Pair) -> None:
    for stream in (STDIN, STDOUT, STDERR):
        pair.one.send_data(stream, b'{"\x00\xff')
        assert pair.two.recv() == Data(stream=stream, data=b'{"\x00\xff')


def test_a_megabyte_arrives_in_order_while_the_other_way_is_used_too(pair: Pair) -> None:
    data = bytes(range(256)) * 4096
    sender = Thread(target=pair.one.send_data, args=(STDOUT, data))
    sender.start()
    arrived = bytearray()
    while len(arrived) < len(data):
        frame = pair.two.recv()
        assert isinstance(frame, Data)
        arrived += frame.data
        pair.two.send({"got": len(frame.data)})
    sender.join()
    assert bytes(arrived) == data
    assert isinstance(pair.one.recv(), dict)


def test_messages_of_several_threads_do_not_mix(pair: Pair) -> None:
    def send(text: str) -> None:
        for _ in range(20):
            pair.one.send({"t": text})

    texts = [letter * 3000 for letter in "abcdefgh"]
    senders = [Thread(target=send, args=(text,)) for text in texts]
    for sender in senders:
        sender.start()
    arrived = [pair.two.recv() for _ in range(160)]
    for sender in senders:
        sender.join()
    assert sorted(str(one) for one in arrived) == sorted(
        str({"t": text}) for text in texts for _ in range(20)
    )


def test_a_peer_that_closes_is_no_error_but_the_end(pair: Pair) -> None:
    pair.one.close()
    assert pair.two.recv() is None
    assert pair.two.recv() is None


def test_a_peer_that_dies_in_the_middle_of_a_frame_is_the_end_too(pair: Pair) -> None:
    pair.raw.sendall((100).to_bytes(4) + b'{"type"')
    pair.two.close()
    assert pair.one.recv() is None


def test_closing_wakes_who_waits_for_a_message(pair: Pair) -> None:
    heard: list[object] = []
    waiting = Thread(target=lambda: heard.append(pair.one.recv()))
    waiting.start()
    pair.one.close()
    pair.one.close()
    waiting.join(10)
    assert heard == [None]


def test_closing_wakes_who_waits_to_send(pair: Pair) -> None:
    failures: list[Exception] = []

    def send() -> None:
        try:
            pair.one.send_data(STDOUT, bytes(8 * 1024 * 1024))
        except PeerGone as error:
            failures.append(error)

    sender = Thread(target=send)
    sender.start()
    pair.one.close()
    sender.join(10)
    assert len(failures) == 1


def test_sending_to_a_peer_that_has_gone_is_said(pair: Pair) -> None:
    pair.two.close()
    with pytest.raises(PeerGone, match="went away"):
        pair.one.send({"type": "eof"})


@pytest.mark.parametrize("length", [LIMIT + 1, 2**32 - 1])
def test_a_frame_over_the_limit_is_refused_before_it_is_read(
    pair: Pair, length: int
) -> None:
    pair.raw.sendall(length.to_bytes(4))
    with pytest.raises(ProtocolError, match="over the limit"):
        pair.one.recv()


def test_a_message_over_the_limit_is_not_sent(pair: Pair) -> None:
    with pytest.raises(ProtocolError, match="over the limit"):
        pair.one.send({"text": "x" * LIMIT})


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\x03data",
        b"{",
        b'{"a": \xff}',
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"n":' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "list", "stream 3", "cut", "not utf-8", "deep", "deeper", "huge number"],
)
def test_what_is_no_frame_of_ours_is_a_protocol_error(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(payload)


@given(st.binary(max_size=200))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        assert isinstance(decode(payload), dict | Data)


def prove(agent_key: bytes, client_key: bytes) -> list[str]:
    """What each end says to the other's proof."""
    one, two = socket.socketpair()
    agent, client = SocketWire(one), SocketWire(two)
    said: list[str] = []

    def play_agent() -> None:
        try:
            prove_as_agent(agent, agent_key)
            said.append("agent: yes")
        except AgentError:
            said.append("agent: no")

    thread = Thread(target=play_agent)
    thread.start()
    try:
        prove_as_client(client, client_key)
        said.append("client: yes")
    except AgentError:
        said.append("client: no")
        client.close()
    thread.join(10)
    agent.close()
    client.close()
    return sorted(said)


def test_two_ends_with_the_same_key_trust_each_other() -> None:
    assert prove(b"k" * 32, b"k" * 32) == ["agent: yes", "client: yes"]


def test_two_ends_with_different_keys_do_not() -> None:
    assert prove(b"k" * 32, b"x" * 32) == ["agent: no", "client: no"]


def test_the_agents_own_proof_cannot_be_played_back_to_it() -> None:
    one, two = socket.socketpair()
    agent, mirror = SocketWire(one), SocketWire(two)
    refused: list[AgentError] = []

    def play_agent() -> None:
        try:
            prove_as_agent(agent, b"k" * 32)
        except AgentError as error:
            refused.append(error)

    thread = Thread(target=play_agent)
    thread.start()
    mirror.send(b"n" * 32)
    reply = mirror.recv()
    assert reply is not None
    mirror.send(reply[32:])
    thread.join(10)
    agent.close()
    mirror.close()
    assert refused
