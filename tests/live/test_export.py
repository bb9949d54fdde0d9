"""What `profile export` writes is taken by the programs that it is for: ssh and plink log in and forward."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = pytest.mark.live


@pytest.fixture
def notebook() -> Iterator[int]:
    """A port on which somebody says hello, here and, because the lab's hosts share our network, there."""
    with socket.create_server(("127.0.0.1", free_port())) as server:

        def greet() -> None:
            try:
                while True:
                    connection, _address = server.accept()
                    with connection:
                        connection.sendall(b"hello")
            except OSError:
                return

        greeter = Thread(target=greet)
        greeter.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        greeter.join()


def heard(port: int) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(5)
    except OSError:
        return b""


def knows_behind(desk: Desk, gateway: SshHost, machine: SshHost) -> None:
    """A profile behind another one, which has a key and a port of its own."""
    desk.knows(gateway, "gate")
    desk.knows(machine, "far")
    file = desk.config / "profiles.toml"
    jump = '[profiles.far]\njump = "gate"'
    file.write_text(file.read_text().replace("[profiles.far]", jump))


def export(desk: Desk, program: str, to: Path, *names: str) -> str:
    ran = desk.nbtui("profile", "export", program, *names, "--to", str(to))
    assert (ran.status, ran.out) == (0, ""), ran.err
    return ran.err


def as_ppk(host: SshHost) -> None:
    subprocess.run(["puttygen", host.key, "-o", f"{host.key}.ppk"], check=True)


def run(desk: Desk, *argv: str, keys: int = 0) -> str:
    """Of a command on the host; `keys` host keys are new to plink, which asks on its standard input."""
    done = subprocess.run(
        argv, env=desk.env, input="y\n" * keys, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ssh_logs_in_and_forwards(desk: Desk, host: SshHost, notebook: int) -> None:
    tunnel = free_port()
    desk.knows(host, port=notebook, local_port=tunnel)
    config = desk.root / "exported"
    export(desk, "openssh", config)
    known = f"-oUserKnownHostsFile={host.known_hosts}"
    argv = ("ssh", "-F", str(config), known, "-oBatchMode=yes", "myvm")
    assert run(desk, *argv, "hostname") == "alpha\n"
    with subprocess.Popen([*argv, "-N"], env=desk.env) as ssh:
        until(lambda: heard(tunnel) == b"hello", what="hello through ssh")
        ssh.terminate()


def test_plink_logs_in_and_forwards(desk: Desk, host: SshHost, notebook: int) -> None:
    tunnel = free_port()
    desk.knows(host, '"lab/my vm"', port=notebook, local_port=tunnel)
    as_ppk(host)
    assert export(desk, "putty", desk.home / ".putty" / "sessions") == ""
    assert run(desk, "plink", "-load", "lab/my vm", "hostname", keys=1) == "alpha\n"
    argv = ("plink", "-batch", "-N", "-load", "lab/my vm")
    with subprocess.Popen(argv, env=desk.env, stdin=subprocess.PIPE) as plink:
        until(lambda: heard(tunnel) == b"hello", what="hello through plink")
        plink.terminate()


def test_both_go_through_the_same_jump(
    desk: Desk, make_host: Callable[..., SshHost]
) -> None:
    gateway, machine = make_host("gate"), make_host("far")
    knows_behind(desk, gateway, machine)
    config = desk.root / "exported"
    export(desk, "openssh", config, "far")
    known = desk.root / "known"
    known.write_text(gateway.known_hosts.read_text() + machine.known_hosts.read_text())
    config.write_text(config.read_text() + f"\nMatch all\n  UserKnownHostsFile {known}\n")
    assert (
        run(desk, "ssh", "-F", str(config), "-oBatchMode=yes", "far", "hostname") == "far\n"
    )
    as_ppk(machine)
    export(desk, "putty", desk.home / ".putty" / "sessions", "far")
    assert run(desk, "plink", "-load", "far", "hostname", keys=2) == "far\n"
