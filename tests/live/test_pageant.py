"""Keys that Pageant holds: paramiko's code for Windows on a made-up Windows, with a real ssh-agent and a real sshd."""

import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from lab.agents import add_key, ssh_agent
from lab.pageant import Pageant
from lab.people import Person
from lab.putty import PHRASE, Putty
from lab.sshd import SshHost, keygen
from nbtui.clock import SystemClock
from nbtui.keys.keyfile import public_key
from nbtui.model.question import silent
from nbtui.platforms.windows import sshagent
from nbtui.ssh import agentkeys
from nbtui.ssh.agentkeys import AgentFailed, KeyAgent, open_agent
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

pytestmark = pytest.mark.live
PIPE = r"\\.\pipe\pageant.ada.0123"


def on_windows(patch: pytest.MonkeyPatch, agent: str) -> Pageant:
    """Windows with a Pageant in front of an ssh-agent, at whose socket its pipe leads too; empty: without."""

    def open_pipe(name: str) -> socket.SocketIO:
        assert name == PIPE
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(agent)
            return sock.makefile("rwb", buffering=0)

    window, agents = Pageant(socket=agent), sshagent.Agents(open_pipe=open_pipe)
    window.install(patch)
    patch.setattr(agentkeys, "sshagent", agents)
    return window


@pytest.fixture
def pageant(lab: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pageant]:
    with ssh_agent(lab) as path:
        yield on_windows(monkeypatch, path)


def opened(path: str | None = None) -> KeyAgent:
    agent = open_agent(path)
    assert agent is not None
    return agent


def blob(key: Path) -> bytes:
    found = public_key(key.with_suffix(".pub").read_bytes())
    assert found is not None
    return found


@pytest.mark.parametrize("path", [None, PIPE], ids=["window", "pipe"])
def test_pageant_lists_its_keys_and_signs(
    pageant: Pageant, user_key: Path, path: str | None
) -> None:
    add_key(pageant.socket, user_key)
    agent = opened(path)
    assert agent.identities() == ((blob(user_key), "lab"),)
    signature = agent.sign(blob(user_key), b"data", "ssh-ed25519")
    verifier = paramiko.Ed25519Key(data=blob(user_key))
    assert verifier.verify_ssh_sig(b"data", paramiko.Message(signature))
    agent.close()


def test_a_key_of_pageant_logs_in_and_picks_itself_by_the_ppk(
    host: SshHost, pageant: Pageant, tmp_path: Path
) -> None:
    putty, person = Putty(folder=tmp_path), Person()
    (host.root / "authorized_keys").write_text(
        putty.plain("rsa").with_suffix(".pub").read_text()
    )
    add_key(pageant.socket, keygen(tmp_path / "other"))
    add_key(pageant.socket, putty.plain("rsa"))
    file = putty.ppk("rsa", form="v2", secret=PHRASE)
    links = Links(clock=SystemClock())
    target = host.target(identity_files=(str(file),), identity_agent=None)
    links.get(target).open(ask=person, tell=silent, timeout=10, context=LoginContext())
    links.close()
    assert person.asked == []
    assert "Failed" not in (host.root / "log").read_text()


def test_where_no_pageant_runs_there_is_no_agent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_windows(monkeypatch, "")
    monkeypatch.setattr("os.listdir", lambda _folder: [])  # of pipes
    assert open_agent(None) is None
    assert open_agent(PIPE) is None


def test_a_pageant_that_ends_under_our_hands_is_no_crash(pageant: Pageant) -> None:
    agent = opened()
    pageant.socket = ""
    with pytest.raises(AgentFailed, match="closed the connection"):
        agent.identities()


def test_what_is_too_long_for_pageant_is_said_and_not_sent(
    pageant: Pageant, user_key: Path
) -> None:
    agent = opened()
    with pytest.raises(AgentFailed, match="Refusing to write"):
        agent.sign(blob(user_key), bytes(9000), "ssh-ed25519")
    assert pageant.asked == []
