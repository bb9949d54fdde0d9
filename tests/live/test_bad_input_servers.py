"""Which server: several that fit, a colleague's, a login node. Asked or refused, never silently taken or started."""

import json
from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.jupyter import launch, runtime_file
from lab.sshd import BIN, SshHost, free_port

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def two(make_shared_host: Callable[..., SshHost]) -> tuple[SshHost, int, int]:
    """A host on which two servers were started by hand, with their ports."""
    host = make_shared_host("vm")
    host.give_jupyter()
    (host.home / "a").mkdir()
    (host.home / "b").mkdir()
    ports = [
        launch(
            host,
            name,
            f"--ServerApp.root_dir={host.home}/{name}",
            env={"JUPYTER_TOKEN": name * 8},
        )
        for name in ("a", "b")
    ]
    for port in ports:
        runtime_file(host, port)
    first, second = ports
    return host, first, second


def test_several_that_fit_are_listed_and_refused_without_a_terminal(
    two: tuple[SshHost, int, int], desk: Desk
) -> None:
    vm, first, second = two
    desk.knows(vm, local_port=free_port())
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert (ran.status, ran.out) == (9, ""), ran.err
    for part in (f"port {first}", f"port {second}", f"{vm.home}/a", f"{vm.home}/b"):
        assert part in ran.err
    assert "try: " in ran.err
    assert "aaaa" not in ran.err


def test_on_a_terminal_one_is_chosen_from_the_list(
    two: tuple[SshHost, int, int], desk: Desk
) -> None:
    vm, _, second = two
    desk.knows(vm, local_port=free_port())
    with desk.terminal("connect", "myvm", "--no-browser") as tty:
        tty.wait_for(b"(0: none)")
        lines = [
            line for line in tty.shown.decode().splitlines() if f"port {second}" in line
        ]
        number = lines[-1].split()[0]
        tty.type(f"{number}\n".encode())
        assert tty.end() == 0, tty.shown
    row = desk.row()
    assert (row["remote_port"], row["server"]["root_dir"]) == (second, f"{vm.home}/b")
    assert desk.nbtui("url", "myvm").out.strip().endswith("token=" + "b" * 8)


def test_none_of_them_is_an_answer_too(two: tuple[SshHost, int, int], desk: Desk) -> None:
    desk.knows(two[0], local_port=free_port())
    with desk.terminal("connect", "myvm") as tty:
        tty.wait_for(b"(0: none)")
        tty.type(b"\n")
        assert tty.end() == 9


def test_the_profiles_port_decides(two: tuple[SshHost, int, int], desk: Desk) -> None:
    vm, first, _ = two
    desk.knows(vm, port=first, local_port=free_port())
    row = desk.nbtui("connect", "myvm", "--no-browser", "--json").json
    assert row["remote_port"] == first
    assert row["server"]["ours"] is False


def test_a_server_of_another_profile_is_not_taken_silently(
    two: tuple[SshHost, int, int],
    make_host: Callable[..., SshHost],
    make_desk: Callable[..., Desk],
) -> None:
    del two
    vm = make_host("shared")
    vm.give_jupyter()
    colleague, me = make_desk(), make_desk()
    colleague.knows(vm, "theirs", port=free_port(), local_port=free_port())
    assert colleague.nbtui("start", "theirs").status == 0
    me.knows(vm, "mine", local_port=free_port())
    ran = me.nbtui("connect", "mine", "--no-browser")
    assert ran.status == 9, ran.err
    assert "nbtui-theirs" in ran.err
    assert (
        sum("jupyter-server" in line or "jupyter-lab" in line for line in vm.processes())
        <= 1
    )


def test_where_the_path_has_no_jupyter_one_of_several_is_chosen_once(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("vm")
    for place in ("venv", ".local"):
        vm.write(f"{place}/bin/jupyter", f'#!/bin/sh\nexec {BIN}/jupyter "$@"\n', 0o755)
        vm.write(
            f"{place}/bin/jupyter-lab", f'#!/bin/sh\nexec {BIN}/jupyter-lab "$@"\n', 0o755
        )
    desk.knows(vm, port=free_port(), local_port=free_port())
    ran = desk.nbtui("start", "myvm")
    assert ran.status == 7
    assert f"{vm.home}/venv/bin/jupyter" in ran.err
    with desk.terminal("start", "myvm") as tty:
        tty.wait_for(b"(0: none)")
        [line] = [line for line in tty.shown.decode().splitlines() if "/venv/" in line]
        tty.type(f"{line.split()[0]}\n".encode())
        assert tty.end() == 0, tty.shown
    for _ in range(2):
        assert desk.nbtui("stop", "myvm", "--yes").status == 0
        ran = desk.nbtui("start", "myvm")  # nobody is there to choose again
        assert ran.status == 0, ran.err


def test_a_module_that_brings_jupyter_is_offered_and_remembered(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("hpc")
    listed = (
        "/opt/modules:\ngcc/12.1\njupyter/\njupyter/4.2(default)\n$(touch pwned)jupyter"
    )
    vm.write("modulecmd", f"#!/bin/sh\ncat >&2 <<'end'\n{listed}\nend\n", 0o755)
    vm.write(
        ".profile",
        f"export MODULES_CMD={vm.home}/modulecmd\n"
        f'module() {{ [ "$*" = "load jupyter/4.2" ] && PATH={BIN}:$PATH; }}\n',
    )
    desk.knows(vm, port=free_port(), local_port=free_port())
    ran = desk.nbtui("start", "myvm")
    assert ran.status == 7
    assert "there is module load jupyter/4.2\n" in ran.err
    with desk.terminal("start", "myvm") as tty:
        tty.wait_for(b"(0: none)")
        tty.type(b"1\n")
        assert tty.end() == 0, tty.shown
    assert desk.nbtui("stop", "myvm", "--yes").status == 0
    assert desk.nbtui("start", "myvm").status == 0


@pytest.fixture(scope="module")
def login_node(make_shared_host: Callable[..., SshHost]) -> SshHost:
    """A host with a batch system."""
    host = make_shared_host("login1")
    host.give_jupyter()
    host.write("bin/sbatch", "#!/bin/sh\n", 0o755)
    host.stop()
    host.env["PATH"] = f"{host.home}/bin:/usr/bin:/bin"
    return host.start()


def alias(desk: Desk, host: SshHost) -> None:
    desk.knows(host)
    (desk.config / "profiles.toml").unlink()
    (desk.home / ".ssh" / "config").write_text(
        f"Host cluster\n  HostName 127.0.0.1\n  Port {host.port}\n  IdentityFile {host.key}\n"
    )


def test_on_a_login_node_nothing_is_started_for_a_bare_name(
    login_node: SshHost, desk: Desk
) -> None:
    alias(desk, login_node)
    for command in ("connect", "start"):
        ran = desk.nbtui(command, "cluster")
        assert (ran.status, ran.out) == (9, ""), ran.err
        assert "login node" in ran.err
        assert "try: make a profile if you mean it: nbtui profile add cluster" in ran.err
    assert not any("tmux" in line for line in login_node.processes())
    with desk.terminal("connect", "cluster", "--no-browser") as tty:
        tty.wait_for(b"[y/N]")
        tty.type(b"\n")
        assert tty.end() == 9


@pytest.mark.slow
def test_on_a_login_node_a_profile_is_meant(login_node: SshHost, desk: Desk) -> None:
    desk.knows(login_node, port=free_port(), local_port=free_port())
    ran = desk.nbtui("start", "myvm", "--json")
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["server"]["ours"] is True
    assert desk.nbtui("stop", "myvm", "--yes").status == 0
