"""`nbtui doctor` on real hosts: faults on the way in, the right layer blamed, nothing changed."""

import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port, keygen
from lab.verdicts import Verdict, examine, verdict_of
from nbtui.client.engine import RemoteFailure, Unattended
from nbtui.client.socket_engine import socket_engine
from nbtui.clock import SystemClock
from nbtui.model.check import Check
from nbtui.model.profile import Profile
from nbtui.paths import user_paths

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host where a start would succeed."""
    host = make_shared_host("vm")
    host.give_jupyter()
    shared_desk.knows(host)
    return host


def save(desk: Desk, name: str, vm: SshHost, **facts: object) -> None:
    """Save a profile for the host, with a fault."""
    known = {"host": "127.0.0.1", "port": vm.port, "identity_file": str(vm.key), **facts}
    lines = [f"[profiles.{name}]"]
    lines += [
        f'{key} = "{x}"' if isinstance(x, str) else f"{key} = {x}"
        for key, x in known.items()
    ]
    with (desk.config / "profiles.toml").open("a") as file:
        file.write("\n".join(lines) + "\n")


def copy_of(key: Path, to: Path, mode: int) -> str:
    shutil.copy(key, to)
    to.chmod(mode)
    return str(to)


def encrypted(key: Path, to: Path) -> str:
    copy_of(key, to, 0o600)
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "x" * 8, "-f", str(to)]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
    return str(to)


@pytest.mark.slow
def test_each_fault_on_the_way_in_is_blamed_on_its_layer(
    vm: SshHost, shared_desk: Desk, tmp_path: Path
) -> None:
    desk, key = shared_desk, vm.key
    save(desk, "missing", vm, identity_file="/nowhere/id")
    save(desk, "open", vm, identity_file=copy_of(key, tmp_path / "open", 0o644))
    save(desk, "public", vm, identity_file=f"{key}.pub")
    save(desk, "secret", vm, identity_file=encrypted(key, tmp_path / "secret"))
    save(desk, "noname", vm, host="no-such-host.invalid")
    save(desk, "closed", vm, port=free_port())
    save(desk, "stranger", vm, identity_file=str(keygen(tmp_path / "stranger")))
    save(desk, "nobody", vm, user="no-such-user")
    save(desk, "unlike", vm, jump=f"127.0.0.1:{free_port()}")
    blamed: dict[str, tuple[str, int, str]] = {
        "missing": ("key files", 4, "does not exist"),
        "open": ("key files", 4, "try: chmod 600"),
        "public": ("key files", 4, "is a public key"),
        "secret": ("login", 4, "passphrase"),
        "noname": ("name", 6, "not known"),
        "closed": ("tcp", 6, "refused the connection"),
        "stranger": ("login", 4, "no key was accepted"),
        "nobody": ("login", 4, "no-such-user"),
        "unlike": ("tcp", 6, "refused the connection"),
        "gone.invalid": ("profile", 3, "nbtui profile add gone.invalid HOST"),
    }
    examine(desk)  # starts the agent, before ten want one
    begun = {name: desk.begin("doctor", name, "--json") for name in blamed}
    for name, (layer, status, said) in blamed.items():
        verdict = verdict_of(begun[name])
        assert verdict.found == (layer, status), (name, verdict)
        assert said in verdict.said(layer), (name, verdict.said(layer))
        assert verdict.of("shell") == "skip", name
        assert verdict.of("ssh-agent") == "skip", name
        assert verdict.said("shell").startswith(f"needs {layer} first"), name
    assert 'links": 0' in desk.nbtui("agent", "status", "--json").out


def test_a_profile_that_is_not_saved_is_examined_in_place_of_the_saved_one(
    vm: SshHost, shared_desk: Desk
) -> None:
    desk = shared_desk
    save(desk, "drafted", vm, port=free_port())
    before = (desk.config / "profiles.toml").read_bytes()
    engine = socket_engine(
        paths=user_paths(desk.env), environ=desk.env, clock=SystemClock()
    )
    draft = Profile(
        name="drafted", host="127.0.0.1", port=vm.port, identity_file=(str(vm.key),)
    )

    def examined(one: Profile | None) -> dict[str, Check]:
        checks = engine.doctor("drafted", False, Unattended(), draft=one)
        return {check.layer: check for check in checks}

    assert examined(None)["tcp"].status == "bad"
    found = examined(draft)
    assert found["tcp"].status == "ok"
    assert str(vm.port) in found["profile"].evidence
    assert found["shell"].status == "ok"
    assert (desk.config / "profiles.toml").read_bytes() == before
    checks = engine.doctor("x", False, Unattended(), draft=draft._replace(port=0, name="x"))
    with pytest.raises(RemoteFailure, match="port: must be a port"):
        list(checks)


def connections(vm: SshHost) -> int:
    """How many logins the host has seen."""
    return (vm.root / "log").read_text().count("Accepted publickey")


def test_a_host_that_is_well_is_dialled_once_and_left_as_it_was(
    vm: SshHost, make_desk: Callable[[], Desk]
) -> None:
    desk = make_desk()
    desk.knows(vm)
    before, files = connections(vm), sorted(vm.home.rglob("*"))
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    skipped = {layer for layer in verdict.checks if verdict.of(layer) == "skip"}
    assert skipped == {"ssh-agent", "server", "tunnel", "kernel"}
    assert "127.0.0.1 is an address" in verdict.said("name")
    assert "SSH-2.0-OpenSSH" in verdict.said("banner")
    assert str(vm.key) in verdict.said("login")
    assert "tmux" in verdict.said("versions")
    assert all(one["seconds"] >= 0 for one in verdict.checks.values())
    assert verdict.checks["banner"]["seconds"] > 0
    assert connections(vm) == before + 1
    assert desk.nbtui("agent", "status", "--json").json["agent"]["links"] == 0
    assert desk.row()["state"] == "disconnected"
    assert sorted(vm.home.rglob("*")) == files
    assert not any("tmux" in line for line in vm.processes())


def test_a_link_that_is_up_is_used_and_stays(vm: SshHost, shared_desk: Desk) -> None:
    assert shared_desk.nbtui("shell", "myvm", "--", "true").status == 0
    before = connections(vm)
    verdict = examine(shared_desk)
    assert verdict.found == ("", 0), verdict
    assert "the link is up already" in verdict.said("tcp")
    assert "SHA256:" in verdict.said("host key")
    assert connections(vm) == before
    assert shared_desk.row()["lights"]["link"] == "ok"
    shared_desk.nbtui("disconnect", "myvm")


def test_an_unknown_host_key_is_not_asked_about_and_not_written(
    vm: SshHost, make_desk: Callable[[], Desk]
) -> None:
    desk = make_desk()
    desk.knows(vm)
    known = desk.home / ".ssh" / "known_hosts"
    known.write_text("")
    with desk.terminal("doctor", "myvm") as tty:
        assert tty.end() == 5
    assert b"Trust it?" not in tty.shown
    assert "not known" in examine(desk).said("host key")
    assert known.read_text() == ""


def test_a_changed_host_key_shows_both_and_their_place(
    vm: SshHost, make_desk: Callable[[], Desk], tmp_path: Path
) -> None:
    desk = make_desk()
    desk.knows(vm)
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known = desk.home / ".ssh" / "known_hosts"
    known.write_text(f"[127.0.0.1]:{vm.port} {other}")
    verdict = examine(desk)
    assert verdict.found == ("host key", 5), verdict
    assert verdict.said("host key").count("SHA256:") == 2
    assert f"{known}:1" in verdict.said("host key")
    assert verdict.of("login") == "skip"


def test_a_bad_key_is_no_fault_while_another_opens_the_door(
    vm: SshHost, shared_desk: Desk
) -> None:
    save(shared_desk, "two", vm)
    file = shared_desk.config / "profiles.toml"
    pair = f'identity_file = ["/nowhere/id", "{vm.key}"]'
    head, _, tail = file.read_text().rpartition(f'identity_file = "{vm.key}"')
    file.write_text(head + pair + tail)
    verdict = examine(shared_desk, "two")
    assert verdict.found == ("", 0), verdict
    assert verdict.of("key files") == "warn"
    assert "/nowhere/id does not exist" in verdict.said("key files")


def test_an_ssh_agent_that_nobody_serves_is_a_warning(
    vm: SshHost, shared_desk: Desk
) -> None:
    del vm
    verdict = examine(shared_desk, SSH_AUTH_SOCK="/nowhere/sock")
    assert verdict.of("ssh-agent") == "warn"
    assert verdict.status == 0


def test_a_broken_file_is_blamed_with_line_and_column_and_no_agent_is_started(
    desk: Desk,
) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.")
    verdict = examine(desk)
    assert verdict.found == ("config", 1), verdict
    assert "profiles.toml:1:11" in verdict.said("config")
    assert verdict.of("profile") == "skip"
    assert desk.nbtui("agent", "status").out == "not running\n"


def test_a_folder_of_the_agents_socket_that_others_can_enter_is_blamed(desk: Desk) -> None:
    (desk.runtime / "nbtui").mkdir(mode=0o755)
    verdict = examine(desk)
    assert verdict.found == ("agent", 1), verdict
    assert "try: chmod 700" in verdict.said("agent")


def test_without_a_name_only_this_machine_is_looked_at(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text(
        '[profiles.a]\nhost = "192.0.2.1"\nidentity_file = "/nowhere/id"\n'
    )
    ran = desk.nbtui("doctor", "--json")
    assert ran.status == 0
    assert ran.json["profile"] is None
    checks = {one["layer"]: one for one in ran.json["checks"]}
    assert list(checks) == ["config", "agent", "key files", "ssh-agent", "versions"]
    assert checks["agent"]["status"] == "skip"
    assert checks["key files"]["status"] == "warn"
    assert "/nowhere/id" in checks["key files"]["evidence"]
    assert list(desk.runtime.iterdir()) == []
    desk.config.chmod(0o777)
    assert "! config" in desk.nbtui("doctor").out
    desk.config.chmod(0o700)
    (desk.config / "profiles.toml").write_text("[profiles.")
    assert desk.nbtui("doctor").status == 1


def test_fixes_without_a_terminal_are_exit_2_and_nothing_is_done(desk: Desk) -> None:
    ran = desk.nbtui("doctor", "myvm", "--fix")
    assert (ran.status, ran.out) == (2, "")
    assert "try: nbtui doctor myvm" in ran.err


def test_what_is_found_is_printed_in_lines_with_what_to_try(
    vm: SshHost, shared_desk: Desk
) -> None:
    save(shared_desk, "lines", vm, port=free_port())
    ran = shared_desk.nbtui("doctor", "lines")
    assert ran.status == 6
    lines = ran.out.splitlines()
    assert lines[0].startswith("✓ config ")
    [at] = [number for number, line in enumerate(lines) if line.startswith("✗ ")]
    assert lines[at].split()[1] == "tcp"
    assert lines[at + 1].strip().startswith("try: check the port")
    assert lines[at + 2].startswith("- banner")
    assert "\x1b" not in ran.out


def test_an_address_that_answers_with_something_else_is_no_ssh_server(
    vm: SshHost, shared_desk: Desk
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        save(shared_desk, "http", vm, port=listener.getsockname()[1])
        begun = shared_desk.begin("doctor", "http", "--json")
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.shutdown(socket.SHUT_WR)
            verdict: Verdict = verdict_of(begun)
    assert verdict.found == ("banner", 6), verdict
    assert "HTTP/1.1 400" in verdict.said("banner")
    assert verdict.of("tcp") == "ok"
