"""Who else is logged in here, and what they are told to be able to reach."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from nbtui.model.host import JupyterServer
from nbtui.model.profile import ForwardSpec, JupyterSettings
from nbtui.model.runner import Runner, Shells
from nbtui.model.target import Resolved, Target
from nbtui.session.neighbours import logged_in, note
from nbtui.session.rig import Rig
from nbtui.ssh.link import Link

SERVER = JupyterServer(pid=7, port=8889, address="127.0.0.1", token="secret")  # noqa: S106  # of a test


def rig(server: JupyterServer | None = SERVER, *forwards: ForwardSpec) -> Rig:
    target = Target(host="vm", port=22, user="ada")
    resolved = Resolved(
        name="vm", target=target, jupyter=JupyterSettings(), forwards=forwards
    )
    return Rig(
        resolved=resolved, link=cast("Link", None), runner=cast("Runner", None),
        shells=cast("Shells", None), server=server, local_port=8890, release=lambda _link: None,
    )  # fmt: skip


def test_we_and_root_are_no_others(tmp_path: Path) -> None:
    def users() -> list[str]:
        return ["ada", "Ada", "root", "bob", "bob", "eve"]

    assert logged_in("ada", users=users, logind=tmp_path / "none") == ("bob", "eve")


def test_a_machine_without_utmp_is_asked_by_logind(tmp_path: Path) -> None:
    states = {"1": ("ada", "active"), "2": ("bob", "online"), "3": ("eve", "lingering")}
    for uid, (name, state) in states.items():
        (tmp_path / uid).write_text(f"# do not parse\nNAME={name}\nSTATE={state}\n")
    (tmp_path / "4").write_bytes(b"\xff\x00=")
    (tmp_path / "5").mkdir()
    assert logged_in("ada", users=list, logind=tmp_path) == ("bob",)


def test_a_name_is_cleaned(tmp_path: Path) -> None:
    assert logged_in("ada", users=lambda: ["\x1b[31mbob"], logind=tmp_path) == ("bob",)


def test_alone_nothing_is_said() -> None:
    assert note(rig(), ()) == ""
    assert note(rig(None), ("bob",)) == ""


def test_what_they_can_reach_is_named_and_what_keeps_them_out() -> None:
    forwards = (
        ForwardSpec(kind="local", listen="localhost:27017", to="localhost:27017"),
        ForwardSpec(kind="remote", listen="localhost:27000", to="localhost:27000"),
        ForwardSpec(kind="socks", listen="localhost:1080"),
    )
    said = note(rig(SERVER, *forwards), ("bob", "eve", "joe", "max", "zoe"))
    assert "(bob, eve, joe and 2 more)" in said
    assert "localhost:8890, localhost:27017, localhost:1080: " in said
    assert said.endswith("Jupyter asks them for its token")
    assert "27000" not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("password", "says"), [(True, "its password"), (False, "without token and password")]
)
def test_a_server_without_a_token_is_said_to_be_one(
    password: bool,  # noqa: FBT001  # a row of the table
    says: str,
) -> None:
    server = replace(SERVER, token="", password=password)
    assert says in note(rig(server), ("bob",))


def test_this_machine_can_be_asked() -> None:
    assert isinstance(logged_in("nobody"), tuple)
