"""Logins that do not work at once: a code that a person has to give, and a host that is still booting.

Five hosts behind one login node: one question, one login, and all five are back with its answer.
"""

import getpass
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.code_host import CODE, CodeHost
from lab.desk import Desk
from lab.diary import Diary
from lab.sshd import SshHost
from nbtui.client.socket_engine import socket_engine
from nbtui.clock import SystemClock
from nbtui.paths import user_paths
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]
NODES = ("c01", "c02", "c03", "c04", "c05")


@pytest.fixture
def gate(desk: Desk) -> Iterator[CodeHost]:
    """The login node."""
    (desk.root / "far").mkdir()
    node = CodeHost(desk.root / "far")
    yield node
    desk.nbtui("agent", "stop")
    node.close()


@pytest.fixture
def alone(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    """A host that has nothing to do with the login node."""
    host = make_host("alone")
    desk.knows(host, "alone")
    return host


@pytest.fixture
def cluster(
    gate: CodeHost, alone: SshHost, make_host: Callable[..., SshHost], desk: Desk
) -> Desk:
    """A user with six links, five of them through the login node, for one code."""
    save(desk, gate, [make_host(name) for name in NODES])
    with desk.terminal("shell", "c01", "--", "true") as tty:
        tty.wait_for(b"Verification code")
        tty.type(f"{CODE}\n".encode())
        assert tty.end() == 0, tty.shown
    for name in (*NODES[1:], "alone"):
        ran = desk.nbtui("shell", name, "--", "true")
        assert ran.status == 0, ran.err
    assert (gate.asked, gate.logins) == (1, 1)
    assert alone.port
    return desk


def save(desk: Desk, gate: CodeHost, hosts: list[SshHost]) -> None:
    user = getpass.getuser()
    for name, host in zip(NODES, hosts, strict=True):
        desk.knows(host, name)
    text = (desk.config / "profiles.toml").read_text()
    for name in NODES:
        head = f"[profiles.{name}]\n"
        text = text.replace(head, f'{head}jump = "{user}@127.0.0.1:{gate.port}"\n')
    (desk.config / "profiles.toml").write_text(text)
    (desk.home / ".ssh" / "config").write_text(
        f"Match originalhost 127.0.0.1\n StrictHostKeyChecking accept-new\n IdentityFile {desk.root}/none\n"
    )


def rows(desk: Desk) -> dict[str, dict[str, Any]]:
    document = json.loads(desk.nbtui("status", "--json").out)
    return {row["name"]: row for row in document["profiles"]}


def states(desk: Desk) -> set[str]:
    """Of the five."""
    now = rows(desk)
    return {now[name]["state"] for name in NODES}


def cut(gate: CodeHost, desk: Desk) -> dict[str, Any]:
    """Cut the login node off; the one row that has the question."""
    gate.cut()
    until(lambda: states(desk) == {"needs-input"}, what="five that need a person")
    now = rows(desk)
    assert now["alone"]["state"] == "connected"
    [asked] = [row for row in now.values() if row["question"] is not None]
    assert asked["question"]["kind"] == "code"
    assert (gate.asked, gate.logins) == (2, 1)
    return asked


def test_one_question_is_left_and_its_answer_brings_all_five_back(
    gate: CodeHost, cluster: Desk
) -> None:
    asked = cut(gate, cluster)
    engine = socket_engine(
        paths=user_paths(cluster.env), environ=cluster.env, clock=SystemClock()
    )
    engine.answer(asked["name"], asked["question"]["id"], CODE)
    until(lambda: states(cluster) == {"connected"}, what="all five back", seconds=30)
    assert gate.logins == 2


def test_who_connects_to_any_of_the_five_is_asked_and_brings_all_back(
    gate: CodeHost, cluster: Desk
) -> None:
    asked = cut(gate, cluster)
    other = next(name for name in NODES if name != asked["name"])
    with cluster.terminal("shell", other, "--", "true") as tty:
        tty.wait_for(b"Verification code")
        tty.type(f"{CODE}\n".encode())
        assert tty.end() == 0, tty.shown
    until(lambda: states(cluster) == {"connected"}, what="all five back", seconds=30)
    assert gate.logins == 2


def test_while_nobody_answers_the_login_node_is_left_alone(
    gate: CodeHost, cluster: Desk
) -> None:
    cut(gate, cluster)
    for name in NODES:  # each fails, and none of them can be asked
        assert cluster.nbtui("shell", name, "--", "true").status == 4
    before = gate.asked
    gate.cut()
    until(lambda: states(cluster) == {"needs-input"}, what="five that need a person")
    assert gate.asked == before
    assert gate.logins == 1


PAM = (
    "auth required pam_permit.so\naccount required {}.so\nsession required pam_permit.so\n"
)


@pytest.mark.root  # PAM
def test_a_host_that_lets_nobody_in_yet_is_tried_again(
    make_host: Callable[..., SshHost], desk: Desk, tmp_path: Path
) -> None:
    pam = tmp_path / "pam"
    pam.write_text(PAM.format("pam_permit"))
    host = make_host(
        boot=f"mount --bind {pam} /etc/pam.d/sshd",
        config="UsePAM yes\nPermitRootLogin yes",
    )
    desk.knows(host)
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    with Diary(desk) as diary:
        pam.write_text(PAM.format("pam_deny"))
        host.kill_sessions()
        until(lambda: diary.now.retry_in, what="a pause")
        assert diary.now.last_error is not None
        assert diary.now.last_error.layer == "login"
        pam.write_text(PAM.format("pam_permit"))
        until(lambda: diary.now.state == "connected", what="the link back", seconds=40)
