"""Hosts of ssh_config come in as profiles that mean what the aliases mean, and nothing is run for it."""

from pathlib import Path

import pytest

from lab.desk import Desk
from nbtui.model.profile import ForwardSpec, JupyterSettings, Profile
from nbtui.profiles.here import SshConfigFiles
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.openssh.blocks import Blocks
from nbtui.profiles.ssh_hosts import SshHosts


class Import:
    """Candidates of a text, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, text: str, *names: str, heeded: bool = True
    ) -> dict[str, Candidate | Skipped]:
        config = self.folder / "config"
        config.write_text(text)
        files = SshConfigFiles(user=config, system=self.folder / "none")
        hosts = SshHosts(blocks=Blocks(files), heeded=heeded, environ={})
        wanted = names or hosts.blocks.names()
        return {one.name: one for one in hosts.candidates(wanted, asked=bool(names))}

    def one(self, text: str, name: str = "vm", *, heeded: bool = True) -> Profile:
        found = self(text, heeded=heeded)[name]
        assert isinstance(found, Candidate), found
        return found.profile


@pytest.fixture
def bring(tmp_path: Path) -> Import:
    return Import(tmp_path)


MYVM = """
Host vm
  HostName 172.22.3.50
  User cades
  Port 2222
  IdentityFile ~/key.pem
  ProxyJump ada@gw:2200
  HostKeyAlias vault
  LocalForward localhost:8889 localhost:8889
  LocalForward 6006 localhost:6006
  RemoteForward 9000 localhost:9000
  DynamicForward 1080
  ServerAliveInterval 60
Host *
  User nobody
  IdentitiesOnly yes
"""


def test_what_the_hosts_own_block_says_comes_along(bring: Import) -> None:
    assert bring.one(MYVM) == Profile(
        name="vm",
        host="vm",
        user="cades",
        port=2222,
        identity_file=("~/key.pem",),
        jump="ada@gw:2200",
        host_key_alias="vault",
        jupyter=JupyterSettings(port=8889, local_port=8889),
        forwards=(
            ForwardSpec(kind="local", listen="localhost:6006", to="localhost:6006"),
            ForwardSpec(kind="socks", listen="localhost:1080"),
            ForwardSpec(kind="remote", listen="localhost:9000", to="localhost:9000"),
        ),
    )


GAPS = {
    "a pattern that comes before": "Host *\n User eve\nHost vm\n User ada",
    "a pattern alone": "Host vm\nHost v*\n User eve\n Port 22",
    "the top of the file": "User eve\nHost vm\n User ada",
    "a Match that comes before": "Match exec false\n Port 1\nHost vm\n User ada",
    "keys beside those of a pattern": "Host vm\n IdentityFile /a\nHost *\n IdentityFile /b",
    "keys with tokens": "Host vm\n IdentityFile ~/%h\n IdentityFile /a\n",
    "keys where a Match final may bring more": "Host vm\n IdentityFile /a\nMatch final\n Port 22",
    "a proxy command": "Host vm\n ProxyCommand nc %h %p",
    "another host's block": "Host vm\nHost gpu1\n User ada",
    "a negated name": "Host vm\nHost v* !vm\n User ada",
}


@pytest.mark.parametrize("text", GAPS.values(), ids=GAPS.keys())
def test_what_ssh_config_goes_on_saying_stays_a_gap(bring: Import, text: str) -> None:
    assert bring.one(text) == Profile(name="vm", host="vm")


def test_only_concrete_hosts_come_in_each_once(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "more").write_text("Host gpu2 gpu1\n  User bob\n")
    found = bring("Include more\nHost gpu1 *.org !gpu9 gpu?\n  Port 22\nMatch host gpu7\n")
    assert list(found) == ["gpu2", "gpu1"]
    assert bring.one("Include more", "gpu2").user == "bob"


def test_a_host_that_ssh_never_heeds_is_skipped_and_told_why(
    bring: Import, tmp_path: Path
) -> None:
    (tmp_path / "more").write_text("Host gpu2\n  User bob\n")
    one = bring("Host gpu1\n  User ada\nInclude more\n")["gpu2"]
    assert isinstance(one, Skipped)
    assert "block of other hosts" in one.why


def test_nothing_is_run(bring: Import, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    bring(f"Match exec 'touch {ran}'\n Include x\nHost vm\n ProxyCommand touch {ran}\n")
    assert not ran.exists()


def test_a_host_that_cannot_be_used_is_skipped_and_the_others_come_in(
    bring: Import,
) -> None:
    found = bring("Host a\n Port ninety\nHost b\n LocalForward 8080\nHost c\n User ada\n")
    assert [type(one) for one in found.values()] == [Skipped, Skipped, Candidate]
    assert isinstance(found["a"], Skipped)
    assert "ninety is no port" in found["a"].why


def test_where_git_is_the_user_no_notebook_runs_unless_somebody_says_so(
    bring: Import,
) -> None:
    text = "Host github.com\n User git\n"
    assert isinstance(bring(text)["github.com"], Skipped)
    assert isinstance(bring(text, "github.com")["github.com"], Candidate)


def test_of_a_file_that_is_not_heeded_everything_comes_along_that_can(
    bring: Import,
) -> None:
    text = (
        "Host vm\n HostName %h.example.org\n IdentityFile ~/%h\n ProxyCommand nc %h %p\n"
        "Match user eve\n Port 2200\nHost *\n User everybody\n IdentityFile /k\n"
    )
    one = bring(text, heeded=False)["vm"]
    assert isinstance(one, Candidate)
    assert one.profile == Profile(
        name="vm",
        host="vm.example.org",
        user="everybody",
        identity_file=("/k",),
        proxy_command="nc %h %p",
    )
    assert one.commands == ("nc %h %p",)
    assert [note.partition(": ")[2] for note in one.notes] == [
        "identityfile ~/%h: a token stands for something else there, so it is left out",
        "port 2200: a Match decides about it, so it is left out",
    ]


def test_a_socket_is_left_out_and_told(bring: Import) -> None:
    one = bring("Host vm\n LocalForward 8889 /run/a.sock\n")["vm"]
    assert isinstance(one, Candidate)
    assert "Unix socket" in one.notes[0]


def configure(desk: Desk, text: str = MYVM) -> None:
    (desk.home / ".ssh" / "config").write_text(text)


def test_a_second_import_updates_and_keeps_what_was_changed_here(desk: Desk) -> None:
    configure(desk)
    words = ("profile", "import", "openssh", "--json")
    assert [one["action"] for one in desk.nbtui(*words).json["imports"]] == ["new"]
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace("port = 2222", "port = 22 # mine"))
    configure(desk, MYVM.replace("cades", "ada"))
    [one] = desk.nbtui(*words).json["imports"]
    assert (one["action"], one["why"]) == ("updated", "user")
    assert "port = 22 # mine" in file.read_text()
    assert [one["action"] for one in desk.nbtui(*words).json["imports"]] == ["unchanged"]


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    configure(desk)
    ran = desk.nbtui("profile", "import", "openssh", "--dry-run")
    assert (ran.status, ran.out) == (0, "new\tvm\tcades@vm:2222\t\n")
    assert not (desk.config / "profiles.toml").exists()


def test_what_is_not_there_is_told(desk: Desk) -> None:
    configure(desk)
    ran = desk.nbtui("profile", "import", "openssh", "vmm")
    assert (ran.status, ran.out) == (3, "")
    assert "try: the same with vm" in ran.err
    assert desk.nbtui("profile", "import", "openssh", "--from", "gone").status == 1


def test_a_file_that_ssh_reads_anyway_is_read_with_what_stands_before_it(
    desk: Desk,
) -> None:
    configure(desk, "Host *\n  User eve\nInclude more\n")
    more = desk.home / ".ssh" / "more"
    more.write_text("Host vm\n  User ada\n  Port 2222\n")
    words = ("profile", "import", "openssh", "--json", "--from", str(more))
    [one] = desk.nbtui(*words).json["imports"]
    assert (one["host"], one["user"], one["port"]) == ("vm", None, 2222)


def test_a_file_without_hosts_brings_none_of_the_others(desk: Desk) -> None:
    configure(desk, "Host vm\n  User ada\nInclude more\n")
    (desk.home / ".ssh" / "more").write_text("User eve\n")
    words = ("profile", "import", "openssh", "--json", "--from", ".ssh/more")
    assert desk.nbtui(*words).json["imports"] == []


def test_the_option_for_another_ssh_config_counts_here_too(desk: Desk) -> None:
    configure(desk)
    (desk.home / "lab").write_text("Host gpu1\n  User ada\n")
    words = ("--ssh-config", "lab", "profile", "import", "openssh", "--json")
    [one] = desk.nbtui(*words).json["imports"]
    assert (one["name"], one["user"]) == ("gpu1", "ada")
