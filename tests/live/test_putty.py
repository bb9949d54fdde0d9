"""nbtui beside the real PuTTY: plink's own files, its tunnel, its port."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.programs import program
from lab.sshd import SshHost, free_port
from nbtui.errors import ExitCode
from nbtui.keys.known_hosts import fingerprint
from nbtui.profiles.putty.hostkeys import cached_keys
from nbtui.profiles.putty.source import RawHostKey

pytestmark = pytest.mark.live

RELAY = (
    "import os, socket, sys, threading; s = socket.create_connection((sys.argv[1], int(sys.argv[2])));"
    ' threading.Thread(target=lambda: [s.sendall(x) for x in iter(lambda: os.read(0, 65536), b"")], daemon=True).start();'
    ' [os.write(1, x) for x in iter(lambda: s.recv(65536), b"")]'
)
"""Leads standard input and output to a host and port, as nc does."""

KINDS = {
    "rsa": ("-t", "rsa", "-b", "2048"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "ed25519": ("-t", "ed25519"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_plink_has_cached_is_the_hosts_own(kind: str, tmp_path: Path) -> None:
    """plink asks sshd, a person says yes, and the line that plink writes is read."""
    key, port = tmp_path / "key", free_port()
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", str(key), *KINDS[kind]], check=True)
    config = tmp_path / "sshd_config"
    config.write_text(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {key}\nUsePAM no\n")
    (tmp_path / ".putty").mkdir()  # plink makes none
    home = {**os.environ, "HOME": str(tmp_path)}
    with subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)]) as sshd:
        try:
            line = cached_by_plink(port, home, tmp_path)
        finally:
            sshd.terminate()
    name, _blank, value = line.partition(" ")
    [found] = cached_keys([RawHostKey(name, value)])
    public = base64.b64decode(Path(f"{key}.pub").read_text().split()[1])
    assert (found.host, found.port, found.blob) == ("127.0.0.1", port, public)


def cached_by_plink(port: int, env: dict[str, str], home: Path) -> str:
    for _ in range(50):  # until sshd listens
        subprocess.run(
            ["plink", "-P", str(port), "nobody@127.0.0.1", "true"],
            input=b"y\n\n", env=env, capture_output=True, check=False, timeout=20,
        )  # fmt: skip
        file = next(home.rglob("sshhostkeys"), None)
        if file is not None and file.read_text():
            return file.read_text().strip()
    raise AssertionError("plink has cached nothing")


@pytest.fixture
def proxied(host: SshHost, desk: Desk) -> Path:
    """A session that goes through a command; the file that the command leaves when it was run."""
    mark, command = desk.root / "ran", desk.root / "way"
    command.write_text(
        f"#!/bin/sh\necho $1 >>{mark}\nexec {sys.executable} -c '{RELAY}' $1 $2\n"
    )
    command.chmod(0o755)
    session(desk, "vm", host, ProxyMethod=5, ProxyTelnetCommand=rf"{command} %host %port\n")
    (desk.home / ".ssh" / "known_hosts").write_text(host.known_hosts.read_text())
    return mark


def session(desk: Desk, name: str, host: SshHost, **settings: object) -> None:
    """What PuTTY would have saved for a host of the lab."""
    said = {
        "HostName": f"root@{host.address}",
        "PortNumber": host.port,
        "PublicKeyFile": host.key,
        "Protocol": "ssh",
        **settings,
    }
    folder = desk.home / ".putty" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f"{key}={value}\n" for key, value in said.items()))


def test_a_proxy_command_that_was_imported_is_run_after_a_yes_and_not_before(
    desk: Desk, proxied: Path
) -> None:
    assert desk.nbtui("profile", "import", "putty").status == 0
    refused = desk.nbtui("shell", "vm", "--", "true")
    assert (refused.status, proxied.exists()) == (ExitCode.REFUSED, False)
    assert f"{proxied.parent}/way %h %p" in refused.err
    with desk.terminal("shell", "vm", "--", "echo", "hello") as terminal:
        terminal.wait_for(b"Run it?")
        assert not proxied.exists()
        terminal.type(b"y\r")
        assert terminal.end() == 0
        assert b"hello" in terminal.shown
    assert proxied.exists()
    desk.nbtui("disconnect", "vm")
    assert desk.nbtui("shell", "vm", "--", "true").status == 0, "it has a yes by now"


def test_a_command_that_a_person_wrote_is_not_asked_about(
    desk: Desk, proxied: Path
) -> None:
    desk.nbtui("profile", "import", "putty")
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace("way %h %p", "way %h %p # mine"))
    assert desk.nbtui("shell", "vm", "--", "true").status == 0
    assert proxied.exists()


def test_a_session_of_putty_is_reached_without_import_and_its_command_is_asked_about(
    desk: Desk, proxied: Path, host: SshHost
) -> None:
    session(desk, "lab%2Fbox", host)
    ran = desk.nbtui("shell", "lab/box", "--", "echo", "hello")
    assert (ran.status, ran.out) == (0, "hello\n"), ran.err
    assert desk.nbtui("shell", "vm", "--", "true").status == ExitCode.REFUSED
    assert not proxied.exists()
    names = {
        one["name"]: one["source"]
        for one in desk.nbtui("profile", "list", "--all", "--json").json["profiles"]
    }
    assert names == {"lab/box": "putty", "vm": "putty"}


@pytest.fixture
def putty_key(host: SshHost, desk: Desk) -> Path:
    """The user's key as PuTTY keeps it."""
    path = desk.root / "key.ppk"
    puttygen = ["puttygen", str(host.key), "-O", "private", "-o", str(path)]
    subprocess.run(puttygen, check=True, capture_output=True)
    path.chmod(0o600)
    return path


def plink(desk: Desk, host: SshHost, *words: str) -> tuple[str, ...]:
    """A plink that trusts the host, with this user's sessions."""
    blob = base64.b64decode(host.known_hosts.read_text().split()[2])
    home = f"HOME={desk.home}"
    return ("env", home, "plink", "-batch", "-hostkey", fingerprint(blob), *words)


def test_plink_and_nbtui_take_one_session_to_one_host(
    desk: Desk, host: SshHost, putty_key: Path
) -> None:
    session(desk, "lab%20box", host, PublicKeyFile=putty_key)
    (desk.home / ".ssh" / "known_hosts").write_text(host.known_hosts.read_text())
    command = plink(desk, host, "-load", "lab box", "hostname")
    theirs = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert desk.nbtui("shell", "lab box", "--", "hostname").out == theirs
    assert desk.nbtui("profile", "import", "putty", "lab box").status == 0
    assert desk.nbtui("shell", "lab box", "--", "hostname").out == theirs


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_first_connect_names_the_plink_that_has_the_tunnel_and_goes_on_when_it_is_closed(
    desk: Desk, host: SshHost, putty_key: Path
) -> None:
    host.give_jupyter()
    port, there = free_port(), free_port()
    forward = f"L{port}=127.0.0.1:8889"
    session(desk, "vm", host, PublicKeyFile=putty_key, PortForwardings=forward)
    (desk.home / ".ssh" / "known_hosts").write_text(host.known_hosts.read_text())
    assert desk.nbtui("profile", "import", "putty").status == 0
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace("port = 8889", f"port = {there}"))
    with program(*plink(desk, host, "-N", "-load", "vm"), port=port) as window:
        ran = desk.nbtui("connect", "vm", "--no-browser")
        owner = f"plink -load vm (pid {window.pid})"
        assert ran.status == ExitCode.PORT_TAKEN, ran.err
        assert f"local port {port} is taken by {owner}" in ran.err
        assert "close that window" in ran.err
        with desk.terminal("connect", "vm", "--no-browser") as terminal:
            terminal.wait_for(owner.encode(), seconds=60)
            terminal.wait_for(b"close that window, and this goes on")
            window.terminate()
            window.wait()
            assert terminal.end() == 0, terminal.shown
            assert f"http://localhost:{port}/".encode() in terminal.shown


def test_i_in_the_dashboard_makes_profiles_of_all_sessions(
    desk: Desk, host: SshHost
) -> None:
    (desk.config / "profiles.toml").write_text('[profiles.mine]\nhost = "127.0.0.1"\n')
    session(desk, "lab%2Fgpu1", host)
    session(desk, "old", host, Protocol="telnet")
    with desk.terminal() as terminal:
        terminal.wait_for(b"PuTTY")
        terminal.type(b"Gi")
        terminal.wait_for(b"1 new")
        terminal.type(b"q")
        assert terminal.end() == 0
    names = desk.nbtui("profile", "list", "--json").json["profiles"]
    assert [one["name"] for one in names] == ["mine", "lab/gpu1"]
