"""Keys that Pageant holds: paramiko's code for Windows on a made-up Windows, with a real ssh-agent and a real sshd."""

from collections.abc import Iterator
from pathlib import Path

import paramiko.agent
import pytest

from lab.agents import add_key, ssh_agent
from lab.pageant import Pageant
from lab.people import Person
from lab.putty import PHRASE, Putty
from lab.sshd import SshHost, keygen
from nbtui.clock import SystemClock
from nbtui.keys.keyfile import public_key
from nbtui.model.question import silent
from nbtui.ssh import dial
from nbtui.ssh.agentkeys import AgentFailed, KeyAgent
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

pytestmark = pytest.mark.live


def agent_of_windows(_path: str | None = None) -> KeyAgent | None:
    """What `open_agent` does there."""
    connection = paramiko.agent.get_agent_connection()
    return None if connection is None else KeyAgent(connection)


@pytest.fixture
def pageant(lab: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pageant]:
    with ssh_agent(lab) as path:
        window = Pageant(socket=path)
        window.install(monkeypatch)
        yield window


def blob(key: Path) -> bytes:
    found = public_key(key.with_suffix(".pub").read_bytes())
    assert found is not None
    return found


def test_pageant_lists_its_keys_and_signs(pageant: Pageant, user_key: Path) -> None:
    add_key(pageant.socket, user_key)
    agent = agent_of_windows()
    assert agent is not None
    assert agent.identities() == ((blob(user_key), "lab"),)
    signature = agent.sign(blob(user_key), b"data", "ssh-ed25519")
    verifier = paramiko.Ed25519Key(data=blob(user_key))
    assert verifier.verify_ssh_sig(b"data", paramiko.Message(signature))
    agent.close()


def test_a_key_of_pageant_logs_in_and_picks_itself_by_the_ppk(
    host: SshHost, pageant: Pageant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dial, "open_agent", agent_of_windows)
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
    Pageant(socket="").install(monkeypatch)
    monkeypatch.setattr("os.listdir", lambda _folder: [])  # of pipes
    assert agent_of_windows() is None


def test_a_pageant_that_ends_under_our_hands_is_no_crash(pageant: Pageant) -> None:
    agent = agent_of_windows()
    assert agent is not None
    pageant.socket = ""
    with pytest.raises(AgentFailed, match="closed the connection"):
        agent.identities()


def test_what_is_too_long_for_pageant_is_said_and_not_sent(
    pageant: Pageant, user_key: Path
) -> None:
    agent = agent_of_windows()
    assert agent is not None
    with pytest.raises(AgentFailed, match="Refusing to write"):
        agent.sign(blob(user_key), bytes(9000), "ssh-ed25519")
    assert pageant.asked == []
