"""An upgrade under an agent that holds links: it hands them over unasked, unless somebody would mind."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port, keygen
from nbtui import __version__
from waiting import until

assert sys.platform != "win32"  # the lab's hosts are namespaces of Linux

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(180)]

PASSPHRASE = "open sesame"  # noqa: S105  # of a key of the lab


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, port=free_port())
    return host


def agent(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = desk.nbtui("agent", "status", "--json").json["agent"]
    return found


def old(desk: Desk, version: str = "0.0.1") -> dict[str, Any]:
    """Environment of commands, and of an agent that they start, from before the upgrade."""
    folder = Path(desk.root) / f"all-{version}"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(
        f"import nbtui\nnbtui.__version__ = {version!r}\n"
    )
    return {"PYTHONPATH": str(folder)}


def test_what_needs_nobody_comes_back_by_itself_on_the_same_ports(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, "other", port=free_port())
    port = str(free_port())
    asked = ("connect", "myvm", "--no-browser", "--json", "--local-port", port)
    before = desk.nbtui(*asked, **old(desk)).json
    assert desk.nbtui("hints", "other", **old(desk)).status == 0
    assert agent(desk)["version"] == "0.0.1"
    ran = desk.nbtui("status")
    assert (ran.status, ran.err) == (0, "")
    for name in ("myvm", "other"):
        until(lambda name=name: desk.row(name)["state"] == "connected", what=name)  # type: ignore[misc]  # mypy knows no types of a lambda's defaults
    after = desk.row("myvm")
    assert agent(desk)["version"] == __version__
    assert after["url"] == before["url"] == f"http://localhost:{port}/"
    assert after["server"] == before["server"]
    assert after["lights"] == before["lights"]
    assert desk.row("other")["lights"]["link"] == "ok"


def test_a_connect_after_the_upgrade_returns_when_the_notebook_answers(
    vm: SshHost, desk: Desk
) -> None:
    before = desk.nbtui("connect", "myvm", "--no-browser", "--json", **old(desk)).json
    after = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert after.status == 0, after.err
    assert after.json["server"] == before["server"]
    assert agent(desk)["version"] == __version__
    assert vm.run("tmux list-sessions -F '#{session_name}'").split() == ["nbtui-myvm"]


def test_a_command_that_is_under_way_is_not_cut_off(vm: SshHost, desk: Desk) -> None:
    shell = desk.begin("shell", "myvm", "--", "echo begun; exec sleep 1000", **old(desk))
    assert shell.stdout
    assert shell.stdout.readline() == "begun\n"
    ran = desk.nbtui("status")
    assert ran.status == 1
    assert "shell is under way" in ran.err
    assert "try: nbtui agent restart" in ran.err
    vm.run("pkill -x sleep")
    shell.communicate(timeout=20)
    assert desk.nbtui("status").status == 0
    assert agent(desk)["version"] == __version__


def test_a_login_that_took_a_passphrase_is_left_alone_and_named(
    vm: SshHost, desk: Desk
) -> None:
    vm.key = keygen(vm.root / "locked", passphrase=PASSPHRASE)
    vm.prepare()
    (desk.config / "profiles.toml").write_text("")
    desk.knows(vm, "locked", port=free_port())
    desk.knows(vm, "second", port=free_port())
    for name in ("locked", "second"):  # the second shares the link, and so the tie
        with desk.terminal("connect", name, "--no-browser", **old(desk)) as tty:
            if name == "locked":
                tty.wait_for(b"Passphrase")
                tty.type(PASSPHRASE.encode() + b"\n")
            assert tty.end() == 0, tty.shown
    ran = desk.nbtui("status")
    assert ran.status == 1
    assert "the agent is nbtui 0.0.1 and holds 1 links" in ran.err
    assert (
        "the login of locked needs a person; the login of second needs a person" in ran.err
    )
    assert "try: nbtui agent restart" in ran.err
    assert desk.nbtui("disconnect", "second", **old(desk)).status == 0
    assert desk.nbtui("agent", "restart").status == 0
    until(lambda: desk.row("locked")["state"] == "needs-input", what="the question")
    with desk.terminal("connect", "locked", "--no-browser") as tty:
        tty.wait_for(b"Passphrase")
        tty.type(PASSPHRASE.encode() + b"\n")
        assert tty.end() == 0, tty.shown


def test_a_program_from_before_the_upgrade_does_not_take_the_links_back(
    vm: SshHost, desk: Desk
) -> None:
    assert vm.process
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    ran = desk.nbtui("status", **old(desk))
    assert ran.status == 1
    assert "try: start this program again: nbtui was upgraded meanwhile" in ran.err
    assert desk.row()["state"] == "connected"
