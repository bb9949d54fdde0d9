"""What the commands print once a notebook is connected: data on stdout, talk on stderr, a token in one place only."""

import urllib.request
from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from nbtui.model.snapshot import Snapshot
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost], shared_desk: Desk) -> SshHost:
    """A host whose notebook is connected."""
    host = make_shared_host("vm")
    host.give_jupyter()
    shared_desk.knows(host, port=free_port(), local_port=free_port())
    ran = shared_desk.nbtui("connect", "myvm", "--no-browser")
    assert ran.status == 0, ran.err
    return host


@pytest.fixture
def connected(vm: SshHost, shared_desk: Desk) -> Desk:
    """The user of that host."""
    del vm
    return shared_desk


def test_connect_prints_the_url_alone_and_says_the_rest_on_stderr(connected: Desk) -> None:
    url = f"http://localhost:{connected.row()['local_port']}/\n"
    ran = connected.nbtui("connect", "myvm", "--no-browser")
    assert (ran.status, ran.out, ran.err) == (0, url, "")


def test_json_has_the_row_of_the_page_and_opens_the_browser_all_the_same(
    connected: Desk,
) -> None:
    ran = connected.nbtui("connect", "myvm", "--json")
    assert ran.out.count("\n") == 1
    assert set(ran.json) == {*Snapshot(name="n", host="h").to_json()}
    assert set(ran.json["server"]) == {
        "pid", "version", "root_dir", "started_at", "session", "ours",
    }  # fmt: skip
    assert set(ran.json["kernels"]) == {"total", "busy", "idle_since"}
    until(connected.browsed.exists, what="a browser")
    assert "token=" in connected.browsed.read_text()


def test_a_browser_that_cannot_read_the_redirect_is_told_of_until_it_comes(
    connected: Desk,
) -> None:
    def said() -> bool:
        return "no browser has come" in connected.nbtui("status").err

    url = connected.nbtui("connect", "myvm", BROWSER="true").out.strip()
    assert not said()
    until(said, what="a word about the browser")
    ran = connected.nbtui("open", "myvm", BROWSER="true")
    assert "nbtui url myvm prints the address" in ran.err
    assert not said()
    until(said, what="a word about the second browser")
    urllib.request.urlopen(f"{url}api", timeout=10).close()
    until(lambda: not said(), what="the end of it")


@pytest.mark.parametrize("words", [("open", "myvm"), ("connect", "myvm")])
def test_without_a_browser_it_is_exit_0_and_the_way_is_said(
    connected: Desk, words: tuple[str, ...]
) -> None:
    nothing = connected.root / "empty"
    nothing.mkdir(exist_ok=True)
    url = f"http://localhost:{connected.row()['local_port']}/"
    ran = connected.nbtui(*words, BROWSER="", PATH=str(nothing))
    assert (ran.status, ran.out) == (0, f"{url}\n")
    assert "try: nbtui url myvm" in ran.err
    assert "token" not in ran.out + ran.err


def test_only_url_prints_the_token(connected: Desk) -> None:
    url = connected.nbtui("url", "myvm").out
    token = url.strip().partition("?token=")[2]
    assert len(token) > 20
    for words in (
        ("status",),
        ("status", "--json"),
        ("hints", "--json"),
        ("logs", "myvm", "-n", "500"),
        ("open", "myvm"),
        ("profile", "show", "myvm", "--json"),
        ("agent", "logs", "-n", "1000"),
    ):
        ran = connected.nbtui(*words)
        assert ran.status == 0, ran.err
        assert token not in ran.out + ran.err, words


@pytest.mark.parametrize("words", [("attach", "myvm"), ("shell", "myvm")])
def test_a_terminal_that_is_missing_is_exit_2(
    connected: Desk, words: tuple[str, ...]
) -> None:
    ran = connected.nbtui(*words)
    assert (ran.status, ran.out) == (2, "")
    assert "try: " in ran.err


def test_colours_are_for_terminals_that_want_them(connected: Desk) -> None:
    assert "\x1b" not in connected.nbtui("status").out
    with connected.terminal("status") as tty:
        assert tty.end() == 0
    assert b"\x1b[32m" in tty.shown
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with connected.terminal("status", **env) as tty:
            assert tty.end() == 0
        assert b"\x1b" not in tty.shown


def test_watch_prints_one_document_a_line(connected: Desk) -> None:
    process = connected.begin("status", "myvm", "--watch", "--json")
    assert process.stdout is not None
    assert '"name": "myvm"' in process.stdout.readline()


def test_hints_are_asked_with_the_size_of_this_terminal(
    connected: Desk, vm: SshHost
) -> None:
    tmux = f"TMUX_TMPDIR={vm.root}/tmux tmux"
    vm.run(
        f"{tmux} set -w -t nbtui-myvm window-size manual; {tmux} resize-window -t nbtui-myvm -x 40 -y 10"
    )
    assert '"kind": "terminal"' not in connected.nbtui("hints", "myvm", "--json").out
    with connected.terminal("hints", "myvm") as tty:
        assert tty.end() == 0
    assert b"terminal" in tty.shown


def test_last_use_is_remembered(connected: Desk) -> None:
    [state] = connected.state.glob("state*.json")
    assert '"used"' in state.read_text()


def test_every_field_of_a_row_survives_the_way_through_json(connected: Desk) -> None:
    row = connected.row()
    assert Snapshot.from_json(row).to_json() == {
        **Snapshot(name="n", host="h").to_json(), **Snapshot.from_json(row).to_json(),
    }  # fmt: skip
    assert {*Snapshot._fields} <= {*row, "hint"}


def test_stop_asks_once_and_names_the_kernels_that_would_end(connected: Desk) -> None:
    url, _, token = connected.nbtui("url", "myvm").out.strip().partition("?token=")
    request = urllib.request.Request(
        f"{url}api/kernels", data=b"{}", headers={"Authorization": f"token {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.status == 201
    with connected.terminal("stop", "myvm") as tty:
        tty.wait_for(b"[y/N]")
        tty.type(b"n\n")
        assert tty.end() == 9
    shown = tty.shown.decode()
    assert "1 kernel would end" in shown
    assert "(python3)" in shown
    assert connected.row()["kernels"]["total"] == 1


def test_stop_proves_it_and_a_second_one_has_nothing_to_do(
    connected: Desk, vm: SshHost
) -> None:
    ran = connected.nbtui("stop", "myvm", "--json")
    assert ran.status == 0, ran.err
    assert set(ran.json) == {"name", "steps", "left"}
    assert all(set(one) == {"step", "ok", "seconds"} for one in ran.json["steps"])
    until(lambda: vm.processes() == [], what="an empty process list on the host")
    again = connected.nbtui("stop", "myvm", "--json")
    assert (again.status, again.json["left"]) == (0, [])
    for words in (("open", "myvm"), ("url", "myvm"), ("logs", "myvm"), ("attach", "myvm")):
        ran = connected.nbtui(*words)
        assert (ran.status, ran.out) == (7, ""), (words, ran)
        assert "try: nbtui start myvm" in ran.err
