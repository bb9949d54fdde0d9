"""The SSH server of the pretend VM, with the system's own ssh and with paramiko at the other end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import paramiko
import psutil
import pytest

from lab.sshd import free_port, keygen
from nbtui.clock import SystemClock
from nbtui.demo.vm import PretendVm
from waiting import until

assert sys.platform != "win32"  # ptys are of POSIX

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def vm() -> Iterator[PretendVm]:
    with PretendVm(environ=os.environ, clock=SystemClock()) as vm:
        yield vm


def ssh(vm: PretendVm, *words: str) -> list[str]:
    """An argument list of the system's ssh; options may come first in the words."""
    options = {
        "BatchMode": "yes", "HostKeyAlias": "myvm", "UserKnownHostsFile": vm.folder.known_hosts,
        "GlobalKnownHostsFile": "/dev/null", "IdentitiesOnly": "yes", "IdentityAgent": "none",
        "IdentityFile": vm.folder.key,
    }  # fmt: skip
    told = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    return ["ssh", "-F", "none", "-p", str(vm.port), *told, "-l", "demo", *words]


def run(
    vm: PretendVm, *words: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ssh(vm, *words), input=stdin, capture_output=True, timeout=30, check=False
    )


@pytest.fixture
def client(vm: PretendVm) -> Iterator[paramiko.Transport]:
    transport = paramiko.Transport(("127.0.0.1", vm.port))
    with contextlib.closing(transport):
        key = paramiko.ECDSAKey.from_private_key_file(str(vm.folder.key))
        transport.connect(username="demo", pkey=key)
        yield transport


def test_a_command_has_its_two_outputs_and_its_status(vm: PretendVm) -> None:
    done = run(vm, "127.0.0.1", "echo out; echo err >&2; exit 3")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"out\n", b"err\n")


def test_an_end_by_signal_is_told_as_a_shell_does(vm: PretendVm) -> None:
    assert run(vm, "127.0.0.1", "kill -TERM $$").returncode == 128 + signal.SIGTERM


def test_five_megabytes_come_out_whole(vm: PretendVm) -> None:
    done = run(vm, "127.0.0.1", "yes 0123456 | head -c 5000000")
    assert done.stdout == b"0123456\n" * 625_000


def test_what_is_typed_in_comes_back_to_its_end(vm: PretendVm) -> None:
    data = os.urandom(2_000_000)
    assert run(vm, "127.0.0.1", "cat", stdin=data).stdout == data


def test_a_login_sees_its_own_home_and_nothing_of_ours(vm: PretendVm) -> None:
    done = run(vm, "127.0.0.1", "pwd; env; bash -lc 'command -v jupyter'")
    said = done.stdout.decode()
    assert said.splitlines()[0] == str(vm.folder.home)
    assert "TMUX=" not in said
    assert "JUPYTER" not in said
    assert f"HOME={Path.home()}\n" not in said
    assert said.splitlines()[-1].endswith("/bin/jupyter")


def test_a_pty_is_a_controlling_terminal_that_follows_the_window_and_passes_ctrl_c(
    client: paramiko.Transport,
) -> None:
    channel = client.open_session()
    channel.get_pty("xterm-256color", width=90, height=20)
    channel.exec_command(
        "trap 'stty size' WINCH; trap 'exit 7' INT; echo $TERM; stty size;"
        " : > /dev/tty && echo mine; while :; do sleep 0.05; done"
    )
    shown = Shown(channel)
    shown.wait_for("mine")
    assert shown.text.splitlines()[:2] == ["xterm-256color", "20 90"]
    channel.resize_pty(width=120, height=40)
    shown.wait_for("40 120")
    channel.sendall(b"\x03")
    assert channel.recv_exit_status() == 7


def test_a_client_that_goes_away_hangs_its_terminal_up(vm: PretendVm) -> None:
    process = subprocess.Popen(
        ssh(vm, "-tt", "127.0.0.1", "echo $$; exec sleep 3000"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    pid = int(process.stdout.readline())
    assert psutil.pid_exists(pid)
    process.kill()
    process.communicate()
    until(lambda: not _lives(pid), what="the end of the program")


def test_a_program_left_behind_does_not_keep_the_terminal(vm: PretendVm) -> None:
    done = run(vm, "-tt", "127.0.0.1", "(trap '' HUP; sleep 30) & echo done")
    assert done.stdout == b"done\r\n"


def test_many_sessions_at_once_on_one_connection_and_on_two(
    vm: PretendVm, client: paramiko.Transport
) -> None:
    channels = [client.open_session() for _ in range(15)]
    for number, channel in enumerate(channels):
        channel.exec_command(f"read line; echo {number} $line")
    assert run(vm, "127.0.0.1", "echo other").stdout == b"other\n"
    for number, channel in enumerate(channels):
        channel.sendall(b"told\n")
        assert channel.makefile().read() == f"{number} told\n".encode()


def test_a_keepalive_gets_an_answer(client: paramiko.Transport) -> None:
    answered = Event()

    def ask() -> None:
        assert client.global_request("keepalive@openssh.com", wait=True) is None
        answered.set()

    Thread(target=ask, daemon=True).start()
    assert answered.wait(10)


def test_a_forward_carries_both_ways_after_one_has_ended(vm: PretendVm) -> None:
    local = free_port()
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_answer_at_the_end, args=(server,), daemon=True).start()
        to = f"127.0.0.1:{local}:127.0.0.1:{server.getsockname()[1]}"
        forward = subprocess.Popen(
            ssh(vm, "-N", "-o", "ExitOnForwardFailure=yes", "-L", to, "127.0.0.1")
        )
        try:
            sock = until(lambda: _dial(local), what="the forward")
            assert sock
            with sock:
                sock.sendall(b"x" * 3_000_000)
                sock.shutdown(socket.SHUT_WR)
                assert sock.makefile("rb").read() == b"3000000"
        finally:
            forward.terminate()
            forward.wait()


def test_a_refused_and_a_foreign_destination_are_told_apart(
    client: paramiko.Transport,
) -> None:
    with pytest.raises(paramiko.ChannelException) as refused:
        client.open_channel("direct-tcpip", ("127.0.0.1", 1), ("127.0.0.1", 0))
    assert refused.value.code == 2
    with pytest.raises(paramiko.ChannelException) as foreign:
        client.open_channel("direct-tcpip", ("192.0.2.1", 80), ("127.0.0.1", 0))
    assert foreign.value.code == 1


def test_another_key_does_not_open(vm: PretendVm) -> None:
    stranger = keygen(vm.folder.root / "stranger")
    words = ssh(vm, "127.0.0.1", "true")
    words[words.index(f"IdentityFile={vm.folder.key}")] = f"IdentityFile={stranger}"
    done = subprocess.run(words, capture_output=True, check=False, timeout=30)
    assert done.returncode == 255
    assert b"Permission denied (publickey)" in done.stderr


def test_switching_off_ends_daemons_too_and_removes_the_folder() -> None:
    vm = PretendVm(environ=os.environ, clock=SystemClock())
    run(vm, "127.0.0.1", "tmux new-session -d -s work 'sleep 3000'")
    assert any("sleep 3000" in line for line in vm.residents())
    assert vm.close()
    assert vm.residents() == []
    assert not vm.folder.root.exists()
    assert vm.close()


def test_a_vm_whose_process_was_killed_is_cleaned_up_all_the_same() -> None:
    vm = PretendVm(environ=os.environ, clock=SystemClock())
    run(vm, "127.0.0.1", "tmux new-session -d -s work 'sleep 3000'")
    children = psutil.Process().children()
    [process] = [one for one in children if str(vm.folder.root) in one.cmdline()]
    process.kill()
    assert vm.close()
    assert vm.residents() == []
    assert not vm.folder.root.exists()


class Shown:
    """What a channel printed so far."""

    def __init__(self, channel: paramiko.Channel) -> None:
        channel.settimeout(15)
        self.channel, self.text = channel, ""

    def wait_for(self, text: str) -> None:
        while text not in self.text:
            data = self.channel.recv(65536)
            assert data, f"{text!r} was never shown, but {self.text!r}"
            self.text += data.decode()


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _answer_at_the_end(server: socket.socket) -> None:
    sock, _ = server.accept()
    with sock:
        count = 0
        while data := sock.recv(65536):
            count += len(data)
        sock.sendall(str(count).encode())


def _dial(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=15)
    except OSError:
        return None
