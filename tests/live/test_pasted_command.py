"""The ssh command that somebody uses today, pasted: nbtui goes where it goes."""

from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.sshd import SshHost

pytestmark = pytest.mark.live


def test_a_pasted_command_leads_where_it_led(
    desk: Desk, make_host: Callable[..., SshHost]
) -> None:
    gateway, machine = make_host("gate"), make_host("far")
    known = gateway.known_hosts.read_text() + machine.known_hosts.read_text()
    (desk.home / ".ssh" / "known_hosts").write_text(known)
    (desk.home / "key.pem").write_text(machine.key.read_text())
    (desk.home / "key.pem").chmod(0o600)
    (desk.home / ".ssh" / "config").write_text("IdentityFile ~/key.pem\n")  # for the jump
    line = (
        f"$ ssh -i key.pem -J {gateway.address}:{gateway.port} -NfL 8889:localhost:8889"
        f" -p {machine.port} {machine.address} &"
    )
    assert desk.nbtui("profile", "add", "myvm", "--from-command", line).status == 0
    ran = desk.nbtui("shell", "myvm", "--", "hostname")
    assert (ran.status, ran.out) == (0, "far\n"), ran.err
