"""`nbtui` itself, as a person runs it: in a tmux of their own, by keys, at 80x24."""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]


@dataclass(frozen=True, kw_only=True)
class Tmux:
    """The person's own tmux: a server behind a socket of the test, one session of 80x24."""

    socket: Path
    env: dict[str, str]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self.socket), "-f", "/dev/null", *words],
            env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def press(self, *keys: str) -> None:
        self.run("send-keys", "-t", "me", *keys)

    @property
    def screen(self) -> str:
        """What the person sees in the window they look at."""
        return self.run("capture-pane", "-p", "-t", "me")

    @property
    def windows(self) -> list[str]:
        return self.run("list-windows", "-t", "me", "-F", "#{window_name}").splitlines()

    def shows(self, *texts: str) -> str:
        def there() -> str:
            seen = self.screen
            return seen if all(text in seen for text in texts) else ""

        try:
            return until(there, what=f"{texts} on the screen", seconds=40, every=0.1)
        except AssertionError as error:
            error.add_note(self.screen)
            raise


@pytest.fixture
def tmux(lab: Path, desk: Desk) -> Iterator[Tmux]:
    """Beside the desk's own HOME, so that the pane's shell is a plain one."""
    folder = Path(tempfile.mkdtemp(prefix="w", dir=lab))
    made = Tmux(socket=folder / "s", env={**desk.env, "PS1": "$ "})
    made.run("new-session", "-d", "-s", "me", "-x", "80", "-y", "24", "sh")
    yield made
    made.run("kill-server")


@pytest.fixture
def vm(make_host: Callable[..., SshHost], desk: Desk) -> SshHost:
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port(), directory="~/work")
    return host


def test_connect_attach_shell_and_leave_by_keys_inside_tmux(
    vm: SshHost, desk: Desk, tmux: Tmux
) -> None:
    tmux.press(shlex.join([sys.executable, "-m", "nbtui"]), "Enter")
    screen = tmux.shows("nbtui", "myvm", "not connected", "? help  q quit")
    assert len(screen.splitlines()) <= 24
    tmux.press("c")
    tmux.shows("1 of 1 connected", "tmux nbtui-myvm", "none running")
    a_key_opens_a_window(tmux, "a", "attach myvm", "Jupyter Server")
    assert any("jupyter" in line for line in vm.processes())
    a_key_opens_a_window(tmux, "'$'", "shell myvm", "~/work")
    tmux.press("q")
    tmux.shows("Tunnels stay up. nbtui status shows them")
    assert "1 of 1 connected" not in tmux.screen
    row = desk.row()
    assert (row["state"], row["lights"]["kernels"]) == ("connected", "ok")


def a_key_opens_a_window(tmux: Tmux, key: str, name: str, shown: str) -> None:
    """It is the one looked at; detaching from the host's tmux closes it, and the dashboard is back."""
    tmux.run("send-keys", "-t", "me", key.strip("'"))
    until(lambda: len(tmux.windows) == 2, what="a second window")
    assert tmux.windows[1] == name
    tmux.shows(shown, "[nbtui-")
    tmux.press("C-b", "d")
    until(lambda: len(tmux.windows) == 1, what="the window closed")
    tmux.shows("1 of 1 connected", "myvm")


def test_outside_of_tmux_the_dashboard_gives_its_terminal_away_and_comes_back(
    vm: SshHost, desk: Desk, tmux: Tmux
) -> None:
    assert vm.port
    assert desk.nbtui("connect", "myvm", "--no-browser").status == 0
    tmux.press(shlex.join(["env", "-u", "TMUX", sys.executable, "-m", "nbtui"]), "Enter")
    for key, shown in (("a", "Jupyter Server"), ("$", "~/work")):
        tmux.shows("1 of 1 connected", "? help  q quit")
        tmux.press(key)
        tmux.shows(shown, "[nbtui-")
        assert len(tmux.windows) == 1
        tmux.press("C-b", "d")
    tmux.shows("1 of 1 connected", "? help  q quit")
    tmux.press("q")
    tmux.shows("Tunnels stay up.")
    assert "1 of 1 connected" not in tmux.screen
    tmux.press("echo tty:$(stty -a | grep -c '[ ;]echo ')", "Enter")
    tmux.shows("tty:1")


def test_a_profile_is_made_tested_changed_outside_deleted_and_brought_back_by_keys(
    make_host: Callable[..., SshHost], desk: Desk, tmux: Tmux
) -> None:
    host, file = make_host("vm"), desk.config / "profiles.toml"
    give_keys(desk, host)
    make_a_profile(tmux, host)
    assert not file.exists()
    tmux.press("Escape")
    until(lambda: "doctor of" not in tmux.screen, what="the pane closed")
    tmux.press("C-s")
    tmux.shows("myvm is saved", "not connected")
    assert 'identity_file = ["~/.ssh/id_lab"]' in file.read_text()
    file.write_text(f'# mine\n{file.read_text()}group = "lab"\n')
    before = file.read_text()
    tmux.shows("▾ lab  1")
    tmux.press("DC")
    tmux.shows("myvm is deleted; u brings it back")
    assert "myvm" not in file.read_text()
    tmux.press("u")
    tmux.shows("myvm: undone", "▾ lab  1")
    assert file.read_text() == before
    tmux.press("q")
    tmux.shows("Tunnels stay up.")


def give_keys(desk: Desk, host: SshHost) -> None:
    """The person's own key, and the host's."""
    (desk.home / ".ssh" / "known_hosts").write_text(host.known_hosts.read_text())
    key = desk.home / ".ssh" / "id_lab"
    key.write_bytes(host.key.read_bytes())
    key.chmod(0o600)


def make_a_profile(tmux: Tmux, host: SshHost) -> None:
    """From the welcome on, up to a test that goes well."""
    tmux.press(shlex.join([sys.executable, "-m", "nbtui"]), "Enter")
    tmux.shows("Welcome to nbtui", "A pretend VM")
    tmux.press("Enter")
    tmux.shows("new profile", "What you type: nbtui connect NAME")
    for text, about in (("myvm", "Address;"), (host.address, "Of sshd;")):
        tmux.press(text)
        tmux.shows(f"  {text}")
        tmux.press("Down")
        tmux.shows(about)
    tmux.press(str(host.port))
    tmux.shows(f"  {host.port}")
    tmux.press("PageDown")
    tmux.shows("Key files")
    tmux.press("Down")
    tmux.shows("those of ssh", "^l list")
    tmux.press("C-l")
    tmux.shows("~/.ssh/id_lab   Ed25519")
    tmux.press("Enter")
    until(lambda: "chooses" not in tmux.screen, what="the list closed")
    tmux.press("C-t")
    # what comes last stays in sight
    tmux.shows("doctor of myvm, as in the form", "✔ versions")
