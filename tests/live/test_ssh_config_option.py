"""--ssh-config: the agent, which may have been started by somebody else, heeds the file of whoever asks."""

import pytest

from lab.desk import Desk
from lab.sshd import SshHost

pytestmark = pytest.mark.live


def test_the_agent_heeds_the_file_of_who_asks(desk: Desk, host: SshHost) -> None:
    (desk.home / ".ssh" / "known_hosts").write_text(host.known_hosts.read_text())
    lines = f"HostName {host.address}\nPort {host.port}\nIdentityFile {host.key}\n"
    (desk.home / "lab").write_text(f"Host one two\n{lines}")
    assert desk.nbtui("agent", "start").status == 0
    ran = desk.nbtui("--ssh-config", "lab", "shell", "one", "--", "hostname")
    assert (ran.status, ran.out) == (0, "alpha\n"), ran.err
    assert desk.nbtui("shell", "two", "--", "hostname").status == 3
