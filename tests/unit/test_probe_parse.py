"""What is made of the probe's answer, whatever it holds."""

import contextlib
import json

import pytest
from hypothesis import given, settings, strategies as st

from nbtui.errors import NbtuiError
from nbtui.model.host import HostReport
from nbtui.remote.parse import parse_probe
from nbtui.remote.probe import ProbeRequest, probe_script

N = "0123456789abcdef"
LISTENER = "0: 0100007F:22B9 00000000:0000 0A 0:0 00:0 0 1000 0 4711 1 x 100 0 0 10 0"
LINKS = ["/proc/77/fd:", "lrwx------ 1 0 0 64 Nov 21 07:25 3 -> socket:[4711]"]
STAT = "77 (python) S 55 77 55 34817 " + "0 " * 14 + "500 0 0"
RUNTIME = {"pid": 77, "port": 8889, "token": "t0k", "root_dir": "/w", "version": "2.21.1"}


def section(name: str, *body: str) -> str:
    return "\n".join(["", f"{N} {name}", *body])


def read(*sections: str) -> HostReport:
    return parse_probe("\n".join([*sections, section("end")]), N, ports=(8889,))


def one_server(runtime: object, *more: str) -> HostReport:
    text = runtime if isinstance(runtime, str) else json.dumps(runtime)
    return read(section("server 77 /run/jpserver-77.json", text), *more)


PROOF = (section("facts", "btime 1000", LISTENER), section("sockets", *LINKS))


def pane(*fields: str) -> str:
    return "".join(f"{N}|{field}" for field in fields) + f"{N}|"


PANE = pane(
    "$1",
    "55",
    "0",
    "",
    "",
    "0",
    "80",
    "24",
    "latest",
    "C-b",
    "/dev/pts/1",
    "myvm",
    "",
    "nb",
)


@given(st.text())
def test_any_text_gives_a_report_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(NbtuiError):
        parse_probe(text, N)


NAMES = ["facts", "limits", "disks", "tmux", "panes", "server 77 x", "server 1", "sockets", "stat",
         "processes", "lsof", "sysctl", "vm_stat", "who", "passwd", "kernel 7 a 9", "path x",
         "uptime 1", "uid 5", "load x", "now 1e9", "has /x/tmux", "logind"]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text())))
def test_any_text_in_a_section_gives_a_report(parts: list[tuple[str, str]]) -> None:
    assert isinstance(read(*(section(name, body) for name, body in parts)), HostReport)


@settings(max_examples=40)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["pid", "port", "token", "base_url", "sock", "hostname", "version"]), inner)
))  # fmt: skip
def test_any_json_in_a_runtime_file_gives_a_report(document: object) -> None:
    for server in one_server(document, *PROOF).servers:
        assert server.base_url.startswith("/")
        assert 0 < server.port < 65536


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with pytest.raises(NbtuiError, match="not complete"):
        parse_probe(f"\n{N} host alpha\n", N)


def test_noise_before_the_answer_is_no_part_of_it() -> None:
    assert read("Welcome!\x1b[31m\n", section("host alpha")).hostname == "alpha"


def test_a_runtime_file_cannot_pass_for_a_section() -> None:
    report = one_server("deadbeef host evil\n\nhost evil", section("host alpha"))
    assert report.hostname == "alpha"


def test_a_listener_that_belongs_to_the_pid_makes_a_server_verified() -> None:
    [server] = one_server(RUNTIME, *PROOF, section("stat", STAT)).servers
    assert (server.verified, server.address, server.port) == (True, "127.0.0.1", 8889)
    assert (server.token, server.started_at, server.root_dir) == ("t0k", 1005.0, "/w")


def test_a_pid_that_went_to_a_program_without_that_port_is_no_server() -> None:
    links = [LINKS[0], "l-wx------ 1 0 0 64 Nov 21 07:25 1 -> /dev/null"]
    assert (
        one_server(RUNTIME, section("facts", LISTENER), section("sockets", *links)).servers
        == ()
    )


def test_a_port_that_is_another_process_s_does_not_verify() -> None:
    links = ["/proc/78/fd:", LINKS[1]]
    [server] = one_server(
        RUNTIME, section("facts", LISTENER), section("sockets", *links)
    ).servers
    assert not server.verified


def test_where_sockets_cannot_be_seen_a_server_is_kept_but_not_verified() -> None:
    [server] = one_server(RUNTIME | {"hostname": "::1"}).servers
    assert (server.verified, server.address) == (False, "::1")


@pytest.mark.parametrize(
    "broken",
    [
        "", "{", "[" * 100_000, '{"pid": 77}', "null", "1e999",
        RUNTIME | {"pid": 78}, RUNTIME | {"port": 0}, RUNTIME | {"port": True},
        RUNTIME | {"port": "8889"}, RUNTIME | {"sock": "/run/j.sock"},
    ],
)  # fmt: skip
def test_a_runtime_file_that_is_no_good_is_left_out(broken: object) -> None:
    assert one_server(broken, *PROOF).servers == ()


def test_an_old_notebook_server_is_read_too() -> None:
    [server] = one_server(
        {"pid": 77, "port": 8889, "notebook_dir": "/old", "base_url": "/", "secure": False},
        *PROOF,
    ).servers
    assert (server.root_dir, server.token, server.version) == ("/old", "", "")


def test_a_token_that_could_break_a_header_is_no_token() -> None:
    [server] = one_server(RUNTIME | {"token": "a\r\nX: y"}, *PROOF).servers
    assert server.token == ""


def test_a_server_lives_in_the_session_whose_pane_started_it() -> None:
    chain = "66 (sh) S 55 0 0 0 0 " + "0 " * 14 + "1 0 0"
    stat = STAT.replace("S 55", "S 66")
    report = one_server(
        RUNTIME, *PROOF, section("stat", stat, chain), section("panes", PANE)
    )
    assert report.servers[0].session == "nb"
    assert report.sessions[0].profile == "myvm"


def test_a_server_that_lost_its_parents_is_found_by_its_terminal() -> None:
    stat = STAT.replace("S 55", "S 1")
    report = one_server(RUNTIME, *PROOF, section("stat", stat), section("panes", PANE))
    assert report.servers[0].session == "nb"


def test_a_session_s_name_with_newlines_and_colours_is_one_clean_line() -> None:
    row = pane(
        "$2",
        "9",
        "1",
        "",
        "9",
        "2",
        "80",
        "24",
        "manual",
        "C-a",
        "",
        "a\nb",
        "",
        "\x1b[31mx\ny",
    )
    [first, second] = read(section("panes", row, PANE)).sessions
    assert (first.profile, first.name, first.exit_status) == ("a b", "x y", 137)
    assert (first.dead, first.attached, first.fixed_size) == (True, 2, True)
    assert (first.prefix, second.prefix) == ("C-a", "C-b")
    assert second.name == "nb"


def test_of_two_panes_of_a_session_the_first_speaks_for_it() -> None:
    row = PANE.replace("|55", "|56")
    assert [one.pane_pid for one in read(section("panes", PANE, row)).sessions] == [55]


def test_limits_of_the_login_s_group_are_what_the_machine_has() -> None:
    report = read(
        section("facts", "MemTotal: 1000 kB", "MemAvailable: 900 kB", "Cpus_allowed_list:\t0-7"),
        section("limits", "/g/a cpu.max max 100000", "/g cpu.max 200000 100000",
                "/g memory.max 512000", "/g memory.current 112000"),
    )  # fmt: skip
    assert (report.cores, report.memory_total, report.memory_available) == (
        2,
        512000,
        400000,
    )


def test_an_old_kernel_that_does_not_say_what_is_available_is_added_up() -> None:
    report = read(
        section(
            "facts", "MemTotal: 10 kB", "MemFree: 1 kB", "Buffers: 2 kB", "Cached: 3 kB"
        )
    )
    assert report.memory_available == 6 * 1024


def test_who_holds_a_port_is_said_by_pid_and_command_or_by_user() -> None:
    foreign = LISTENER.replace("1000", "1001")
    report = read(
        section("facts", foreign), section("passwd", "bob:x:1001:1001::/home/bob:/bin/sh")
    )  # fmt: skip
    [listener] = report.listeners
    assert (listener.port, listener.pid, listener.user) == (8889, None, "bob")
    report = read(*PROOF, section("command 77 postgres"))
    assert (report.listeners[0].pid, report.listeners[0].command) == (77, "postgres")


def test_the_jupyter_of_the_login_shell_comes_first_and_each_once() -> None:
    report = read(section("jupyter /a/bin/jupyter"), section("jupyter /b/bin/jupyter"),
                  section("path /b/bin/jupyter"))  # fmt: skip
    assert report.jupyters == ("/b/bin/jupyter", "/a/bin/jupyter")
    assert report.jupyter_on_path


def test_a_function_in_place_of_a_jupyter_is_no_command() -> None:
    assert read(section("path jupyter")).jupyters == ()


def test_logout_kills_only_without_linger_and_never_root() -> None:
    kills = section("logind", "KillUserProcesses=no", " KillUserProcesses=yes")
    assert read(section("uid 1000"), kills).kills_at_logout
    assert not read(section("uid 1000"), kills, section("linger")).kills_at_logout
    assert not read(section("uid 0"), kills).kills_at_logout


def test_a_mac_answers_without_proc() -> None:
    report = read(
        section("now 2000"), section("host mac"), section("uid 501"), section("user ada"),
        section("sysctl", "kern.boottime: { sec = 1000, usec = 5 } Fri", "hw.ncpu: 8",
                "hw.memsize: 17179869184", "vm.loadavg: { 1.50 1.25 1.00 }"),
        section("vm_stat", "Mach Virtual Memory Statistics: (page size of 16384 bytes)",
                "Pages free:      100.", "Pages inactive:  50."),
        section("processes", "77 55 20 01:00 python /opt/homebrew/bin/jupyter-lab",
                "80 77 1024 00:30 python -m ipykernel_launcher -f /r/kernel-ab-12.json"),
        section("lsof", "p77", "cPython", "Lada", "f9", "n127.0.0.1:8889"),
        section("panes", PANE),
        section("server 77 /r/jpserver-77.json", json.dumps(RUNTIME)),
    )  # fmt: skip
    assert (report.cores, report.uptime, report.load[0]) == (8, 1000.0, 1.5)
    assert report.memory_available == 150 * 16384
    [server] = report.servers
    assert (server.verified, server.session, server.started_at) == (True, "nb", 1940.0)
    assert report.kernel_memory == (("ab-12", 1 << 20),)


def test_no_secret_is_in_the_report_s_repr() -> None:
    assert "t0k" not in repr(one_server(RUNTIME, *PROOF))


def test_a_folder_with_quotes_is_quoted_in_the_script() -> None:
    script = probe_script(ProbeRequest(directory="~/it's; rm", ports=(80, 8889)), N)
    assert """folder='~/it'"'"'s; rm'""" in script
    assert "ports=' 0050 22B9 '" in script
