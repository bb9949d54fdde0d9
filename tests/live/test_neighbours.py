"""Somebody else is logged in on this machine: it is said once, and Jupyter wants its token."""

import os
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port

pytestmark = [pytest.mark.live, pytest.mark.slow]


def agent_beside(desk: Desk, *names: str) -> None:
    """Start the agent where others are logged in, as far as it can see."""
    files = "; ".join(
        f"printf 'NAME={name}\\nSTATE=active\\n' > /run/systemd/users/{number}"
        for number, name in enumerate(names, 12345)
    )
    start = shlex.join([sys.executable, "-m", "nbtui", "agent", "start"])
    script = (
        f"mount -t tmpfs none /run && mkdir -p /run/systemd/users; {files}; exec {start}"
    )
    user = [] if os.getuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    command = ["unshare", *user, "--mount", "sh", "-c", script]
    subprocess.run(
        command, check=True, env=desk.env, cwd=desk.home, stdout=subprocess.DEVNULL
    )


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port())
    return host


@pytest.mark.usefixtures("vm")
def test_others_are_told_of_once_and_have_no_token(desk: Desk) -> None:
    agent_beside(desk, "bob")
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err + desk.log()
    port = ran.json["local_port"]
    said = f"others are logged in on this machine (bob) and can reach localhost:{port}: Jupyter asks them for its token"
    assert ran.err.count(said) == 1
    assert ran.json["notes"] == [said]
    assert desk.row()["notes"] == [said]
    for path in ("api/contents", "api/kernels", "lab", "api/terminals"):
        assert status(f"http://127.0.0.1:{port}/{path}") in (403, 302), path
    desk.nbtui("stop", "myvm", "--yes")
    assert desk.row()["notes"] == []


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nowhere."""

    def redirect_request(self, *_args: object) -> None: ...


def status(url: str) -> int:
    try:
        with urllib.request.build_opener(Stay).open(url, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
