"""What this machine says of a connection's addresses; nothing is sent."""

import socket
from contextlib import suppress

from lab.targets import call, echo, serving
from nbtui.ssh.here import Place, is_here, place_of, source_now, unsent

NOWHERE = "::2"
"""An address of the unspecified block that no machine has: RFC 4291, section 2.5.3."""


def test_a_connections_own_address_is_here_and_so_is_the_way_to_its_peer() -> None:
    for host in ("127.0.0.1", "::1"):
        with serving(echo, host=host) as port, call(port, host=host) as sock:
            place = place_of(sock)
            assert place is not None
            assert is_here(place)
            assert source_now(place) == host


def test_an_address_that_no_interface_has_is_not_here() -> None:
    gone = (NOWHERE, 1, 0, 0)
    assert not is_here(Place(socket.AF_INET6, gone, ("::1", 1, 0, 0)))


def test_a_pair_of_local_sockets_has_no_place() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert place_of(ours) is None


def test_a_connection_that_ended_has_no_place_and_no_queue() -> None:
    with serving(echo) as port:
        sock = call(port)
    sock.close()
    assert place_of(sock) is None
    assert unsent(sock) == 0


def test_what_a_peer_does_not_take_is_counted() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        call(listener.getsockname()[1]) as sock,
        listener.accept()[0],
    ):
        assert unsent(sock) == 0
        sock.setblocking(False)
        sent = 0
        with suppress(BlockingIOError):
            while True:
                sent += sock.send(bytes(1 << 16))
        assert 0 < unsent(sock) <= sent
