"""Local ports that are taken: exit 8 and by whom; `auto` and an absent port find the next free one."""

import os
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from lab.desk import Desk
from lab.programs import program
from lab.sshd import SshHost, free_port

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host with a Jupyter that runs."""
    host = make_shared_host("vm")
    host.give_jupyter()
    shared_desk.knows(host, port=free_port(), local_port=free_port())
    ran = shared_desk.nbtui("start", "myvm")
    assert ran.status == 0, ran.err
    return host


def local_port(desk: Desk) -> int:
    port: int = desk.nbtui("profile", "show", "myvm", "--json").json["jupyter"][
        "local_port"
    ]
    return port


@pytest.fixture(autouse=True)
def down(vm: SshHost, shared_desk: Desk) -> Iterator[SshHost]:
    """The host, disconnected before and after."""
    shared_desk.nbtui("disconnect", "--all")
    yield vm
    shared_desk.nbtui("disconnect", "--all")


def test_a_taken_port_names_process_and_pid_and_auto_finds_another(
    shared_desk: Desk,
) -> None:
    port = local_port(shared_desk)
    with program("python3", "-m", "http.server", f"{port}", port=port) as other:
        ran = shared_desk.nbtui("connect", "myvm", "--no-browser", "--json")
        assert (ran.status, ran.out) == (8, ""), ran.err
        assert f"local port {port} is taken by python3" in ran.err
        assert str(other.pid) in ran.err
        assert "try: nbtui connect myvm --local-port auto" in ran.err
        row = shared_desk.nbtui(
            "connect", "myvm", "--no-browser", "--json", "--local-port", "auto"
        ).json
        assert row["state"] == "connected"
        assert row["local_port"] != port
        assert shared_desk.nbtui("connect", "myvm", "--local-port", f"{port}").status == 9
        assert shared_desk.row()["local_port"] == row["local_port"]
    assert shared_desk.nbtui("disconnect", "myvm").status == 0
    again = shared_desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    assert again["local_port"] == port


def test_an_ssh_that_holds_this_very_tunnel_is_named_as_that(
    down: SshHost, shared_desk: Desk
) -> None:
    port = local_port(shared_desk)
    to = shared_desk.nbtui("profile", "show", "myvm", "--json").json["jupyter"]["port"]
    argv = (
        "ssh", "-F", "/dev/null", "-N", "-L", f"localhost:{port}:localhost:{to}",
        "-p", f"{down.port}", "-i", f"{down.key}", "-o", f"UserKnownHostsFile={down.known_hosts}",
        "127.0.0.1",
    )  # fmt: skip
    with program(*argv, port=port) as other:
        ran = shared_desk.nbtui("connect", "myvm", "--no-browser")
        assert ran.status == 8
        assert f"ssh (pid {other.pid})" in ran.err or f"{other.pid}" in ran.err
        assert "this very tunnel" in ran.err or "same tunnel" in ran.err
        assert "try: " in ran.err


def test_what_listens_on_one_address_family_only_is_found_too(
    shared_desk: Desk,
) -> None:
    port = local_port(shared_desk)
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", port))
        other.listen()
        ran = shared_desk.nbtui("connect", "myvm", "--no-browser")
        assert ran.status == 8, ran
        assert str(os.getpid()) in ran.err


def test_without_a_port_the_next_free_one_is_taken_and_kept(
    down: SshHost, shared_desk: Desk
) -> None:
    to = shared_desk.nbtui("profile", "show", "myvm", "--json").json["jupyter"]["port"]
    shared_desk.knows(down, "other", port=to)
    with program("python3", "-m", "http.server", f"{to}", port=to):
        row = shared_desk.nbtui("connect", "other", "--no-browser", "--json").json
        assert row["local_port"] > to
    shared_desk.nbtui("disconnect", "other")
    again = shared_desk.nbtui("connect", "other", "--no-browser", "--json").json
    assert again["local_port"] == row["local_port"]


TAKER = """
import contextlib, socket, threading
taken = []
for port in range(8889, 8893):
    with contextlib.suppress(OSError):
        taken.append(socket.create_server(("127.0.0.1", port)))
print("ready", flush=True)
threading.Event().wait()
"""


def test_a_port_that_nobody_asked_for_is_left_to_who_takes_it_after_our_look(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    host = make_host("other")
    host.give_jupyter()
    host.write("take.py", TAKER)
    take = (
        f"{sys.executable} ~/take.py > ~/ready & until [ -s ~/ready ]; do sleep 0.1; done"
    )
    desk.knows(host, activate=f"[ -e ~/ready ] || {{ {take}; }}")
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.json["remote_port"] > 8892
    assert ran.err.count("looking for jupyter on the host") == 1
    assert desk.nbtui("stop", "myvm", "--yes").status == 0
