"""What a look that failed says of the layers."""

from dataclasses import replace
from typing import cast

from lab.sessions import PlayedLink
from nbtui.errors import TimedOut
from nbtui.model.host import JupyterServer
from nbtui.model.profile import JupyterSettings
from nbtui.model.runner import Runner, Shells
from nbtui.model.shell import Stream
from nbtui.model.target import Resolved, Target
from nbtui.session.health import BUSY, Health, examine
from nbtui.session.rig import Rig
from nbtui.ssh.link import Link

WELL = Health(tunnel="off", server="ok", kernels="ok")


class Silent(PlayedLink):
    """Nothing comes back in time."""

    def reach(self, _host: str, _port: int, _seconds: float) -> Stream:
        raise TimedOut("no answer")


def rig(*, busy: bool) -> Rig:
    link = Silent()
    link.busy = busy
    target = Target(host="myvm", port=22, user="ada")
    return Rig(
        resolved=Resolved(name="myvm", target=target, jupyter=JupyterSettings()),
        link=cast("Link", link), release=lambda _link: None,
        runner=cast("Runner", None), shells=cast("Shells", None),
        server=JupyterServer(pid=7, port=8888, address="127.0.0.1", token=""),
    )  # fmt: skip


def test_a_server_that_does_not_answer_is_ill() -> None:
    assert examine(rig(busy=False), WELL).kernels == "warn"


def test_an_answer_that_waits_behind_a_transfer_leaves_the_lights_as_they_were() -> None:
    assert examine(rig(busy=True), WELL) == replace(WELL, notes=(BUSY,))
