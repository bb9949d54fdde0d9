"""`nbtui doctor` on real hosts: faults behind the login, the notebook's way, and what it must leave alone."""

import getpass
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.desk import Desk
from lab.jupyter import launch, runtime_file
from lab.programs import program
from lab.sshd import SshHost, free_port
from lab.verdicts import examine, verdict_of
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]
RUNTIME = ".local/share/jupyter/runtime"


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host where a start would succeed."""
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


def test_start_files_that_print_are_measured_and_warned_of(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("noisy")
    vm.give_jupyter()
    vm.write(".bashrc", "printf '\\033[31mwelcome\\n'; echo oh >&2\n")
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    assert verdict.of("shell") == "warn"
    assert '"welcome"' in verdict.said("shell")
    size = re.search(r"print (\d+) bytes", verdict.said("shell"))
    assert size
    assert int(size[1]) % 16 == 0  # the lab's wrapper reads the file once more


def test_a_host_without_a_shell_is_blamed_on_the_shell(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("deaf", config="ForceCommand echo this account is closed")
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.blamed == "shell", verdict
    assert "this account is closed" in verdict.said("shell")
    assert verdict.of("login") == "ok"
    assert verdict.of("local port") == "ok"


def test_a_host_that_wants_another_user_is_blamed_on_the_login(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    refuse = (
        'echo \'Please login as the user "ubuntu" rather than the user "root".\'; sleep 10'
    )
    vm = make_host("cloud", config=f"ForceCommand {refuse}")
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("login", 4), verdict
    assert "ubuntu" in verdict.said("login")


def test_a_host_that_grants_one_session_is_examined_as_well(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("narrow", config="MaxSessions 1")
    vm.give_jupyter()
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    assert verdict.of("shell") == "ok"


def test_no_tmux(make_host: Callable[..., SshHost], desk: Desk) -> None:
    vm = make_host("bare", boot='mount --bind /dev/null "$(command -v tmux)"')
    vm.give_jupyter()
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("tmux", 7), verdict
    assert "install" in verdict.said("tmux")
    assert verdict.of("jupyter") == "ok"


def test_no_jupyter(make_host: Callable[..., SshHost], desk: Desk) -> None:
    vm = make_host("vm")
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("jupyter", 7), verdict
    assert "try: nbtui profile edit myvm" in verdict.said("jupyter")


def test_a_jupyter_that_the_login_shell_does_not_know_will_do_and_of_several_one_is_asked(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.write("miniconda3/bin/jupyter", "#!/bin/sh\n", 0o755)
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    assert "miniconda3/bin/jupyter" in verdict.said("jupyter")
    vm.write("venv/bin/jupyter", "#!/bin/sh\n", 0o755)
    verdict = examine(desk)
    assert verdict.of("jupyter") == "warn"
    assert "venv/bin/jupyter" in verdict.said("jupyter")


@pytest.mark.parametrize(
    ("facts", "layer", "said"),
    [
        ({"activate": "conda activate nowhere"}, "jupyter", "conda"),
        ({"command": "no-such-program --x"}, "jupyter", "no-such-program"),
        ({"directory": "/etc/passwd/work"}, "folder", "/etc/passwd is no folder"),
    ],
    ids=str,
)
def test_what_a_start_would_fail_on_is_found_without_a_start(
    vm: SshHost, desk: Desk, facts: dict[str, str], layer: str, said: str
) -> None:
    desk.knows(vm, **facts)
    verdict = examine(desk)
    assert verdict.found == (layer, 7), verdict
    assert said in verdict.said(layer)
    assert not any("tmux" in line for line in vm.processes())


@pytest.mark.root
def test_a_folder_that_cannot_be_written_to(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("ro", boot="mkdir -p /mnt && mount -t tmpfs -o ro tmpfs /mnt")
    vm.give_jupyter()
    desk.knows(vm, directory="/mnt/work")
    verdict = examine(desk)
    assert verdict.found == ("folder", 7), verdict
    assert "/mnt cannot be written to" in verdict.said("folder")


@pytest.mark.root
def test_a_full_disk(make_host: Callable[..., SshHost], desk: Desk) -> None:
    vm = make_host("full")
    vm.give_jupyter()
    profile = vm.root / "profile"
    profile.write_text((vm.home / ".profile").read_text())
    vm.stop()
    vm.boot = (
        f"mount -t tmpfs -o size=64k tmpfs {vm.home}; cp {profile} {vm.home}/.profile;"
        f" dd if=/dev/zero of={vm.home}/big bs=1k 2>/dev/null; true"
    )
    vm.start()
    desk.knows(vm)
    verdict = examine(desk)
    assert verdict.found == ("folder", 7), verdict
    assert "is full" in verdict.said("folder")


def ending_programs_at_logout(vm: SshHost) -> None:
    """Boot the host anew as one that does so; as root with a user of its own, whom logind does not spare."""
    vm.stop()
    vm.give_jupyter()
    (vm.root / "logind.conf").write_text("[Login]\nKillUserProcesses=yes\n")
    vm.boot = (
        "mount -t tmpfs tmpfs /run; mkdir -p /run/sshd /run/systemd/system;"
        " mount -t tmpfs tmpfs /var/lib/systemd; mkdir /var/lib/systemd/linger;"
        f" mount --bind {vm.root}/logind.conf /etc/systemd/logind.conf"
    )
    if os.getuid() == 0:
        passwd = vm.root / "passwd"
        line = f"ada:x:1000:1000::{vm.home}:/bin/bash\n"
        passwd.write_text(
            line + Path("/etc/passwd").read_text()
        )  # the first of a uid counts
        vm.root.chmod(0o755)
        for path in (vm.home, vm.root / "tmux", *vm.home.rglob("*")):
            os.chown(path, 1000, 1000)
        vm.boot = (
            f"mount --bind {passwd} /etc/passwd; {vm.boot};"
            " chown 1000 /var/lib/systemd/linger"
        )


def as_ada(desk: Desk) -> None:
    if os.getuid() == 0:
        file = desk.config / "profiles.toml"
        file.write_text(file.read_text().replace("\nport", '\nuser = "ada"\nport', 1))


LOGINCTL = """#!/bin/sh
[ "$1 $2" = "enable-linger $(id -un)" ] && : > "/var/lib/systemd/linger/$2"
"""


def test_a_host_that_ends_programs_at_logout_and_is_told_not_to(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("killer")
    vm.write("bin/loginctl", LOGINCTL, 0o755)
    ending_programs_at_logout(vm)
    vm.env["PATH"] = f"{vm.home}/bin:/usr/bin:/bin"
    vm.start()
    desk.knows(vm)
    as_ada(desk)
    verdict = examine(desk)
    assert verdict.found == ("linger", 9), verdict
    assert "loginctl enable-linger" in verdict.said("linger")
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"go on after logout? [y/N]")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert b"programs go on after logout" in tty.shown
    assert examine(desk).of("linger") == "ok"


def test_a_port_of_another_program_on_the_host(vm: SshHost, desk: Desk) -> None:
    port = free_port()
    desk.knows(vm, port=port, local_port=free_port())
    serve = ("python3", "-m", "http.server", "--bind", "127.0.0.1", f"{port}")
    with program(*vm.enter, *serve, port=port):
        verdict = examine(desk)
    assert verdict.found == ("port", 7), verdict
    assert "python" in verdict.said("port")
    assert verdict.of("tunnel") == "skip"


def test_a_local_port_of_another_program(vm: SshHost, desk: Desk) -> None:
    port = free_port()
    desk.knows(vm, port=free_port(), local_port=port)
    with program("python3", "-m", "http.server", f"{port}", port=port) as other:
        verdict = examine(desk)
        assert verdict.found == ("local port", 8), verdict
        assert f"pid {other.pid}" in verdict.said("local port")
        with desk.terminal("doctor", "myvm", "--fix") as tty:
            assert tty.end() == 8
        assert other.poll() is None
        assert b"[y/N]" not in tty.shown


def test_an_ssh_that_holds_this_very_tunnel_is_ended_when_somebody_says_so(
    vm: SshHost, desk: Desk
) -> None:
    port, to = free_port(), free_port()
    desk.knows(vm, port=to, local_port=port)
    argv = (
        "ssh", "-F", "/dev/null", "-N", "-L", f"localhost:{port}:localhost:{to}", "-p", f"{vm.port}",
        "-i", f"{vm.key}", "-o", f"UserKnownHostsFile={vm.known_hosts}", "127.0.0.1",
    )  # fmt: skip
    with program(*argv, port=port) as other:
        with desk.terminal("doctor", "myvm", "--fix") as tty:
            tty.wait_for(b"[y/N]")
            tty.type(b"n\n")
            assert tty.end() == 8, tty.shown
        assert other.poll() is None
        with desk.terminal("doctor", "myvm", "--fix") as tty:
            tty.wait_for(b"[y/N]")
            tty.type(b"y\n")
            assert tty.end() == 0, tty.shown
        assert other.wait(10) is not None


def test_a_host_that_forbids_forwards_is_blamed_with_and_without_a_server(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("strict", config="AllowTcpForwarding no")
    vm.give_jupyter()
    desk.knows(vm, local_port=free_port())
    verdict = examine(desk)
    assert verdict.found == ("tunnel", 6), verdict
    assert "AllowTcpForwarding" in verdict.said("tunnel")
    runtime_file(vm, launch(vm, "work", env={"JUPYTER_TOKEN": "t" * 8}))
    verdict = examine(desk)
    assert verdict.found == ("tunnel", 6), verdict
    assert verdict.of("server") == "ok"
    assert verdict.of("kernel") == "skip"


def test_runtime_files_that_nobody_owns_are_deleted_when_somebody_says_so(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    desk.knows(vm)
    stale = vm.write(f"{RUNTIME}/jpserver-99999.json", "{}")
    page = vm.write(f"{RUNTIME}/jpserver-99999-open.html")
    live = vm.write(f"{RUNTIME}/jpserver-1.json", json.dumps({"pid": 1}))
    verdict = examine(desk)
    assert verdict.status == 0
    assert verdict.of("runtime files") == "warn"
    assert str(stale) in verdict.said("runtime files")
    assert stale.exists()
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"Delete 1 runtime file")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert (stale.exists(), page.exists(), live.exists()) == (False, False, True)


def with_server(vm: SshHost, desk: Desk) -> dict[str, Any]:
    """Connect, which starts a server; the row."""
    desk.knows(vm, port=free_port(), local_port=free_port())
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err
    row: dict[str, Any] = ran.json
    return row


def kernels(vm: SshHost) -> list[str]:
    return [line for line in vm.processes() if "kernel-" in line or "sleep 3600" in line]


def test_on_a_running_server_one_kernel_is_started_and_deleted(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    row = with_server(vm, desk)
    for state in ("connected", "disconnected"):
        verdict = examine(desk)
        assert verdict.found == ("", 0), verdict
        assert "python3 was started, answered, and is deleted" in verdict.said("kernel")
        assert f"localhost:{row['local_port']} is answered" in verdict.said("tunnel")
        assert desk.row()["state"] == state
        until(lambda: kernels(vm) == [], what="no kernel on the host")
        desk.nbtui("disconnect", "myvm")
    again = desk.nbtui("connect", "myvm", "--no-browser", "--no-start", "--json").json
    assert again["server"] == row["server"]
    assert again["kernels"]["total"] == 0
    assert desk.nbtui("stop", "myvm", "--yes").status == 0


def spec(vm: SshHost, argv: list[str]) -> None:
    """What the name python3 stands for on the host."""
    text = {"argv": argv, "display_name": "broken", "language": "python"}
    vm.write("odd/kernels/python3/kernel.json", json.dumps(text))
    with (vm.home / ".profile").open("a") as profile:
        profile.write('export JUPYTER_PATH="$HOME/odd"\n')


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["/no/such/python", "{connection_file}"], "cannot start a kernel"),
        (["/bin/false", "{connection_file}"], "dies as it starts"),
    ],
    ids=["not there", "dies"],
)
def test_a_kernel_that_does_not_start_is_blamed(
    make_host: Callable[..., SshHost], desk: Desk, argv: list[str], said: str
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    spec(vm, argv)
    with_server(vm, desk)
    verdict = examine(desk)
    assert verdict.found == ("kernel", 1), verdict
    assert said in verdict.said("kernel")
    assert "try: nbtui logs myvm" in verdict.said("kernel")
    assert verdict.of("tunnel") == "ok"


def test_ctrl_c_while_a_kernel_starts_deletes_it_and_leaves_no_link(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    spec(vm, ["sleep", "3600"])
    with_server(vm, desk)
    desk.nbtui("disconnect", "myvm")
    running = desk.begin("doctor", "myvm", "--json")
    until(lambda: kernels(vm), what="the kernel", seconds=60)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, ""), err
    until(lambda: kernels(vm) == [], what="no kernel on the host")

    def links() -> int:
        return int(desk.nbtui("agent", "status", "--json").json["agent"]["links"])

    until(lambda: links() == 0, what="the end of the link")
    assert any("jupyter" in line for line in vm.processes())


def test_ctrl_c_while_a_host_is_silent_ends_the_dial(
    make_desk: Callable[[], Desk], vm: SshHost
) -> None:
    desk = make_desk()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.knows(vm)
        file = desk.config / "profiles.toml"
        port = silent.getsockname()[1]
        file.write_text(file.read_text().replace(f"port = {vm.port}", f"port = {port}", 1))
        running = desk.begin("doctor", "myvm", "--json")
        peer, _ = silent.accept()
        with peer:
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 130
            peer.settimeout(20)
            while peer.recv(4096):
                pass


def test_a_silent_server_is_blamed_on_the_banner(desk: Desk, vm: SshHost) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.knows(vm)
        file = desk.config / "profiles.toml"
        port = silent.getsockname()[1]
        file.write_text(file.read_text().replace(f"port = {vm.port}", f"port = {port}", 1))
        verdict = examine(desk)
    assert verdict.found == ("banner", 6), verdict
    assert verdict.of("tcp") == "ok"
    assert "says nothing" in verdict.said("banner")


def test_a_server_that_asks_for_a_password_keeps_its_kernels_to_itself(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    hashed = "argon2:$argon2id$v=19$m=10240,t=10,p=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"
    port = launch(
        vm, "work", f"--PasswordIdentityProvider.hashed_password={hashed}",
        "--IdentityProvider.token=", env={},
    )  # fmt: skip
    runtime_file(vm, port)
    desk.knows(vm, local_port=free_port())
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    assert verdict.of("tunnel") == "ok"
    assert verdict.of("kernel") == "skip"
    assert "password" in verdict.said("kernel")


HANGS = """
import json, os, socket, sys, time
port, pid = int(sys.argv[1]), os.getpid()
listener = socket.create_server(("127.0.0.1", port))
folder = os.path.expanduser("~/.local/share/jupyter/runtime")
os.makedirs(folder)
with open(f"{folder}/jpserver-{pid}.json", "w") as file:
    json.dump({"pid": pid, "port": port, "token": "t", "hostname": "127.0.0.1"}, file)
time.sleep(1000)
"""


def test_a_server_that_hangs_is_blamed_on_the_tunnel(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    port = free_port()
    file = vm.write("jupyter-hangs.py", HANGS)
    vm.run(f"setsid python3 {file} {port} >/dev/null 2>&1 </dev/null &")
    runtime_file(vm, port)
    desk.knows(vm, port=port, local_port=free_port())
    verdict = examine(desk)
    assert verdict.found == ("tunnel", 1), verdict
    assert verdict.of("port") == "ok"
    assert verdict.of("kernel") == "skip"


def test_the_last_words_of_a_server_are_ended_when_somebody_says_so(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    row = with_server(vm, desk)
    vm.run(f"kill -9 {row['server']['pid']}")
    until(lambda: desk.row()["lights"]["server"] == "bad", what="the end of the server")
    verdict = examine(desk)
    assert verdict.status == 0, verdict
    assert verdict.of("tmux") == "warn"
    assert "nbtui-myvm is left of a server that ended" in verdict.said("tmux")
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"End tmux session nbtui-myvm")
        tty.type(b"y\n")
        tty.wait_for(b"Delete 1 runtime file")
        tty.type(b"n\n")
        assert tty.end() == 0, tty.shown
    assert not any("tmux" in line for line in vm.processes())


def test_several_servers_that_fit_are_named(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    vm.give_jupyter()
    ports = [launch(vm, name, env={"JUPYTER_TOKEN": name * 8}) for name in ("a", "b")]
    for port in ports:
        runtime_file(vm, port)
    desk.knows(vm, local_port=free_port())
    verdict = examine(desk)
    assert verdict.of("server") == "warn"
    for port in ports:
        assert f"port {port}" in verdict.said("server")
    assert "aaaa" not in json.dumps(verdict.checks)


def test_an_agent_that_hangs_is_blamed(vm: SshHost, desk: Desk) -> None:
    desk.knows(vm)
    desk.nbtui("agent", "start")
    pid = desk.nbtui("agent", "status", "--json").json["agent"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        verdict = examine(desk)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert verdict.found == ("agent", 1), verdict
    assert f"try: kill -9 {pid}" in verdict.said("agent")


def test_behind_a_jump_each_hop_is_named(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    login, node = make_host("login"), make_host("node")
    node.give_jupyter()
    desk.knows(login, "login")
    desk.knows(node)
    file = desk.config / "profiles.toml"
    file.write_text(
        file.read_text().replace("[profiles.myvm]\n", '[profiles.myvm]\njump = "login"\n')
    )
    verdict = examine(desk)
    assert verdict.found == ("", 0), verdict
    for layer in ("banner", "host key", "login"):
        assert f":{login.port}" in verdict.said(layer)
    assert f"connected from {getpass.getuser()}" in verdict.said("tcp")
    node.stop()
    verdict = examine(desk)
    assert verdict.found == ("tcp", 6), verdict
    assert "cannot be reached from" in verdict.said("tcp")
    assert verdict.of("name") == "ok"
    assert verdict.of("banner") == "skip"


def test_an_unknown_host_key_is_asked_about_by_who_mends(vm: SshHost, desk: Desk) -> None:
    desk.knows(vm)
    known = desk.home / ".ssh" / "known_hosts"
    known.write_text("")
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"Trust it?")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert "ssh-ed25519" in known.read_text()


@pytest.mark.parametrize(("typed", "status"), [(b"n\n", 5), (b"y\n", 0)])
def test_a_changed_host_key_is_replaced_when_somebody_says_so(
    vm: SshHost, desk: Desk, typed: bytes, status: int
) -> None:
    desk.knows(vm)
    known = desk.home / ".ssh" / "known_hosts"
    before = f"[127.0.0.1]:{vm.port} {vm.key.with_suffix('.pub').read_text()}"
    known.write_text(before)
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"Replace it?")
        tty.type(typed)
        assert tty.end() == status, tty.shown
    assert tty.shown.count(b"SHA256:") >= 2
    assert (known.read_text() == before) is (status == 5)


def test_a_key_that_others_can_read_is_shut_when_somebody_says_so(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm)
    key = desk.home / "id"
    key.write_bytes(vm.key.read_bytes())
    key.chmod(0o644)
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace(str(vm.key), str(key)))
    desk.config.chmod(0o777)
    with desk.terminal("doctor", "myvm", "--fix") as tty:
        tty.wait_for(b"Let nobody else write")
        tty.type(b"y\n")
        tty.wait_for(b"Allow only yourself")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert key.stat().st_mode & 0o777 == 0o600
    assert desk.config.stat().st_mode & 0o777 == 0o755


def test_what_a_killed_agent_left_is_removed_when_somebody_says_so(desk: Desk) -> None:
    desk.nbtui("agent", "start")
    pid = desk.nbtui("agent", "status", "--json").json["agent"]["pid"]
    os.kill(pid, signal.SIGKILL)
    [place] = (desk.runtime / "nbtui").glob("*.sock")
    until(lambda: desk.nbtui("agent", "status").out == "not running\n", what="its end")
    with desk.terminal("doctor", "--fix") as tty:
        tty.wait_for(b"at which nobody listens? [y/N]")
        tty.type(b"y\n")
        assert tty.end() == 0, tty.shown
    assert not place.exists()


def test_faults_have_the_status_that_a_connect_would_have(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    bare = make_host("bare")
    desk.knows(bare, "nojupyter")
    desk.knows(bare, "folder", directory="/etc/passwd/work")
    desk.knows(bare, "nowhere", activate="conda activate nowhere")
    for name in ("nojupyter", "folder", "nowhere", "gone.invalid"):
        begun = desk.begin("doctor", name, "--json")
        connected = desk.nbtui("connect", name, "--no-browser")
        assert verdict_of(begun).status == connected.status, name
