"""The one private place of libtmux that is used; these fail when a new libtmux moves it."""

import os
from pathlib import Path
from threading import Thread

import libtmux
import pytest
from libtmux import common

from nbtui.errors import LinkLost, NbtuiError
from nbtui.model.shell import Completed
from nbtui.runners.tmux.seam import HostTmux, led

ROW = "#{session_id}"


class FarShell:
    """Answers as a tmux with one session would, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, script: str, **_bounds: float) -> Completed:
        line = script.splitlines()[-1]
        self.asked.append(line.removeprefix("/far/tmux -u "))
        out = b"tmux 3.4\n" if line.endswith(" -V") else b"$0\n"
        return Completed(status=0, out=out, err=b"")


class GoneShell:
    """The link was lost."""

    def run(self, script: str, **_bounds: float) -> Completed:
        raise LinkLost(f"gone before {script}")


@pytest.fixture
def no_tmux_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without tmux, as Windows is."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_tmux_here")
def test_all_that_libtmux_does_goes_over_the_link() -> None:
    far = FarShell()
    with led(HostTmux(shell=far, path="/far/tmux")) as server:
        server.cmd("list-keys")
        server.has_session("a")
        session = libtmux.Session(server=server, session_id="$0")
        session.set_option("@a", "b")
        session.cmd("send-keys", "x")
        session.kill()
        common.get_version(tmux_bin=server.tmux_bin)
        with pytest.raises(ValueError, match="zip"):
            list(
                server.sessions
            )  # this fake does not speak the format; it was asked all the same
    commands = [line.split()[0] for line in far.asked]
    assert commands == [
        "list-keys", "has-session", "set-option", "send-keys", "kill-session", "-V", "list-sessions",
    ]  # fmt: skip


def test_each_host_has_a_version_of_its_own() -> None:
    for _ in range(2):
        far = FarShell()
        with led(HostTmux(shell=far, path="/far/tmux")) as server:
            common.get_version(tmux_bin=server.tmux_bin)
        assert far.asked == ["-V"]


def test_other_servers_still_start_a_program_here(tmp_path: Path) -> None:
    here = tmp_path / "tmux"
    here.write_text("#!/bin/sh\necho here\n")
    here.chmod(0o755)
    assert libtmux.Server(tmux_bin=here).cmd("list-keys").stdout == ["here"]


def test_a_released_marker_leads_nowhere() -> None:
    with led(HostTmux(shell=FarShell())) as server:
        pass
    with pytest.raises(libtmux.exc.TmuxCommandNotFound):
        server.cmd("list-keys")


def test_hosts_are_led_apart_in_many_threads() -> None:
    shells = [FarShell() for _ in range(8)]

    def work(number: int) -> None:
        with led(HostTmux(shell=shells[number], path="/far/tmux")) as server:
            for _ in range(50):
                server.cmd("kill-session", str(number))

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, shell in enumerate(shells):
        assert shell.asked == [f"kill-session {number}"] * 50


def test_a_lost_link_is_not_taken_for_trouble_of_tmux() -> None:
    with pytest.raises(LinkLost), led(HostTmux(shell=GoneShell())) as server:
        server.cmd("list-keys")


def test_what_libtmux_raises_is_said_in_our_words() -> None:
    with (
        pytest.raises(NbtuiError, match="tmux on the host says"),
        led(HostTmux(shell=FarShell())) as server,
    ):
        server.has_session("")


def test_the_environment_of_this_process_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMUX", "/run/x,1,0")
    with led(HostTmux(shell=FarShell())) as server:
        server.cmd("list-keys")
    assert os.environ["TMUX"] == "/run/x,1,0"
