"""Every way to name a host: behind two jumps, an alias of ssh_config, user@host:port; and a login by prompts."""

import getpass
from collections.abc import Callable, Iterator
from typing import Any

import asyncssh
import pytest

from lab.desk import Desk
from lab.logins import LoginServer, PromptServer
from lab.sshd import SshHost, free_port

pytestmark = [pytest.mark.live, pytest.mark.slow]

Chain = tuple[SshHost, SshHost, SshHost]
"""Gateway, bastion, and the machine behind both."""


@pytest.fixture(scope="module")
def chain(make_shared_host: Callable[..., SshHost]) -> Chain:
    gateway, bastion, machine = (make_shared_host(name) for name in ("gw", "bast", "vm"))
    return gateway, bastion, machine


def where(host: SshHost) -> str:
    return f"127.0.0.1:{host.port}"


def trust(desk: Desk, *hosts: SshHost) -> None:
    known = "".join(host.known_hosts.read_text() for host in hosts)
    (desk.home / ".ssh" / "known_hosts").write_text(known)


def configure(desk: Desk, text: str) -> None:
    (desk.home / ".ssh" / "config").write_text(text)


def behind_two(desk: Desk, chain: Chain) -> None:
    """A profile behind two jumps; the key of the jumps comes from ssh_config, as ssh would have it."""
    gateway, bastion, machine = chain
    configure(desk, f"Host *\n  IdentityFile {machine.key}\n")
    (desk.config / "profiles.toml").write_text(
        f'[profiles.far]\nhost = "127.0.0.1"\nport = {machine.port}\n'
        f'jump = "{where(gateway)},{where(bastion)}"\n'
    )


def links(desk: Desk) -> int:
    return int(desk.nbtui("agent", "status", "--json").json["agent"]["links"])


def test_a_profile_behind_two_jumps_is_reached_by_three_links(
    chain: Chain, desk: Desk
) -> None:
    behind_two(desk, chain)
    trust(desk, *chain)
    ran = desk.nbtui("shell", "far", "--", "hostname")
    assert (ran.status, ran.out) == (0, "vm\n"), ran.err
    assert links(desk) == 3
    assert desk.nbtui("disconnect", "far").status == 0
    assert links(desk) == 0


def test_an_alias_with_proxyjump_is_reached_the_same_way(chain: Chain, desk: Desk) -> None:
    gateway, bastion, machine = chain
    configure(
        desk,
        f"Host gw\n  HostName 127.0.0.1\n  Port {gateway.port}\n"
        f"Host bast\n  HostName 127.0.0.1\n  Port {bastion.port}\n  ProxyJump gw\n"
        f"Host far\n  HostName 127.0.0.1\n  Port {machine.port}\n  ProxyJump bast\n"
        f"Host *\n  IdentityFile {machine.key}\n",
    )
    trust(desk, *chain)
    ran = desk.nbtui("shell", "far", "--", "hostname")
    assert (ran.status, ran.out) == (0, "vm\n"), ran.err
    assert links(desk) == 3


@pytest.mark.parametrize("unknown", [0, 1, 2])
def test_the_key_of_each_hop_is_verified_and_the_unknown_one_is_named(
    chain: Chain, desk: Desk, unknown: int
) -> None:
    behind_two(desk, chain)
    trust(desk, *(host for host in chain if host is not chain[unknown]))
    ran = desk.nbtui("connect", "far", "--no-start")
    assert (ran.status, ran.out) == (5, ""), ran.err
    assert f"[127.0.0.1]:{chain[unknown].port}" in ran.err
    for host in chain[:unknown] + chain[unknown + 1 :]:
        assert f"[127.0.0.1]:{host.port}" not in ran.err
    assert links(desk) == 0


def test_on_a_terminal_the_middle_hop_is_asked_about_by_its_name(
    chain: Chain, desk: Desk
) -> None:
    behind_two(desk, chain)
    gateway, bastion, machine = chain
    trust(desk, gateway, machine)
    with desk.terminal("shell", "far", "--", "hostname") as tty:
        tty.wait_for(b"[y/N]")
        assert f"{bastion.port}".encode() in tty.shown
        tty.type(b"y\n")
        assert tty.end() == 0
        assert b"vm" in tty.shown


def test_a_jump_that_is_down_is_named_and_is_exit_6(chain: Chain, desk: Desk) -> None:
    behind_two(desk, chain)
    trust(desk, *chain)
    nobody = free_port()
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace(str(chain[1].port), str(nobody)))
    ran = desk.nbtui("connect", "far")
    assert (ran.status, ran.out) == (6, ""), ran.err
    assert str(nobody) in ran.err
    assert "try: " in ran.err


@pytest.fixture(scope="module")
def notebook_host(make_shared_host: Callable[..., SshHost]) -> SshHost:
    host = make_shared_host("nb")
    host.give_jupyter()
    return host


def test_a_bare_name_of_ssh_config_and_user_at_host_do_the_whole_job(
    notebook_host: SshHost, desk: Desk
) -> None:
    host = notebook_host
    trust(desk, host)
    configure(
        desk,
        f"Host nb\n  HostName 127.0.0.1\n  Port {host.port}\n"
        f"Host *\n  IdentityFile {host.key}\n",
    )
    local = str(free_port())
    ran = desk.nbtui("connect", "nb", "--no-browser", "--local-port", local, "--json")
    assert ran.status == 0, ran.err
    row = ran.json
    assert (row["name"], row["state"], row["source"]) == ("nb", "connected", "ssh_config")
    assert row["url"] == f"http://localhost:{local}/"
    spelled = f"{getpass.getuser()}@127.0.0.1:{host.port}"
    second = desk.nbtui(
        "connect", spelled, "--no-browser", "--local-port", "auto", "--json"
    )
    # the server is marked for another profile, so it is nobody's to take silently
    assert (second.status, second.out) == (9, ""), second.err
    assert "nbtui-nb" in second.err
    assert desk.nbtui("stop", "nb", "--yes").status == 0
    again = desk.nbtui("connect", spelled, "--no-browser", "--local-port", "auto", "--json")
    assert again.status == 0, again.err
    assert (again.json["name"], again.json["source"]) == (spelled, "command line")
    assert desk.nbtui("stop", spelled, "--yes").status == 0
    assert not (desk.config / "profiles.toml").exists()


ANSWERS = ["s3cret", "246810"]
PROMPTS = [("Password: ", False), ("Verification code: ", False)]


class Counted(PromptServer):
    """Counts how often it asked."""

    asked = 0

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        type(self).asked += 1
        return super().get_kbdint_challenge(username, lang, submethods)


@pytest.fixture
def two_factors() -> Iterator[LoginServer]:
    Counted.asked = 0
    server = LoginServer(lambda: Counted(PROMPTS, ANSWERS), process_factory=say_hello)
    yield server
    server.close()


def say_hello(process: "asyncssh.SSHServerProcess[str]") -> None:
    """No shell: the login is all that is there."""
    process.exit(0)


def save_two_factors(desk: Desk, server: LoginServer) -> None:
    (desk.config / "profiles.toml").write_text(
        f'[profiles.tfa]\nhost = "127.0.0.1"\nport = {server.port}\nuser = "ada"\n'
    )
    configure(
        desk,
        "Host 127.0.0.1\n  StrictHostKeyChecking accept-new\n"
        f"  IdentityFile {desk.root}/none\n",
    )


def test_password_and_code_are_asked_once_each_naming_the_hop(
    two_factors: LoginServer, desk: Desk
) -> None:
    save_two_factors(desk, two_factors)
    with desk.terminal("connect", "tfa", "--no-start") as tty:
        tty.wait_for(b"Password")
        assert b"ada@127.0.0.1" in tty.shown
        tty.type(ANSWERS[0].encode() + b"\n")
        tty.wait_for(b"Verification code")
        assert b"one code now, none again until you disconnect" in tty.shown
        tty.type(ANSWERS[1].encode() + b"\n")
        status = tty.end()
    # what is behind the login has no shell, but nobody was asked again for that
    assert status not in (0, 4), tty.shown
    assert (Counted.asked, tty.shown.count(b"Verification code")) == (1, 1)
    for answer in ANSWERS:
        assert answer.encode() not in tty.shown
        assert answer not in desk.log()


def test_a_wrong_code_is_exit_4(two_factors: LoginServer, desk: Desk) -> None:
    save_two_factors(desk, two_factors)
    with desk.terminal("connect", "tfa", "--no-start") as tty:
        for attempt in range(3):
            tty.wait_for(b"Password", times=attempt + 1)
            tty.type(ANSWERS[0].encode() + b"\n")
            tty.wait_for(b"Verification code", times=attempt + 1)
            tty.type(b"000000\n")
        assert tty.end() == 4
    assert b"000000" not in tty.shown
    row = desk.row("tfa")
    assert (row["state"], row["last_error"]["code"]) == ("failed", 4)
