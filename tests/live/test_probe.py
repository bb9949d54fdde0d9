"""One look at a real host: sshd, tmux and Jupyter, under every sh and login shell that matters."""

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.jupyter import launch, runtime_file
from lab.shells import SshShell
from lab.sshd import SshHost, free_port
from nbtui.model.host import HostReport, JupyterServer
from nbtui.remote.probe import ProbeRequest, probe
from waiting import until

pytestmark = pytest.mark.live


@dataclass(frozen=True, kw_only=True)
class Inhabited:
    """A host with a server of ours and one that was started by hand in its own way."""

    host: SshHost
    ours: int
    byhand: int
    """Ports."""


@pytest.fixture(scope="module")
def inhabited(lab: Path, user_key: Path) -> Iterator[Inhabited]:
    root = lab / "inhabited"
    root.mkdir()
    host = SshHost(name="alpha", root=root, key=user_key).start()
    try:
        ours = launch(host, "nbtui-myvm", env={"JUPYTER_TOKEN": "ours"})
        odd = {"JUPYTER_RUNTIME_DIR": f"{host.home}/odd place", "JUPYTER_TOKEN": "byhand"}
        byhand = launch(host, "work", "--ip=::1", env=odd)
        host.run("tmux set-option -t nbtui-myvm @nbtui_profile myvm")
        runtime_file(host, ours)
        runtime_file(host, byhand, "odd place")
        yield Inhabited(host=host, ours=ours, byhand=byhand)
    finally:
        host.stop()


def look(host: SshHost, command: str = "exec sh -s", **ask: object) -> HostReport:
    request = ProbeRequest(**ask)  # type: ignore[arg-type]  # facts of a test
    return probe(SshShell(host, command=command), request, timeout=30.0)


def by_port(report: HostReport) -> dict[int, JupyterServer]:
    return {server.port: server for server in report.servers}


@pytest.mark.parametrize("sh", ["dash", "bash --posix", "bash", "busybox sh"])
def test_every_sh_tells_what_lives_on_the_host(inhabited: Inhabited, sh: str) -> None:
    report = look(inhabited.host, f"exec {sh} -s", ports=(inhabited.ours,))
    ours, byhand = by_port(report)[inhabited.ours], by_port(report)[inhabited.byhand]
    assert (ours.token, ours.address, ours.verified) == ("ours", "127.0.0.1", True)
    assert (ours.session, ours.version[:2]) == ("nbtui-myvm", "2.")
    assert (byhand.token, byhand.address, byhand.verified) == ("byhand", "::1", True)
    assert byhand.session == "work"
    assert abs((ours.started_at or 0) - report.now) < 300
    assert {one.prefix for one in report.sessions} == {"C-b"}
    marks = {
        one.name: (one.profile, one.width, one.height, one.dead) for one in report.sessions
    }
    assert marks == {"nbtui-myvm": ("myvm", 90, 20, False), "work": ("", 90, 20, False)}
    assert [(one.port, one.pid) for one in report.listeners] == [(inhabited.ours, ours.pid)]


def test_the_machine_is_measured(inhabited: Inhabited) -> None:
    host = inhabited.host
    report = look(host, directory="~/not/yet/there")
    assert (report.hostname, report.home) == ("alpha", str(host.home))
    assert report.boot_id == (host.root / "boot_id").read_text().strip()
    assert report.cores == int(host.run("nproc"))
    assert report.uptime > 0
    assert report.idle is not None
    assert 0 < report.memory_available < report.memory_total
    assert 0 < report.disk_free < report.disk_total
    assert report.home_free > 0
    assert report.tmux_path == host.run("command -v tmux").strip()
    assert report.tmux_version == host.run("tmux -V").split()[1]
    assert not report.login_node


def test_an_empty_host_has_nothing_and_says_so(host: SshHost) -> None:
    report = look(host, ports=(free_port(),))
    assert (report.servers, report.sessions, report.listeners) == ((), (), ())
    assert (report.jupyters, report.kernel_memory) == ((), ())


def test_a_probe_leaves_nothing_on_the_host(inhabited: Inhabited) -> None:
    before = [line for line in inhabited.host.processes() if "ssh" not in line]
    files = sorted(inhabited.host.home.rglob("*"))
    look(inhabited.host, environments=True)
    until(
        lambda: [x for x in inhabited.host.processes() if "ssh" not in x] == before,
        what="the processes of before",
    )
    assert sorted(inhabited.host.home.rglob("*")) == files


RUNTIME = ".local/share/jupyter/runtime"


def stand_in(host: SshHost, name: str) -> int:
    """A program that is called like a Jupyter and is none; its pid on the host."""
    line = f"exec -a {shlex.quote(name)} sleep 1000"
    host.run(f"tmux new-session -d bash -c {shlex.quote(line)}")

    def pid() -> int:
        rows = [line.split(None, 1) for line in host.processes()]
        return next((int(number) for number, args in rows if args.startswith(name)), 0)

    return until(pid, what=f"{name} running")


def claims(host: SshHost, pid: int, text: str | None = None) -> Path:
    facts = {"pid": pid, "port": 8889, "token": "t", "root_dir": "/", "version": "2"}
    return host.write(f"{RUNTIME}/jpserver-{pid}.json", text or json.dumps(facts))


def test_files_of_dead_pids_and_of_other_programs_do_not_count(host: SshHost) -> None:
    claims(host, 99999)
    claims(host, 1)
    claims(host, stand_in(host, "jupyter-lab"))
    assert look(host).servers == ()


@pytest.mark.parametrize("text", ["{", "x" * 10_000_000, '{"pid": "\x1b[31m"}'])
def test_a_broken_or_huge_file_of_a_live_program_does_no_harm(
    host: SshHost, text: str
) -> None:
    claims(host, stand_in(host, "jupyter-lab"), text)
    report = look(host)
    assert (report.servers, report.hostname) == ((), "alpha")


def test_a_pipe_in_place_of_a_runtime_file_does_not_stop_the_probe(host: SshHost) -> None:
    pid = stand_in(host, "jupyter-lab")
    host.run(f"mkdir -p ~/{RUNTIME}; mkfifo ~/{RUNTIME}/jpserver-{pid}.json")
    assert look(host).servers == ()


def test_many_programs_with_jupyter_in_their_name_do_not_slow_it_down(
    host: SshHost,
) -> None:
    host.run("for i in $(seq 60); do (exec -a notebook-worker sleep 1000 &) ; done 2>/dev/null"
             " || for i in $(seq 60); do sh -c ': notebook; sleep 1000' & done")  # fmt: skip
    assert look(host).hostname == "alpha"


def test_hostile_names_stay_what_they_are_names(host: SshHost) -> None:
    host.run(
        "tmux new-session -d -s 'a|b;$(touch ~/x)'; tmux set-option @nbtui_profile \"$(printf 'x\\ny\\033[31mz')\""
    )
    [session] = look(host).sessions
    assert session.name == "a|b;$(touch ~/x)"
    assert session.profile == "x yz"
    assert not (host.home / "x").exists()


def test_a_pane_whose_program_ended_is_dead_with_its_status(host: SshHost) -> None:
    keep = "set-option remain-on-exit on"
    host.run(f"tmux new-session -d -s s \\; {keep} \\; respawn-pane -k 'exit 3'")

    def dead() -> bool:
        # tmux can miss that a program ended at once, and collects it when its next child ends
        host.run("tmux run-shell true")
        return any(one.dead and one.exit_status == 3 for one in look(host).sessions)

    until(dead, what="the pane died with 3")


def test_who_holds_a_port_is_named(host: SshHost) -> None:
    port = free_port()
    serve = f"import socket,time; s=socket.create_server(('127.0.0.1',{port})); time.sleep(1000)"
    host.run(f"tmux new-session -d -s s python3 -c {shlex.quote(serve)}")
    until(lambda: look(host, ports=(port, 1)).listeners, what="it listens")
    report = look(host, ports=(port, 1))
    [listener] = report.listeners
    assert (listener.port, listener.command, listener.user) == (
        port,
        "python3",
        report.user,
    )
    assert any(line.startswith(f"{listener.pid} ") for line in host.processes())


def test_a_batch_system_s_commands_make_it_a_login_node(host: SshHost) -> None:
    host.write("bin/sbatch", "#!/bin/sh\n", mode=0o700)
    assert look(host).login_node


def test_the_environments_found_are_named(host: SshHost) -> None:
    for prefix in ("miniconda3", "venv", ".venv", "envs/deep"):
        host.write(f"{prefix}/bin/jupyter", "#!/bin/sh\n", mode=0o700)
    host.write("mambaforge/bin/jupyter", "not executable")
    host.write(".conda/environments.txt", f"{host.home}/envs/deep\n{host.home}/gone\n")
    home = str(host.home)
    found = (
        f"{home}/miniconda3/bin/jupyter",
        f"{home}/venv/bin/jupyter",
        f"{home}/.venv/bin/jupyter",
    )
    assert look(host).jupyters == found
    report = look(host, environments=True)
    assert report.jupyters == (*found, f"{home}/envs/deep/bin/jupyter")
    assert not report.jupyter_on_path


NOISE = r"""
printf 'Welcome \033[31mto the \377\376 machine\n'
printf '\n0123456789abcdef path /evil/jupyter\n'
head -c 10000000 /dev/zero | tr '\0' 'x'
echo more on stderr 1>&2
sleep 100 &
"""
FISH = NOISE.replace("1>&2", ">&2").replace(r"\377\376", "")
CSH = NOISE.replace("1>&2", "").replace("printf", "/usr/bin/printf")
RC = {
    "/bin/bash": (
        ".profile",
        NOISE + 'PATH="$HOME/opt/bin:$PATH"; export PATH; echo -n unfinished',
    ),
    "/bin/dash": (".profile", NOISE + 'PATH="$HOME/opt/bin:$PATH"; export PATH'),
    "/usr/bin/fish": (
        ".config/fish/config.fish",
        FISH + "set -gx PATH $HOME/opt/bin $PATH",
    ),
    "/usr/bin/tcsh": (".tcshrc", CSH + "setenv PATH $HOME/opt/bin:$PATH"),
}


@pytest.mark.parametrize("shell", RC)
def test_a_noisy_login_shell_of_any_language_tells_where_jupyter_is(
    make_host: Callable[..., SshHost], shell: str
) -> None:
    host = make_host(shell=shell)
    jupyter = host.write("opt/bin/jupyter", "#!/bin/sh\n", mode=0o700)
    host.write(*RC[shell])
    report = look(host, environments=True)
    assert report.jupyters == (str(jupyter),)
    assert report.jupyter_on_path
    assert (report.hostname, report.login_shell) == ("alpha", shell)


@pytest.mark.parametrize(
    "rc", ["exit 1", "exec true", "sleep 1000", "trap '' TERM; sleep 1000"]
)
def test_a_login_shell_that_never_gets_there_costs_only_its_patience(
    host: SshHost, rc: str
) -> None:
    host.write(".bash_profile", rc)
    venv = host.write("venv/bin/jupyter", "#!/bin/sh\n", mode=0o700)
    report = look(host, environments=True, patience=1)
    assert (report.jupyters, report.jupyter_on_path) == ((str(venv),), False)
    until(lambda: not any("sleep 1000" in x for x in host.processes()), what="rc was ended")


@pytest.mark.root  # mounts over the host's own files
def test_a_host_without_tmux_says_so(host: SshHost) -> None:
    host.run('mount --bind /dev/null "$(readlink -f "$(command -v tmux)")"')
    report = look(host)
    assert (report.tmux_path, report.tmux_version, report.sessions) == ("", "", ())


@pytest.mark.root  # mounts
@pytest.mark.parametrize("sh", ["dash", "bash", "busybox sh"])
def test_a_host_without_proc_still_answers(host: SshHost, sh: str) -> None:
    report = look(
        host, f"exec unshare --mount sh -c 'mount -t tmpfs none /proc && exec {sh} -s'"
    )
    assert (report.hostname, report.home) == ("alpha", str(host.home))
    assert report.disk_total > 0
    assert report.servers == ()


@pytest.mark.root  # becomes another user
def test_what_belongs_to_another_user_is_said_by_name_and_is_no_server_of_ours(
    inhabited: Inhabited,
) -> None:
    become = "setpriv --reuid=65534 --regid=65534 --clear-groups env USER=nobody"
    command = f"exec {become} HOME={inhabited.host.home} sh -s"
    report = look(inhabited.host, command, ports=(inhabited.ours,))
    [listener] = report.listeners
    assert (listener.port, listener.pid, listener.user) == (inhabited.ours, None, "root")
    assert (report.servers, report.user, report.uid) == ((), "nobody", 65534)


MAC = {
    "uname": "echo mac",
    "sysctl": "printf 'kern.boottime: { sec = 1000, usec = 1 }\\nhw.ncpu: 8\\nhw.memsize: 17179869184\\n'",
    "vm_stat": "printf 'Statistics: (page size of 16384 bytes)\\nPages free: 100.\\n'",
    "ps": "echo '   77 1 2048 01:00 python /opt/homebrew/bin/jupyter-lab'; "
          "echo '   78 77 4096 01:00 python -m ipykernel_launcher -f /x/kernel-ab-12.json'",
    "lsof": "printf 'p77\\ncPython\\nLada\\nn127.0.0.1:8889\\n'",
}  # fmt: skip


@pytest.mark.root  # mounts
def test_a_mac_is_asked_by_its_own_programs(host: SshHost) -> None:
    for name, line in MAC.items():
        host.write(f"mac/{name}", f"#!/bin/sh\n{line}\n", mode=0o700)
    facts = {"pid": 77, "port": 8889, "token": "t", "root_dir": "/", "version": "2"}
    host.write("Library/Jupyter/runtime/jpserver-77.json", json.dumps(facts))
    line = "mount -t tmpfs none /proc; PATH=$HOME/mac:$PATH exec dash -s"
    report = look(host, f"exec unshare --mount sh -c {shlex.quote(line)}", ports=(8889,))
    assert (report.hostname, report.cores, report.boot_id) == ("mac", 8, "1000")
    assert report.memory_available == 100 * 16384
    [server] = report.servers
    assert (server.port, server.address, server.verified) == (8889, "127.0.0.1", True)
    assert report.kernel_memory == (("ab-12", 4 << 20),)
    assert [(one.pid, one.command, one.user) for one in report.listeners] == [
        (77, "Python", "ada")
    ]
