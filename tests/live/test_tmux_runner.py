"""Jupyter in tmux on real hosts, under five login shells."""

import getpass
import secrets
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from lab.local_shell import LocalShell
from lab.sshd import BIN, SshHost, free_port
from lab.watcher import Watcher
from nbtui.errors import HostLacks
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.model.runner import LaunchOrder
from nbtui.remote.probe import ProbeRequest, probe
from nbtui.runners.tmux import TmuxRunner
from waiting import until

pytestmark = pytest.mark.live

SHELLS = ("bash", "zsh", "fish", "tcsh", "dash")
RC = {
    "bash": (".bashrc", "case $- in *i*) echo noise; echo noise >&2;; esac\nact() { export PATH={bin}:$PATH ACT=$1; }\n"),
    "zsh": (".zshrc", "echo noise; echo noise >&2\nact() { export PATH={bin}:$PATH ACT=$1; }\n"),
    "fish": (".config/fish/config.fish", "status is-interactive; and echo noise\nfunction act; set -gx PATH {bin} $PATH; set -gx ACT $argv[1]; end\n"),
    "tcsh": (".tcshrc", "echo noise\nalias act 'setenv PATH {bin}:$PATH; setenv ACT \\!:1'\n"),
    "dash": (".profile", "echo noise\nact() { PATH={bin}:$PATH; ACT=$1; export PATH ACT; }\n"),
}  # fmt: skip
"""rc files that define what only the shell itself can call, as conda and modules do."""

STUB = """\
#!/bin/sh
printf '%s|' "$@" "$PWD" "$ACT" "$JUPYTER_TOKEN" $(env | grep -c ^NBTUI_) > ~/said
echo started
exec sleep 60
"""

Desk = tuple[SshHost, LocalShell, TmuxRunner]


@pytest.fixture
def desk(host: SshHost) -> Desk:
    return at(host)


def at(host: SshHost) -> Desk:
    shell = LocalShell(host)
    return host, shell, TmuxRunner(shell)


def login_shell(kind: str) -> dict[str, str]:
    return {"shell": f"/usr/bin/{kind}"}


def with_rc(
    make_host: Callable[..., SshHost], kind: str, places: str = str(BIN)
) -> SshHost:
    host = make_host(**login_shell(kind))
    path, text = RC[kind]
    host.write(path, text.replace("{bin}", places))
    if kind == "bash":
        host.write(".bash_profile", ". ~/.bashrc\n")
    return host


def look(shell: LocalShell) -> HostReport:
    return probe(shell, ProbeRequest())


def order(**facts: object) -> LaunchOrder:
    plain = {"profile": "myvm", "port": free_port(), "token": secrets.token_hex(24)}
    return LaunchOrder(**{**plain, **facts})  # type: ignore[arg-type]  # facts of a test


def served(shell: LocalShell, runner: TmuxRunner, session: TmuxSession) -> JupyterServer:
    """Wait for the server; fails with its words when it ended instead."""

    def found() -> tuple[JupyterServer, ...]:
        servers = look(shell).servers
        now, text = runner.state(session)
        assert servers or (now and not now.dead), text
        return servers

    return until(found, what="a Jupyter server", seconds=40, every=0.2)[0]


def ended(runner: TmuxRunner, session: TmuxSession) -> tuple[TmuxSession, str]:
    """Wait for the end of what ran in the pane."""

    def dead() -> list[tuple[TmuxSession, str]]:
        now, text = runner.state(session)
        return [(now, text)] if now and now.dead else []

    return until(dead, what="the end", seconds=30, every=0.1)[0]


@pytest.mark.parametrize("kind", SHELLS)
def test_what_is_started_has_the_environment_of_the_login_shell(
    make_host: Callable[..., SshHost], kind: str
) -> None:
    host, shell, runner = at(with_rc(make_host, kind, "$HOME/env/bin"))
    for name in ("jupyter", "jupyter-notebook"):
        host.write(f"env/bin/{name}", STUB, mode=0o755)
    wanted = order(
        profile="a.b:c;",
        directory="~/it's; touch pwned; '\"ü",
        activate="act one\nact two;",
    )
    session = runner.launch(wanted, look(shell))
    until(lambda: "started" in runner.state(session)[1], what="the start")
    assert (host.home / "said").read_text().split("|") == [
        "notebook", "--no-browser", f"--port={wanted.port}", "--port-retries=0", "--ip=127.0.0.1",
        *(["--allow-root"] if getpass.getuser() == "root" else []),
        f"{host.home}/it's; touch pwned; '\"ü", "two", wanted.token, "0", "",
    ]  # fmt: skip
    [seen] = look(shell).sessions
    assert (seen.profile, seen.id, seen.name) == ("a.b:c;", session.id, "nbtui-a_b_c_")
    assert not list(host.home.rglob("pwned"))
    runner.interrupt(session)
    ended(runner, session)


def test_a_server_starts_and_ctrl_c_ends_it(desk: Desk) -> None:
    host, shell, runner = desk
    host.give_jupyter()
    wanted = order(directory="~/new")
    session = runner.launch(wanted, look(shell))
    server = served(shell, runner, session)
    assert (server.port, server.token) == (wanted.port, wanted.token)
    assert (server.root_dir, server.session) == (str(host.home / "new"), "nbtui-myvm")
    runner.interrupt(session)
    _now, text = ended(runner, session)
    assert "Shutting down" in text
    assert "Pane is dead" not in text


def test_the_token_stands_in_no_argument_list_and_no_file_is_left(desk: Desk) -> None:
    host, shell, runner = desk
    host.give_jupyter()
    wanted = order()
    report = look(shell)
    watcher = Watcher()
    with watcher.at_work():
        session = runner.launch(wanted, report)
        server = served(shell, runner, session)
    assert server.token == wanted.token
    assert any(
        b"jupyter" in line and b"--port-retries" in line for line in watcher.arguments
    )
    assert not [line for line in watcher.arguments if wanted.token.encode() in line]
    assert not list((host.home / ".cache/nbtui").iterdir())
    assert (host.home / ".cache/nbtui").stat().st_mode & 0o777 == 0o700
    options = host.run(f"tmux show-options -t '{session.id}'")
    assert wanted.token not in options
    assert f"@nbtui_port {wanted.port}" in options.replace('"', "")
    assert wanted.token not in host.run("tmux show-environment -g; tmux show-environment")
    server_environ = host.run("cat /proc/$(tmux display-message -p '#{pid}')/environ")
    assert wanted.token not in server_environ


@pytest.mark.parametrize(
    ("facts", "message", "layer"),
    [
        ({"activate": "echo no such thing >&2; false"}, "could not be activated: no such thing", "activate"),
        ({"activate": "echo 'broken"}, "could not be activated", "activate"),
        ({"directory": "~/file/below"}, "cannot be made", "folder"),
        ({"command": "jupyter-of-nobody lab"}, "jupyter-of-nobody", "jupyter"),
        ({"command": "python3 -m nosuchmodule"}, "No module named nosuchmodule", "jupyter"),
        ({"command": "exit 7;"}, "it ended", "jupyter"),
    ],
)  # fmt: skip
def test_a_start_that_fails_says_why(
    desk: Desk, facts: dict[str, str], message: str, layer: str
) -> None:
    host, shell, runner = desk
    host.give_jupyter()
    host.write("file")
    session = runner.launch(order(**facts), look(shell))
    now, text = ended(runner, session)
    error = runner.explain(text, now)
    assert message in error.message
    assert (error.code, error.layer) == (7, layer)
    assert "NAME" not in error.hint


def test_no_jupyter_is_said_with_what_to_install(desk: Desk) -> None:
    _host, shell, runner = desk
    session = runner.launch(order(), look(shell))
    now, text = ended(runner, session)
    error = runner.explain(text, now)
    assert "there is no jupyter" in error.message
    assert "pip install" in error.hint


def test_a_jupyter_outside_of_path_serves_when_it_is_named(desk: Desk) -> None:
    _host, shell, runner = desk
    session = runner.launch(order(jupyter=f"{BIN}/jupyter"), look(shell))
    assert served(shell, runner, session).session == session.name


def test_a_taken_port_is_said(desk: Desk) -> None:
    host, shell, runner = desk
    host.give_jupyter()
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        session = runner.launch(order(port=port), look(shell))
        now, text = ended(runner, session)
    assert runner.explain(text, now).message.endswith(f"port {port} on the host is in use")


def test_a_folder_that_is_a_link_is_not_trusted_with_a_token(desk: Desk) -> None:
    host, shell, runner = desk
    (host.home / ".cache").mkdir()
    (host.home / ".cache/nbtui").symlink_to(host.home)
    with pytest.raises(HostLacks, match="not a folder of this user's own") as raised:
        runner.launch(order(), look(shell))
    assert raised.value.layer == "disk"
    assert host.run("tmux list-sessions 2>&1", check=False).startswith(
        ("no server", "error")
    )


@pytest.mark.root
def test_a_folder_that_cannot_be_written_to_is_said(desk: Desk) -> None:
    host, shell, runner = desk
    host.give_jupyter()
    host.run("mkdir ~/ro && mount -t tmpfs -o ro none ~/ro")
    session = runner.launch(order(directory="~/ro"), look(shell))
    now, text = ended(runner, session)
    assert runner.explain(text, now).message.endswith(
        f"the folder {host.home}/ro is read-only"
    )


@pytest.mark.root
def test_a_disk_without_room_is_said_in_the_words_of_the_host(desk: Desk) -> None:
    host, shell, runner = desk
    (host.home / ".cache").mkdir()
    host.run("mount -t tmpfs -o size=4k none ~/.cache && mkdir -m 700 ~/.cache/nbtui")
    host.run("head -c 4096 /dev/zero > ~/.cache/full", check=False)
    with pytest.raises(HostLacks, match="No space left on device") as raised:
        runner.launch(order(), look(shell))
    assert "make room" in raised.value.hint
    assert host.run("ls ~/.cache/nbtui") == ""


def test_a_host_without_tmux_is_told_how_to_get_it(desk: Desk) -> None:
    _host, shell, runner = desk
    bare = replace(look(shell), tmux_path="")
    with pytest.raises(HostLacks, match="has no tmux") as raised:
        runner.launch(order(), bare)
    assert (raised.value.layer, raised.value.hint) == (
        "tmux", "on the host: sudo apt-get install tmux",
    )  # fmt: skip
    with pytest.raises(HostLacks, match=r"too old: 2\.6"):
        runner.launch(order(), replace(bare, tmux_path="/usr/bin/tmux", tmux_version="1.8"))


def test_a_taken_name_gets_a_number(desk: Desk) -> None:
    host, shell, runner = desk
    before = look(shell)
    host.run("tmux new-session -d -s nbtui-myvm")
    session = runner.launch(order(command="sleep 60;"), before)
    assert session.name == "nbtui-myvm-2"


def test_the_state_is_of_the_servers_pane_even_when_somebody_split_it(desk: Desk) -> None:
    host, shell, runner = desk
    session = runner.launch(
        order(command="printf '\\033]0;evil\\007\\033[31mred\\n'; sleep 60;"), look(shell)
    )
    until(lambda: "red" in runner.state(session)[1], what="the output")
    host.run(f"tmux split-window -b -t '{session.id}' 'echo other; exec sleep 50'")
    now, text = runner.state(session)
    assert now is not None
    assert (now.dead, now.pane_pid, now.profile) == (False, session.pane_pid, "myvm")
    assert text == "red"
    runner.interrupt(session)
    until(
        lambda: not [one for one in host.processes() if "sleep 60" in one],
        what="Ctrl-C in its pane",
    )
    assert [one for one in host.processes() if "sleep 50" in one]


def test_ctrl_c_gets_through_copy_mode(desk: Desk) -> None:
    host, shell, runner = desk
    session = runner.launch(order(command="echo up; sleep 60;"), look(shell))
    until(lambda: "up" in runner.state(session)[1], what="the output")
    host.run(f"tmux copy-mode -t '{session.id}'")
    runner.interrupt(session)
    ended(runner, session)


def test_only_the_session_that_was_meant_is_ended(desk: Desk) -> None:
    host, shell, runner = desk
    session = runner.launch(order(command="sleep 60;"), look(shell))
    runner.end(replace(session, name="another"))
    assert runner.state(session)[0] is not None
    runner.end(session)
    assert runner.state(session) == (None, "")
    runner.end(session)
    assert "sleep 60" not in "".join(host.processes())


def test_a_broken_tmux_is_not_taken_for_a_session_that_is_gone(desk: Desk) -> None:
    host, _shell, _runner = desk
    host.write(
        "bin/tmux", "#!/bin/sh\necho 'permission \033[31mdenied' >&2; exit 1\n", mode=0o755
    )
    there = LocalShell(host, PATH=f"{host.home}/bin:/usr/bin:/bin")
    with pytest.raises(Exception, match="permission denied"):
        TmuxRunner(there).state(TmuxSession(id="$0", name="x"))


def ssh(
    host: SshHost, line: str, *options: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ssh", "-F", "/dev/null", "-i", str(host.key), "-p", str(host.port), "-o",
         f"UserKnownHostsFile={host.known_hosts}", "-o", "IdentitiesOnly=yes", *options, "127.0.0.1", line],
        input=stdin, capture_output=True, check=False, timeout=30,
    )  # fmt: skip


@pytest.mark.parametrize("kind", SHELLS)
def test_a_command_runs_in_the_folder_and_environment_with_its_own_streams(
    make_host: Callable[..., SshHost], kind: str
) -> None:
    host, _shell, runner = at(with_rc(make_host, kind))
    words = ["it's", '"!x', "a\nb", "ü;"]
    code = "import os,sys; print(os.getcwd(), os.environ['ACT'], sys.argv[1:], sys.stdin.read()); sys.exit(9)"
    line = runner.run_command(
        ["python3", "-c", code, *words], directory="~/n'w", activate="act one"
    )
    done = ssh(host, line, stdin=b"typed")
    noise = (
        "noise\nnoise\n" if kind == "tcsh" else ""
    )  # csh closes what could be kept apart
    assert (
        done.stdout.decode().removeprefix(noise) == f"{host.home}/n'w one {words} typed\n"
    )
    assert done.returncode == 9
    assert kind == "tcsh" or done.stderr == b""
    failed = ssh(host, runner.run_command("echo no", directory="~", activate="false"))
    assert failed.returncode == 83
    assert b"could not be activated" in failed.stderr


def test_one_word_is_a_line_of_shell_as_with_ssh(desk: Desk) -> None:
    host, _shell, runner = desk
    done = ssh(host, runner.run_command(["echo a | tr a b"], directory="~", activate=""))
    assert done.stdout == b"b\n"


@pytest.mark.parametrize("kind", SHELLS)
def test_a_shell_lasts_with_what_was_activated_in_it(
    make_host: Callable[..., SshHost], kind: str
) -> None:
    host, shell, runner = at(with_rc(make_host, kind))
    facts = {"profile": "my;vm;", "directory": "~/n'w", "activate": "act one;"}
    session = runner.shell_session(**facts, report=look(shell))
    assert (session.name, session.shell_of) == ("nbtui-sh-my_vm_", "my;vm;")
    again = runner.shell_session(**facts, report=look(shell))
    assert again.id == session.id
    host.run(f"tmux send-keys -t '{session.id}' 'echo $ACT in $PWD' Enter")
    until(
        lambda: f"one in {host.home}/n'w" in runner.state(session)[1].splitlines(),
        what="the environment in the shell",
    )


@pytest.mark.parametrize("kind", SHELLS)
def test_attaching_works_from_every_login_shell_and_with_an_unknown_terminal(
    make_host: Callable[..., SshHost], kind: str
) -> None:
    host, shell, runner = at(make_host(**login_shell(kind)))
    session = runner.launch(order(command="echo up; sleep 60;"), look(shell))
    argv = ["script", "-qec", " ".join([
        "TERM=xterm-kittyfoo", "ssh", "-tt", "-F", "/dev/null", "-i", str(host.key), "-p", str(host.port),
        "-o", f"UserKnownHostsFile={host.known_hosts}", "127.0.0.1", '"$LINE"',
    ]), "/dev/null"]  # fmt: skip
    env = {"LINE": runner.attach_command(session), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as client:
        until(lambda: (now := runner.state(session)[0]) and now.attached, what="a client")
        runner.end(session)
        assert client.wait(10) == 0
