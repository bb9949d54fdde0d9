"""The control shell on real hosts with all sorts of login shells."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.sshd import SshHost
from lab.transports import Lifeline
from nbtui.errors import LinkLost, TimedOut
from nbtui.ssh.dialogue import Dialogue, ShellEnded
from nbtui.ssh.shell import ControlShell
from nbtui.ssh.terminal import open_terminal
from waiting import until

pytestmark = pytest.mark.live
MakeHost = Callable[..., SshHost]
SHELLS = [
    "/bin/bash",
    "/bin/dash",
    "/bin/zsh",
    "/usr/bin/fish",
    "/bin/tcsh",
    "/bin/busybox ash",
]
ZSH, NOLOGIN = "/bin/zsh", "/usr/sbin/nologin"
NASTY = r"""a b	c'd"e`f`$g\h!i*j?[k]~l{m,n}(o)p;q&r|s<t>u#v%w^x=y\\é☃"""


@pytest.fixture
def link(host: SshHost) -> Iterator[Lifeline]:
    link = Lifeline(host)
    yield link
    link.cut()


@pytest.fixture
def shell(link: Lifeline) -> ControlShell:
    return ControlShell(link)


def running(host: SshHost, what: str) -> list[str]:
    return [row for row in host.processes() if what in row]


@pytest.mark.parametrize("login_shell", SHELLS)
def test_every_login_shell_leads_to_the_same_sh(
    make_host: MakeHost, login_shell: str
) -> None:
    host = make_host(shell=login_shell)
    for file in (".bashrc", ".zshenv", ".tcshrc", ".config/fish/config.fish"):
        host.write(file, "echo a start file speaks\n")
    link = Lifeline(host)
    shell = ControlShell(link)
    done = shell.run(f"cat <<'E'\n{NASTY}\nE\necho oops >&2; exit 7")
    assert (done.status, done.text, done.err) == (7, NASTY + "\n", b"oops\n")
    assert shell.run("cd /; false").status == 1
    assert shell.run("pwd").text == f"{host.home}\n"
    assert shell.pid is not None
    assert shell.sshd_pid is not None
    assert shell.boot_id == (host.root / "boot_id").read_text().strip()
    assert "sshd" in host.run(f"ps -ww -o args= -p {shell.sshd_pid}")
    link.cut()


def test_the_first_script_is_sent_without_waiting_for_what_the_sh_says_of_itself(
    shell: ControlShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noted(name: str) -> None:
        original = getattr(Dialogue, name)

        def method(self: Dialogue, *args: object, **named: object) -> object:
            order.append(name)
            return original(self, *args, **named)

        monkeypatch.setattr(Dialogue, name, method)

    noted("say")
    noted("hear")
    assert shell.run("echo first").text == "first\n"
    assert order == ["say", "say", "hear", "hear"]
    assert shell.pid is not None


@pytest.mark.parametrize("sh", ["dash", "bash", "busybox"])
def test_the_sh_itself_may_be_any_posix_shell(
    make_host: MakeHost, tmp_path: Path, sh: str
) -> None:
    command = "exec /bin/busybox sh" if sh == "busybox" else f"exec -a sh /bin/{sh}"
    (tmp_path / "sh").write_text(f'#!/bin/bash\n{command} "$@"\n')
    (tmp_path / "sh").chmod(0o755)
    host = make_host(env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    link = Lifeline(host)
    shell = ControlShell(link)
    assert shell.run("exit 3").status == 3
    assert shell.run("if; then").status != 0
    assert shell.run("echo still here").text == "still here\n"
    with pytest.raises(TimedOut):
        shell.run("sleep 777", timeout=0.3)
    until(lambda: not running(host, "sleep 777"), what="the end of what was stuck")
    assert shell.run("echo and still").text == "and still\n"
    link.cut()


def test_syntax_errors_exits_and_traps_hurt_only_themselves(shell: ControlShell) -> None:
    pid = None
    for script in (
        "'",
        "((",
        "exit 9",
        "exec >/dev/null 2>&1",
        "set -e; false",
        "case",
        "}",
    ):
        shell.run(script)
        assert shell.run("echo ok").text == "ok\n"
        pid = pid or shell.pid
        assert shell.pid == pid


def test_a_script_of_200_kb_runs_and_stands_in_no_argument_list(
    shell: ControlShell, host: SshHost
) -> None:
    secret = "s3cret" * 35_000
    done = shell.run(f"x='{secret}'; ps -eo args | grep -c s3cre[t]; echo ${{#x}}")
    assert done.text.split() == ["0", str(len(secret))]
    assert not running(host, "s3cret")


def test_standard_input_is_empty(shell: ControlShell) -> None:
    assert shell.run("cat; echo end").text == "end\n"


def test_output_over_the_limit_is_read_and_dropped(shell: ControlShell) -> None:
    done = shell.run("head -c 5000000 /dev/zero; echo x >&2; exit 3", limit=1000)
    assert (done.status, done.out, done.err, done.cut) == (3, bytes(1000), b"x\n", True)
    assert not shell.run("echo", limit=1000).cut


def test_ten_megabytes_of_rubbish_from_a_start_file_are_dropped(
    make_host: MakeHost,
) -> None:
    host = make_host(shell=ZSH)
    host.write(
        ".zshenv", "head -c 10000000 /dev/urandom; printf '\\033]0;evil\\007\\377'\n"
    )
    link = Lifeline(host)
    assert ControlShell(link).run("echo clean").text == "clean\n"
    link.cut()


def test_a_start_file_that_never_ends_is_a_time_out(make_host: MakeHost) -> None:
    host = make_host(shell=ZSH)
    host.write(".zshenv", "while :; do echo spam; done\n")
    link = Lifeline(host)
    with pytest.raises(TimedOut) as caught:
        ControlShell(link).run("echo", timeout=1.0)
    assert caught.value.layer == "shell"
    link.cut()


def test_an_account_without_a_shell_says_why(make_host: MakeHost) -> None:
    host = make_host(shell=NOLOGIN)
    link = Lifeline(host)
    with pytest.raises(ShellEnded, match="This account is currently not available"):
        ControlShell(link).run("echo")
    link.cut()


def test_a_stuck_script_is_killed_on_the_host_and_the_next_one_runs(
    shell: ControlShell, host: SshHost
) -> None:
    shell.run("true")
    first = shell.pid
    with pytest.raises(TimedOut) as caught:
        shell.run("sleep 777 & sleep 778", timeout=0.3)
    assert caught.value.layer == "shell"
    assert shell.run("echo again").text == "again\n"
    assert shell.pid != first
    until(lambda: not running(host, "sleep 77"), what="the end of what was stuck")
    until(lambda: len(running(host, "sh -s")) == 1, what="one sh")


def test_what_took_a_session_of_its_own_outlives_a_stuck_script(
    shell: ControlShell, host: SshHost
) -> None:
    with pytest.raises(TimedOut):
        shell.run("setsid sleep 779 >/dev/null 2>&1 & sleep 780", timeout=0.3)
    until(lambda: not running(host, "sleep 780"), what="the end of what was stuck")
    assert running(host, "sleep 779")


def test_endless_output_is_a_time_out(shell: ControlShell, host: SshHost) -> None:
    with pytest.raises(TimedOut):
        shell.run("yes", timeout=0.5, limit=10)
    until(lambda: not running(host, "yes"), what="the end of yes")


def test_late_output_of_a_background_process_is_not_the_next_scripts(
    shell: ControlShell,
) -> None:
    shell.run("(while :; do echo noise; echo noise >&2; done) & echo $!")
    done = shell.run("echo mine")
    assert b"mine\n" in done.out
    assert shell.run("exit 4").status == 4


def test_a_sh_that_somebody_kills_is_replaced(shell: ControlShell, host: SshHost) -> None:
    shell.run("true")
    host.run(f"kill -9 {shell.pid}")
    until(lambda: not running(host, "sh -s"), what="its end")
    until(lambda: _answers(shell), what="an answer of the next")


def _answers(shell: ControlShell) -> bool:
    try:
        return shell.run("echo yes").text == "yes\n"
    except ShellEnded:
        return False


def test_threads_take_turns(shell: ControlShell) -> None:
    said: list[str] = []

    def ask(number: int) -> None:
        said.append(shell.run(f"echo {number}; sleep 0.02; echo {number}").text)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(said) == [f"{number}\n{number}\n" for number in range(10)]


def test_a_lost_link_is_said_at_once(shell: ControlShell, link: Lifeline) -> None:
    asked = threading.Event()

    def cut() -> None:
        asked.wait()
        link.cut()

    shell.run("true")
    cutter = threading.Thread(target=cut)
    cutter.start()
    asked.set()
    with pytest.raises(LinkLost):
        shell.run("sleep 5", timeout=20)
    with pytest.raises(LinkLost):
        shell.run("true")
    cutter.join()


def test_the_first_script_on_a_new_link_ends_the_sshd_of_the_lost_one(
    host: SshHost, link: Lifeline, shell: ControlShell
) -> None:
    shell.run("true")
    old = shell.sshd_pid
    host.run(f"kill -STOP {old}")  # as good as a cable that was pulled
    link.mend()
    assert shell.run("echo new").text == "new\n"
    assert shell.sshd_pid != old
    until(
        lambda: not any(row.startswith(f"{old} ") for row in host.processes()),
        what="the end of the old sshd",
    )


def test_another_process_that_has_the_pid_now_is_left_alone(
    host: SshHost, link: Lifeline, shell: ControlShell
) -> None:
    shell.run("true")
    bystander = host.run("setsid sleep 781 >/dev/null 2>&1 & echo $!").strip()
    left = shell._ours  # noqa: SLF001  # a pid that comes again cannot be had to order
    assert left.sshd is not None
    shell._ours = type(left)(  # noqa: SLF001
        boot=left.boot,
        sshd=type(left.sshd)(
            pid=int(bystander), group=int(bystander), identity=left.sshd.identity
        ),
    )
    link.mend()
    shell.run("true")
    assert running(host, "sleep 781")


def test_where_one_session_is_granted_a_terminal_borrows_its_place(
    make_host: MakeHost,
) -> None:
    host = make_host(config="MaxSessions 1")
    link = Lifeline(host)
    shell = ControlShell(link)
    assert shell.run("echo before").text == "before\n"
    terminal = open_terminal(link(0), "cat", lender=shell)
    with pytest.raises(TimedOut, match="the only session"):
        shell.run("echo meanwhile")
    terminal.write(b"x")
    assert terminal.read() == (b"x", b"")
    terminal.close()
    assert shell.run("echo after").text == "after\n"
    link.cut()


def test_close_ends_the_sh_on_the_host(host: SshHost, shell: ControlShell) -> None:
    shell.run("true")
    shell.close()
    shell.close()
    until(lambda: not running(host, "sh -s"), what="the end of the sh")
