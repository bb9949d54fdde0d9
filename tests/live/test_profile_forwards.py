"""The forwards of a profile, through `connect`: they carry data, `status` lists them, and none is in the notebook's way."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from lab.targets import call, echo, read_all, serving

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


@pytest.fixture
def service() -> Iterator[int]:
    """Something that listens; the hosts share the network with us, so it is theirs and ours."""
    with serving(echo) as port:
        yield port


def save(desk: Desk, host: SshHost, *forwards: dict[str, str]) -> None:
    desk.knows(host, local_port=free_port())
    with (desk.config / "profiles.toml").open("a") as file:
        for one in forwards:
            file.write("[[profiles.myvm.forwards]]\n")
            file.writelines(f"{key} = {json.dumps(text)}\n" for key, text in one.items())


def says_back(port: int, host: str = "127.0.0.1") -> bool:
    with call(port, host=host) as sock:
        return echoes(sock)


def echoes(sock: socket.socket) -> bool:
    sock.sendall(b"hello")
    sock.shutdown(socket.SHUT_WR)
    return read_all(sock) == b"hello"


def through_socks(proxy: int, port: int) -> bool:
    """SOCKS5 without a password to an IPv4 address; RFC 1928."""
    with call(proxy) as sock:
        sock.sendall(b"\x05\x01\x00")
        assert sock.recv(2) == b"\x05\x00"
        sock.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2))
        assert sock.recv(10)[:2] == b"\x05\x00"
        return echoes(sock)


def test_local_socks_and_remote_forwards_carry_data_and_are_listed(
    vm: SshHost, desk: Desk, service: int
) -> None:
    local, socks, remote = free_port(), free_port(), free_port()
    save(
        desk,
        vm,
        {"kind": "local", "listen": f"localhost:{local}", "to": f"localhost:{service}"},
        {"kind": "socks", "listen": f"localhost:{socks}"},
        {"kind": "remote", "listen": f"localhost:{remote}", "to": f"localhost:{service}"},
    )
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err
    assert says_back(local)
    assert says_back(local, "::1")
    assert through_socks(socks, service)
    assert says_back(remote)
    listed = {one["listen"]: one for one in desk.row()["forwards"]}
    assert {port: one["kind"] for port, one in listed.items()} == {
        f"localhost:{local}": "local",
        f"localhost:{socks}": "socks",
        f"localhost:{remote}": "remote",
    }
    assert {one["error"] for one in listed.values()} == {""}
    assert desk.nbtui("disconnect", "myvm").status == 0
    for port in (local, socks, remote):
        with closing(socket.socket()) as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert desk.nbtui("stop", "myvm", "--yes").status == 0


def test_forwards_that_cannot_be_are_notes_and_the_notebook_is_there(
    vm: SshHost, desk: Desk, service: int
) -> None:
    good = free_port()
    save(
        desk,
        vm,
        {"kind": "local", "listen": f"localhost:{service}", "to": "localhost:1"},
        {"kind": "remote", "listen": f"127.0.0.1:{service}", "to": "localhost:1"},
        {"kind": "local", "listen": f"localhost:{good}", "to": f"localhost:{service}"},
    )
    ran = desk.nbtui("connect", "myvm", "--no-browser")
    assert ran.status == 0, ran.err
    assert f"no local forward on localhost:{service}" in ran.err
    assert f"no remote forward on 127.0.0.1:{service}" in ran.err
    row = desk.row()
    assert row["state"] == "connected"
    assert [bool(one["error"]) for one in row["forwards"]] == [True, True, False]
    assert says_back(good)
    assert desk.nbtui("stop", "myvm", "--yes").status == 0
