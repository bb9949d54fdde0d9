"""Where the token is during and after a whole job: in the server's runtime file and environment, and nowhere else."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.desk import Desk, Ran
from lab.sshd import SshHost, free_port
from lab.watcher import Watcher, open_to_others, stranger
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(200)]


@dataclass(kw_only=True)
class Job:
    """What was seen of one."""

    desk: Desk
    vm: SshHost
    watcher: Watcher
    token: bytes = b""
    said: dict[str, Ran] = field(default_factory=dict)
    while_up: dict[Path, int] = field(default_factory=dict)
    """Files that held the token while the server ran, and their modes."""

    seen_by_others: list[bytes] = field(default_factory=list, repr=False)
    began: float = 0.0
    """When the first file was made, seconds since 1970."""

    def run(self, *words: str) -> Ran:
        ran = self.desk.nbtui(*words)
        self.said[" ".join(words)] = ran
        return ran


@pytest.fixture(scope="module")
def job(make_shared_host: Callable[..., SshHost], shared_desk: Desk, lab: Path) -> Job:
    """All of it: connect, url, open, logs, shell, attach, stop; with the most talkative logs that there are."""
    vm = make_shared_host("vm", config="LogLevel DEBUG3")
    vm.give_jupyter()
    shared_desk.knows(vm, port=free_port(), local_port=free_port())
    shared_desk.env["NBTUI_DEBUG"] = "1"
    (shared_desk.root / "browser").write_text("#!/bin/sh\nexec sleep 1\n")  # keeps nothing
    one = Job(desk=shared_desk, vm=vm, watcher=Watcher(lab))
    one.began = (shared_desk.config / "profiles.toml").stat().st_mtime
    others = stranger() if os.getuid() == 0 else contextlib.nullcontext(one.seen_by_others)
    with one.watcher.at_work(), others as one.seen_by_others:
        _do(one)
    return one


def _do(job: Job) -> None:
    job.run("connect", "myvm", "--json")
    url = job.run("url", "myvm").out.strip()
    job.token = url.partition("token=")[2].encode()
    job.run("open", "myvm")
    job.run("status", "--json")
    job.run("profile", "show", "myvm", "--json")
    job.run("logs", "myvm")
    job.run("hints", "myvm", "--json")
    job.run("shell", "myvm", "--", "true")
    with job.desk.terminal("attach", "myvm") as tty:
        tty.wait_for(b"[nbtui-")
        tty.type(b"\x02d")
        assert tty.end() == 0
    job.while_up = {
        path: mode(path) for path in holding(job.token, job.desk.root, job.vm.root)
    }
    job.run("stop", "myvm", "--yes", "--json")
    job.run("agent", "stop")


def holding(token: bytes, *roots: Path, since: float = 0.0) -> set[Path]:
    """Files below the folders that hold the token."""
    found = set()
    walks = (walk for root in roots for walk in os.walk(root))
    for path in (Path(folder, name) for folder, _, names in walks for name in names):
        with contextlib.suppress(
            OSError
        ):  # it came and went, or it is none that can be read
            facts = path.lstat()
            if (
                stat.S_ISREG(facts.st_mode)
                and facts.st_mtime >= since
                and token in path.read_bytes()
            ):
                found.add(path)
    return found


def mode(path: Path) -> int:
    until(path.exists, what=f"{path} there")  # Jupyter writes its file anew now and then
    return stat.S_IMODE(path.stat().st_mode)


def is_redirect(path: Path) -> bool:
    """What the browser is shown for half a minute."""
    return path.name.startswith("nbtui-redirect-")


def test_the_job_was_done_and_watched(job: Job) -> None:
    assert {words: ran.status for words, ran in job.said.items() if ran.status} == {}
    assert len(job.token) >= 32
    assert job.watcher.rounds > 100
    assert any(b"jupyter" in one for one in job.watcher.arguments)
    assert any(b"jpserver-" in path.name.encode() for path, _ in job.watcher.files)


def test_no_argument_list_ever_had_it(job: Job) -> None:
    assert [one for one in job.watcher.arguments if job.token in one] == []


def test_it_was_in_the_environment_of_processes_of_the_host_only(job: Job) -> None:
    holders = [ours for one, ours in job.watcher.environments.items() if job.token in one]
    assert holders, "Jupyter gets it that way"
    assert not any(holders)


@pytest.mark.root
def test_another_user_of_the_machine_saw_it_nowhere(job: Job) -> None:
    [seen] = job.seen_by_others
    assert b"jupyter" in seen
    assert job.token not in seen


def test_no_command_but_url_said_it(job: Job) -> None:
    token = job.token.decode()
    told = {words for words, ran in job.said.items() if token in ran.out + ran.err}
    assert told == {"url myvm"}
    assert token not in job.said["url myvm"].err


def test_while_it_ran_only_jupyters_own_files_and_the_redirect_held_it(job: Job) -> None:
    pages = {path for path in job.while_up if path.match("runtime/jpserver-*-open.html")}
    runtime = {path for path in job.while_up if path.match("runtime/jpserver-*.json")}
    redirects = {path for path in job.while_up if is_redirect(path)}
    assert len(runtime) == 1
    assert set(job.while_up) == pages | runtime | redirects
    assert {job.while_up[path] for path in runtime | redirects} == {0o600}
    assert {mode(path.parent) for path in runtime} == {
        0o700
    }  # Jupyter's own page there is 0644


def test_no_file_that_others_could_read_ever_held_it(job: Job) -> None:
    held = {
        (path, others)
        for (path, others), contents in job.watcher.files.items()
        if any(job.token in content for content in contents)
    }
    assert [path for path, others in held if others] == []
    names = {path.name.partition("-")[0] for path, _ in held}
    assert names <= {"jpserver", "nbtui", "start"}, (
        held
    )  # nbtui-redirect, and the start file


def test_afterwards_it_is_in_no_file_and_no_log_at_either_end(job: Job, lab: Path) -> None:
    logs = [*job.desk.state.glob("agent-*.log"), job.vm.root / "log"]
    assert len(logs) == 2
    assert all(log.stat().st_size for log in logs)
    temporary = (lab, Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108  # looked into
    left = holding(job.token, *temporary, since=job.began)
    assert {path for path in left if not is_redirect(path)} == set()
    until(
        lambda: not any(map(Path.exists, left)), what="the end of the redirect", seconds=60
    )


def test_a_file_for_everybody_in_a_folder_for_everybody_would_have_been_told(
    tmp_path_factory: pytest.TempPathFactory, lab: Path
) -> None:
    file = lab / "for-everybody"
    file.write_text("x")
    file.chmod(0o644)
    assert open_to_others(file)
    file.chmod(0o600)
    assert not open_to_others(file)
    file.unlink()
    hidden = tmp_path_factory.mktemp("closed") / "x"
    hidden.write_text("x")
    hidden.parent.chmod(0o700)
    hidden.chmod(0o644)
    assert not open_to_others(hidden)
