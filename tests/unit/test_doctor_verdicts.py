"""From what was found to a verdict, without a host."""

from dataclasses import replace

import pytest

from fakes import FakeClock
from nbtui.errors import HostKeyChanged, LoginError, NbtuiError
from nbtui.keys.checkup import KeyFact, key_files
from nbtui.keys.ondisk import KeyFile, Note, PublicOnly
from nbtui.model.check import NEEDS, Check, blocked_by, cause_of
from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.remote.checkup import Checkup, parse_checkup
from nbtui.remote.choose import Several
from nbtui.session.doctor import host_verdicts, verdicts
from nbtui.session.doctor.chart import Chart
from nbtui.session.doctor.host_verdicts import Environment
from nbtui.session.doctor.noise import Noise

REPORT = HostReport(
    hostname="vm", user="ada", uid=1000, home="/home/ada", login_shell="/bin/bash",
    disk_total=1 << 40, disk_free=1 << 30, home_free=1 << 30, tmux_path="/usr/bin/tmux", tmux_version="3.3a",
)  # fmt: skip
WELL = Checkup(folder="/home/ada/work", nearest="/home/ada")
KEY = KeyFile(path="/k", data=b"", encrypted=False, public=b"pub")
BROKEN = Note(text="/k is broken", hint="chmod 600 /k", too_open="/k")


def fact(found: KeyFile | PublicOnly | Note | None, *, named: bool = True) -> KeyFact:
    return KeyFact(path="/k", named=named, found=found)


def test_every_layer_needs_only_what_comes_before_it() -> None:
    order = list(NEEDS)
    for layer, needs in NEEDS.items():
        assert all(order.index(need) < order.index(layer) for need in needs), layer


def test_a_bad_layer_blocks_all_that_stands_on_it_and_nothing_else() -> None:
    found = [Check("key exchange", "bad")]
    blocked = {layer for layer in NEEDS if blocked_by(layer, found)}
    assert "kernel" in blocked
    assert blocked.isdisjoint({"tcp", "ssh-agent", "local port", "versions"})


def test_unusable_keys_are_why_a_login_failed_and_else_a_warning() -> None:
    keys = key_files((fact(BROKEN),), frozenset())
    assert (keys.status, keys.code) == ("warn", 0)
    assert keys.fix
    assert keys.fix.about == "/k"
    refused = verdicts.bad("login", LoginError("no", hint="nbtui profile edit NAME"))
    [blamed, name, login] = verdicts.settled(keys, [Check("name", "ok"), refused])
    assert (blamed.layer, blamed.status, blamed.code) == ("key files", "bad", 4)
    assert (name.status, login.status, login.code) == ("ok", "skip", 0)
    elsewhere = [Check("tcp", "bad", code=6)]
    assert [one.status for one in verdicts.settled(keys, elsewhere)] == ["warn", "bad"]


@pytest.mark.parametrize(
    ("found", "named", "held", "status"),
    [
        (KEY, True, b"", "ok"),
        (None, True, b"", "warn"),
        (None, False, b"", "skip"),
        (PublicOnly(path="/k", public=b"pub", note=BROKEN), True, b"pub", "ok"),
        (PublicOnly(path="/k", public=b"pub", note=BROKEN), True, b"", "warn"),
    ],
    ids=str,
)
def test_what_stands_under_the_path_of_a_key_decides(
    found: KeyFile | PublicOnly | Note | None, *, named: bool, held: bytes, status: str
) -> None:
    check = key_files((fact(found, named=named),), frozenset({held} - {b""}))
    assert check.status == status
    assert check.evidence


def test_a_changed_key_can_be_replaced_and_shows_both() -> None:
    error = HostKeyChanged(
        host="vm", stored="A 1", offered_type="B", offered="2", file="/kh", line=3
    )
    fix = verdicts.bad("host key", error).fix
    assert fix
    assert fix.asks
    assert fix.detail == ("on file  A 1  (/kh:3)", "offered  B 2")


@pytest.mark.parametrize(
    ("environment", "wanted", "status"),
    [
        (Environment(program="/v/jupyter", kinds=("lab",)), "jupyter", "ok"),
        (Environment(program="/v/jupyter"), "jupyter", "bad"),
        (Environment(program=""), "jupyter", "bad"),
        (Environment(program="", elsewhere=("/c/jupyter",)), "jupyter", "ok"),
        (
            Environment(program="", elsewhere=("/c/jupyter", "/d/jupyter")),
            "jupyter",
            "warn",
        ),
        (Environment(program="/v/pixi"), "pixi", "ok"),
        (Environment(program="", elsewhere=("/c/jupyter",)), "pixi", "bad"),
    ],
    ids=str,
)
def test_what_would_be_started_decides(
    environment: Environment, wanted: str, status: str
) -> None:
    check = host_verdicts.jupyter(environment, wanted)
    assert check.status == status
    assert check.code == (7 if status == "bad" else 0)


@pytest.mark.parametrize(
    ("found", "report", "said"),
    [
        (replace(WELL, home_writable=False), REPORT, "the home /home/ada cannot"),
        (WELL, replace(REPORT, home_free=0), "is full"),
        (replace(WELL, is_folder=False), REPORT, "is no folder"),
        (replace(WELL, writable=False), REPORT, "cannot be written to"),
    ],
    ids=str,
)
def test_a_folder_that_will_not_do_is_bad(
    found: Checkup, report: HostReport, said: str
) -> None:
    check = host_verdicts.folder(found, report)
    assert (check.status, check.code) == ("bad", 7)
    assert said in check.evidence


def test_a_disk_that_was_not_measured_is_not_full() -> None:
    unknown = replace(REPORT, disk_total=0, home_free=0)
    assert host_verdicts.folder(WELL, unknown).status == "ok"
    assert "which a start makes" in host_verdicts.folder(WELL, REPORT).evidence
    assert host_verdicts.folder(replace(WELL, folder=""), REPORT).status == "skip"


def test_files_of_servers_on_another_node_are_left_alone() -> None:
    shared = host_verdicts.runtime_files(Checkup(live=1, shared=("/h/jpserver-7.json",)))
    assert (shared.status, shared.fix) == ("ok", None)
    stale = host_verdicts.runtime_files(Checkup(stale=("/h/jpserver-7.json",)))
    assert stale.status == "warn"
    assert stale.fix


def test_a_shell_that_prints_or_dawdles_is_a_warning() -> None:
    well = Noise(size=0, line="", seconds=0.1)
    assert host_verdicts.shell(well, REPORT).status == "ok"
    assert host_verdicts.shell(replace(well, size=9, line="hi"), REPORT).status == "warn"
    assert "4.0 s" in host_verdicts.shell(replace(well, seconds=4.0), REPORT).evidence


def test_a_dead_session_of_another_profile_is_none_of_ours() -> None:
    dead = TmuxSession(id="$1", name="nbtui-a", profile="a", dead=True, exit_status=3)
    report = replace(REPORT, sessions=(dead,))
    assert host_verdicts.tmux(report, "b").status == "ok"
    ours = host_verdicts.tmux(report, "a")
    assert ours.status == "warn"
    assert "with status 3" in ours.evidence


def test_no_secret_of_a_server_stands_in_a_verdict() -> None:
    word = "s3cret"
    server = JupyterServer(pid=7, port=8888, address="127.0.0.1", token=word)
    check = host_verdicts.server(Several(servers=(server, replace(server, pid=8))))
    assert check.status == "warn"
    assert word not in str(check)


@pytest.mark.parametrize("text", ["", "\nN folder x\n", "\nX end\n"])
def test_a_host_that_does_not_finish_its_answer_is_an_error(text: str) -> None:
    with pytest.raises(NbtuiError, match="not complete"):
        parse_checkup(text, "N")


def test_hostile_paths_are_cleaned() -> None:
    found = parse_checkup("\nN folder /a\x1b[31mb\n\nN local /r/\x07x.json\n\nN end\n", "N")
    assert (found.folder, found.stale) == ("/ab", ("/r/x.json",))


def test_the_chart_measures_names_the_profile_and_leaves_a_persons_time_out() -> None:
    clock, told = FakeClock(), list[Check]()
    chart = Chart(name="my vm", report=told.append, clock=clock)
    chart.begin("tcp", "connecting")
    clock.now = 2.0
    chart.pause(1.5)
    chart.put(Check("tcp", "ok"))
    chart.hold()
    clock.now = 3.0
    chart.put(Check("banner", "bad", hint="nbtui connect NAME"))
    assert [one.layer for one in chart.found] == ["tcp"]
    assert chart.has("banner")
    chart.release(lambda held: held)
    assert [(one.status, one.seconds) for one in told] == [
        ("wait", 0.0), ("ok", 0.5), ("bad", 1.0),
    ]  # fmt: skip
    assert told[-1].hint == "nbtui connect 'my vm'"
    assert cause_of(chart.found) == told[-1]
