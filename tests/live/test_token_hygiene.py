"""Where the token is during and after a whole job: in the server's runtime file, and in nobody's argument list."""

import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from lab.argument_lists import Watcher
from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow]


def holding(token: str, *roots: Path) -> set[Path]:
    """Files below the folders that hold the token."""
    files = [path for root in roots for path in root.rglob("*") if path.is_file()]
    found = set()
    for path in files:
        with suppress(FileNotFoundError):  # Jupyter writes its file anew now and then
            if token.encode() in path.read_bytes():
                found.add(path)
    return found


def mode(path: Path) -> int:
    def facts() -> int | None:
        with suppress(FileNotFoundError):  # see above
            return path.stat().st_mode
        return None

    return stat.S_IMODE(until(facts, what=f"{path} there") or 0)


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port())
    return host


def test_the_token_is_in_no_argument_list_and_in_no_file_but_its_own(
    vm: SshHost, desk: Desk
) -> None:
    browser = desk.root / "browser"
    browser.write_text("#!/bin/sh\nexit 0\n")  # one that keeps nothing of what it reads
    watcher = Watcher()
    said = []
    with watcher.at_work():
        said.append(desk.nbtui("connect", "myvm", "--json"))
        url = desk.nbtui("url", "myvm")
        said += [desk.nbtui("open", "myvm"), desk.nbtui("status", "--json")]
        said += [desk.nbtui("logs", "myvm"), desk.nbtui("shell", "myvm", "--", "true")]
        token = url.out.strip().partition("token=")[2]
        assert len(token) >= 32
        redirect = only_its_own_files_hold(token, desk, vm)
        said.append(desk.nbtui("stop", "myvm", "--yes"))
    assert [ran.status for ran in said] == [0] * len(said), said
    assert watcher.rounds > 10
    assert len(watcher.seen) > 10
    assert not [argv for argv in watcher.seen if token.encode() in argv]
    for ran in (*said, url):
        assert token not in ran.err
    for ran in said:
        assert token not in ran.out

    assert holding(token, desk.root, vm.root) <= redirect


def only_its_own_files_hold(token: str, desk: Desk, vm: SshHost) -> set[Path]:
    """The server's runtime file, and a redirect until it is deleted, which is returned."""
    kept = holding(token, desk.root, vm.root)
    redirect = {path for path in kept if path.name.startswith("nbtui-redirect-")}
    [runtime] = {path for path in kept if path.name.startswith("jpserver-")} - pages(kept)
    assert kept == {runtime} | redirect | pages(kept), kept
    assert {mode(path) for path in {runtime} | redirect} == {0o600}
    assert mode(runtime.parent) == 0o700  # Jupyter's own page for a browser there is 0644
    return redirect


def pages(kept: set[Path]) -> set[Path]:
    return {path for path in kept if path.match("runtime/jpserver-*-open.html")}
