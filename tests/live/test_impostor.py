"""Somebody else answers at the host's address while a notebook is open: told nothing, and said at once."""

import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.desk import Desk
from lab.shaper import Shaper
from lab.shells import SshShell
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]

LOGIN = ("receive packet: type 5 ", "receive packet: type 50 ", "userauth-request for user")
"""What sshd's log says of SSH_MSG_SERVICE_REQUEST and SSH_MSG_USERAUTH_REQUEST."""


@pytest.fixture
def vm(make_host: Callable[..., SshHost]) -> SshHost:
    host = make_host("vm")
    host.give_jupyter()
    return host


@pytest.fixture
def impostor(make_host: Callable[..., SshHost]) -> SshHost:
    """It would let us in by the same key, and its log tells every packet of a login."""
    return make_host("impostor", config="LogLevel DEBUG3")


@pytest.fixture
def wire(vm: SshHost, desk: Desk) -> Iterator[Shaper]:
    """The address at which the desk knows its host."""
    with Shaper(vm.port) as shaper:
        desk.knows(vm, local_port=free_port(), port=free_port())
        for file in (desk.config / "profiles.toml", known_hosts(desk)):
            file.write_text(file.read_text().replace(str(vm.port), str(shaper.port)))
        yield shaper


def known_hosts(desk: Desk) -> Path:
    return desk.home / ".ssh" / "known_hosts"


def test_an_impostor_is_refused_told_nothing_and_the_right_host_is_taken_again(
    vm: SshHost, impostor: SshHost, wire: Shaper, desk: Desk
) -> None:
    first = desk.nbtui("connect", "myvm", "--json")
    assert first.status == 0, first.err + desk.log()
    port, pid = first.json["local_port"], first.json["server"]["pid"]
    trusted = known_hosts(desk).read_bytes()

    wire.lead(impostor.port)
    wire.cut()
    row = until(lambda: refused(desk), what="a refusal", seconds=30) or {}
    assert row["state"] == "reconnecting"
    assert row["last_error"]["message"].count("SHA256:") == 2
    assert row["last_error"]["try"] == "nbtui doctor myvm --fix"
    assert row["lights"]["link"] != "ok"
    assert answer_at(port) == b"", "the port is bound, and nobody speaks there"
    ran = desk.nbtui("connect", "myvm", "--no-browser")
    assert (ran.status, ran.out, "changed" in ran.err) == (5, "", True)
    assert desk.nbtui("url", "myvm").out == ""
    assert "SSH2_MSG_KEXINIT received" in (impostor.root / "log").read_text()
    assert heard_of_a_login(impostor) == []
    assert known_hosts(desk).read_bytes() == trusted

    wire.lead(vm.port)
    until(lambda: desk.row()["state"] == "connected", what="the right host", seconds=60)
    again = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert (again.status, again.json["server"]["pid"]) == (0, pid)
    assert again.json["last_error"] is None
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=10) as reply:
        assert reply.status == 200
    SshShell(impostor).run("true")
    assert heard_of_a_login(impostor) == list(LOGIN), "its log would have told"


def heard_of_a_login(host: SshHost) -> list[str]:
    log = (host.root / "log").read_text()
    return [word for word in LOGIN if word in log]


def refused(desk: Desk) -> dict[str, Any] | None:
    row = desk.row()
    error = row["last_error"]
    return row if error and error["code"] == 5 and row["state"] == "reconnecting" else None


def answer_at(port: int) -> bytes:
    """What a browser gets; its connection waits a while and is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=40) as browser:
        browser.sendall(b"GET /api HTTP/1.0\r\n\r\n")
        try:
            return browser.recv(100)
        except ConnectionResetError:
            return b""
