"""Packets under AES-GCM, between two packetizers of ours and one of paramiko's own; no SSH server."""

import os
import socket
from collections.abc import Iterator
from threading import Thread

import paramiko
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, strategies as st
from paramiko.packet import NeedRekeyException, Packetizer

from nbtui.clock import SystemClock
from nbtui.ssh.gcm import LONGEST, MOST_DATA, Outgoing
from nbtui.ssh.packets import Packets
from nbtui.ssh.wire import Wire

KEY, FIRST = os.urandom(16), os.urandom(12)


class Taker:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.data = b""

    def feed(self, data: bytes | memoryview) -> None:
        self.data += data

    def end(self) -> None:
        raise NotImplementedError


class Pair:
    """One that writes, one that reads, with the same keys."""

    def __init__(self) -> None:
        self.socks = socket.socketpair()
        self.writer, self.reader = map(packets, self.socks)
        keyed(self.writer, self.reader)

    def close(self) -> None:
        for sock in self.socks:
            sock.close()


def packets(sock: socket.socket) -> Packets:
    wire = Wire(sock, clock=SystemClock())
    wire.greeted = True
    return Packets(wire)


def keyed(writer: Packetizer, reader: Packetizer, *, first: bytes = FIRST) -> None:
    facts = {"block_size": 16, "mac_engine": None, "mac_size": 16, "mac_key": None}
    engine = AESGCM(KEY)
    writer.set_outbound_cipher(block_engine=engine, aead=True, iv_out=first, **facts)  # type: ignore[arg-type]
    reader.set_inbound_cipher(block_engine=engine, aead=True, iv_in=first, **facts)  # type: ignore[arg-type]


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.close()


def message(kind: int, content: bytes) -> paramiko.Message:
    return paramiko.Message(bytes([kind]) + content)


def data(channel: int, content: bytes) -> Outgoing:
    outgoing = Outgoing(channel, MOST_DATA)
    outgoing.room[: len(content)] = content
    outgoing.hold(len(content))
    return outgoing


def read_data(packetizer: Packetizer) -> tuple[int, bytes]:
    kind, said = packetizer.read_message()
    assert kind == 94
    return said.get_int(), said.get_binary()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_messages_of_any_length_arrive_as_they_were(contents: list[bytes]) -> None:
    pair = Pair()
    for content in contents:
        pair.writer.send_message(message(80, content))
    for content in contents:
        kind, said = pair.reader.read_message()
        assert (kind, said.asbytes()) == (80, content)
    pair.close()


@given(st.lists(st.integers(1, MOST_DATA), min_size=1, max_size=6))
def test_data_of_any_length_reaches_the_sink_of_its_channel(sizes: list[int]) -> None:
    pair, taker = Pair(), Taker()
    contents = [os.urandom(size) for size in sizes]
    pair.reader.routes[7] = taker

    def send() -> None:
        for content in contents:
            pair.writer.send_message(data(7, content))
        pair.writer.send_message(message(80, b"done"))

    sender = Thread(target=send)
    sender.start()
    assert pair.reader.read_message()[0] == 80
    sender.join()
    assert taker.data == b"".join(contents)
    pair.close()


def test_data_for_nobody_is_a_message(pair: Pair) -> None:
    pair.writer.send_message(data(7, b"hello"))
    assert read_data(pair.reader) == (7, b"hello")


def test_stock_understands_ours_and_ours_understands_stock(pair: Pair) -> None:
    ours, theirs = pair.reader, Packetizer(pair.socks[0])
    keyed(theirs, ours)
    keyed(ours, theirs)
    theirs.send_message(data(1, b"from stock"))
    assert read_data(ours) == (1, b"from stock")
    ours.send_message(data(2, b"from ours"))
    assert read_data(theirs) == (2, b"from ours")


def test_a_packet_that_was_changed_on_its_way_ends_it(pair: Pair) -> None:
    pair.writer.send_message(message(80, b"abc"))
    packet = bytearray(pair.socks[1].recv(1000))
    packet[-1] ^= 1
    pair.socks[0].sendall(packet)
    with pytest.raises(paramiko.SSHException, match="changed"):
        pair.reader.read_message()


@pytest.mark.parametrize("size", [0, 15, LONGEST, 2**32 - 1])
def test_a_packet_of_an_impossible_length_ends_it_before_it_is_read(
    pair: Pair, size: int
) -> None:
    pair.socks[0].sendall(size.to_bytes(4))
    with pytest.raises(paramiko.SSHException, match="a packet of"):
        pair.reader.read_message()


@pytest.mark.parametrize("claimed", [0, 4, 6, 2**32 - 1])
def test_data_that_lies_about_its_length_ends_it(pair: Pair, claimed: int) -> None:
    pair.reader.routes[7] = taker = Taker()
    lie = (7).to_bytes(4) + claimed.to_bytes(4) + b"hello"
    pair.writer.send_message(message(94, lie))
    with pytest.raises(paramiko.SSHException, match="another length"):
        pair.reader.read_message()
    assert taker.data == b""


def test_a_packet_that_is_all_padding_ends_it(pair: Pair) -> None:
    plain = bytes([15]) + bytes(15)
    length = len(plain).to_bytes(4)
    pair.socks[0].sendall(length + AESGCM(KEY).encrypt(FIRST, plain, length))
    with pytest.raises(paramiko.SSHException, match="without content"):
        pair.reader.read_message()


def test_each_packet_has_a_nonce_of_its_own_also_where_the_count_begins_anew() -> None:
    pair = Pair()
    keyed(pair.writer, pair.reader, first=FIRST[:4] + bytes([255]) * 8)
    for text in (b"last", b"first"):
        pair.writer.send_message(message(80, text))
        assert pair.reader.read_message()[1].asbytes() == text
    pair.close()


def test_new_keys_are_due_after_so_many_bytes_either_way_and_not_once_they_are_there(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Packets, "REKEY_BYTES", 1000)
    pair.reader.routes[7] = Taker()
    assert not pair.writer.need_rekey()
    pair.writer.send_message(data(7, bytes(2000)))
    assert pair.writer.need_rekey()
    with pytest.raises(NeedRekeyException):
        pair.reader.read_message()
    assert pair.reader.need_rekey()
    keyed(pair.writer, pair.reader)
    keyed(pair.reader, pair.writer)
    assert not pair.writer.need_rekey()
    assert not pair.reader.need_rekey()


def test_the_end_of_the_wire_is_an_end(pair: Pair) -> None:
    pair.socks[0].close()
    with pytest.raises(EOFError):
        pair.reader.read_message()


def test_closing_wakes_who_reads(pair: Pair) -> None:
    ended: list[type[BaseException]] = []

    def read() -> None:
        try:
            pair.reader.read_message()
        except EOFError as exc:
            ended.append(type(exc))

    reader = Thread(target=read)
    reader.start()
    pair.reader.close()
    reader.join()
    assert ended == [EOFError]


def test_what_was_read_ahead_is_there_for_stock_once_the_cipher_is_another(
    pair: Pair,
) -> None:
    for text in (b"one", b"two"):
        pair.writer.send_message(message(80, text))
    assert pair.reader.read_message()[1].asbytes() == b"one"
    pair.socks[0].sendall(b"plain")
    assert pair.reader.read_all(4) == (16).to_bytes(4)
    assert pair.reader.read_all(16 + 16 + 5).endswith(b"plain")
