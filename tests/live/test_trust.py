"""Host keys: known, unknown, changed, revoked, certified; on real sshd, with files that ssh-keygen made."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.people import Person
from lab.sshd import SshHost, keygen
from nbtui.clock import SystemClock
from nbtui.errors import HostKeyChanged, HostKeyError, HostKeyRevoked, HostKeyUnknown
from nbtui.model.question import Ask, nobody
from nbtui.model.target import Target
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

pytestmark = pytest.mark.live


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(clock=SystemClock())
    yield made
    made.close()


def go(target: Target, links: Links, ask: Ask = nobody) -> list[str]:
    """Open and close; what was told on the way."""
    told: list[str] = []
    link = links.get(target)
    link.open(ask=ask, tell=told.append, timeout=10, context=LoginContext())
    links.release(link)
    return told


def print_of(public: Path) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-l", "-f", public], check=True, capture_output=True, text=True
    )
    return done.stdout.split()[1]


def logins(host: SshHost) -> int:
    """How often anybody so much as tried to log in."""
    log = (host.root / "log").read_text()
    return log.count("Accepted") + log.count("authenticating user")


# ---------------------------------------------------------------- unknown


def test_an_unknown_key_is_shown_asked_and_kept(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "ssh" / "known_hosts"
    target = host.target(user_known_hosts=(str(file),))
    person = Person(["yes"])
    go(target, links, person)
    (question,) = person.asked
    assert question.kind == "host-key"
    assert print_of(host.root / "hostkey.pub") in question.text
    assert "ED25519" in question.text
    assert target.where in question.text
    assert str(file) in " ".join(question.detail)
    go(target, links)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("answer", [None, "no", "", "maybe"])
def test_any_answer_but_yes_is_no(
    host: SshHost, links: Links, tmp_path: Path, answer: str | None
) -> None:
    file = tmp_path / "known_hosts"
    with pytest.raises(HostKeyUnknown) as caught:
        go(host.target(user_known_hosts=(str(file),)), links, Person([answer]))
    assert print_of(host.root / "hostkey.pub") in caught.value.message
    assert not file.exists()
    assert logins(host) == 0


def test_the_fingerprint_itself_is_an_answer(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    target = host.target(user_known_hosts=(str(tmp_path / "kh"),))
    go(target, links, Person([print_of(host.root / "hostkey.pub")]))


def test_accept_new_takes_and_keeps_it_silently(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    person = Person()
    target = host.target(
        user_known_hosts=(str(file),), strict_host_key_checking="accept-new"
    )
    go(target, links, person)
    assert person.asked == []
    assert f"[127.0.0.1]:{host.port} ssh-ed25519" in file.read_text()


def test_strict_checking_does_not_even_ask(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    person = Person(["yes"])
    target = host.target(
        user_known_hosts=(str(tmp_path / "kh"),), strict_host_key_checking="yes"
    )
    with pytest.raises(HostKeyUnknown, match="not known"):
        go(target, links, person)
    assert person.asked == []


def test_names_are_hashed_where_that_is_wanted(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    target = host.target(user_known_hosts=(str(file),), hash_known_hosts=True)
    go(target, links, Person(["yes"]))
    assert file.read_text().startswith("|1|")
    go(target, links)


def test_a_file_that_cannot_be_written_is_told_and_the_link_stands(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("")
    target = host.target(user_known_hosts=(str(tmp_path / "blocked" / "known_hosts"),))
    told = go(target, links, Person(["yes"]))
    assert any("could not be written" in line for line in told)


# ---------------------------------------------------------------- known


def test_the_systems_file_counts_too(host: SshHost, links: Links, tmp_path: Path) -> None:
    go(
        host.target(
            user_known_hosts=(str(tmp_path / "kh"),),
            global_known_hosts=(str(host.known_hosts),),
        ),
        links,
    )


def test_an_alias_is_looked_up_in_place_of_the_address(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("myvm " + (host.root / "hostkey.pub").read_text())
    go(host.target(user_known_hosts=(str(file),), host_key_alias="MyVM"), links)


def test_a_key_on_file_without_the_port_is_believed(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("127.0.0.1 " + (host.root / "hostkey.pub").read_text())
    go(host.target(user_known_hosts=(str(file),)), links)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_the_type_on_file_is_the_one_that_is_asked_for(
    make_host: Callable[..., SshHost], links: Links, tmp_path: Path, kind: str
) -> None:
    keys = {
        "rsa": keygen(tmp_path / "rsa", "-b", "2048", kind="rsa"),
        "ecdsa": keygen(tmp_path / "ecdsa", kind="ecdsa"),
    }
    host = make_host(config="".join(f"HostKey {key}\n" for key in keys.values()))
    public = keys.get(kind, host.root / "hostkey").with_suffix(".pub").read_text()
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{host.port} {public}")
    go(host.target(user_known_hosts=(str(file),)), links)


# ---------------------------------------------------------------- changed and revoked


@pytest.mark.parametrize("policy", ["ask", "yes", "accept-new", "no"])
def test_a_changed_key_is_refused_on_every_path(
    host: SshHost, links: Links, tmp_path: Path, policy: str
) -> None:
    file = tmp_path / "known_hosts"
    stranger = keygen(tmp_path / "stranger").with_suffix(".pub")
    file.write_text(f"# a comment\n[127.0.0.1]:{host.port} {stranger.read_text()}")
    person = Person(["yes"])
    with pytest.raises(HostKeyChanged) as caught:
        go(
            host.target(user_known_hosts=(str(file),), strict_host_key_checking=policy),
            links,
            person,
        )
    assert print_of(stranger) in caught.value.message
    assert print_of(host.root / "hostkey.pub") in caught.value.message
    assert f"{file}:2" in caught.value.message
    assert person.asked == []
    assert logins(host) == 0


def test_a_key_of_another_type_is_a_change_too(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    stranger = keygen(tmp_path / "stranger", kind="ecdsa").with_suffix(".pub")
    file.write_text(f"[127.0.0.1]:{host.port} {stranger.read_text()}")
    with pytest.raises(HostKeyChanged):
        go(host.target(user_known_hosts=(str(file),)), links)


def test_a_revoked_key_is_refused_though_it_is_known(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    public = (host.root / "hostkey.pub").read_text()
    file.write_text(f"[127.0.0.1]:{host.port} {public}@revoked * {public}")
    with pytest.raises(HostKeyRevoked) as caught:
        go(host.target(user_known_hosts=(str(file),)), links)
    assert f"{file}:2" in caught.value.message


def test_a_changed_key_behind_a_jump_is_refused_too(
    make_host: Callable[..., SshHost], host: SshHost, links: Links, tmp_path: Path
) -> None:
    inner = make_host("inner")
    stranger = keygen(tmp_path / "stranger").with_suffix(".pub")
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{inner.port} {stranger.read_text()}")
    with pytest.raises(HostKeyChanged):
        go(inner.target(jumps=(host.target(),), user_known_hosts=(str(file),)), links)


# ---------------------------------------------------------------- certificates


class Certified:
    """A host with a certificate, and the file that trusts its authority."""

    def __init__(
        self, folder: Path, make_host: Callable[..., SshHost], kind: str = "ed25519"
    ) -> None:
        self.folder = folder
        size = ("-b", "2048") if kind == "rsa" else ()
        self.authority = keygen(folder / "ca", *size, kind=kind)
        self.key = keygen(folder / "hk", *size, kind=kind)
        self.file = folder / "known_hosts"
        self.trust("[127.0.0.1]:*")
        self._make_host = make_host

    def trust(self, patterns: str) -> None:
        public = self.authority.with_suffix(".pub").read_text()
        self.file.write_text(f"@cert-authority {patterns} {public}")

    def boot(self, *options: str) -> Target:
        public = self.key.with_suffix(".pub")
        command: list[str | Path] = [
            "ssh-keygen",
            "-q",
            "-s",
            self.authority,
            "-I",
            "lab",
            *options,
            public,
        ]
        subprocess.run(command, check=True)
        certificate = self.folder / "hk-cert.pub"
        host = self._make_host(config=f"HostKey {self.key}\nHostCertificate {certificate}")
        return host.target(user_known_hosts=(str(self.file),))


@pytest.fixture
def certified(tmp_path: Path, make_host: Callable[..., SshHost]) -> Certified:
    return Certified(tmp_path, make_host)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_certified_host_is_trusted_without_a_question(
    tmp_path: Path, make_host: Callable[..., SshHost], links: Links, kind: str
) -> None:
    go(Certified(tmp_path, make_host, kind).boot("-h", "-n", "127.0.0.1"), links)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-h", "-n", "other.example.org"], "it is for other.example.org"),
        (["-h"], "it is for nobody"),
        (["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"], "not valid at this time"),
        (["-h", "-n", "127.0.0.1", "-V", "20990101:21000101"], "not valid at this time"),
    ],
    ids=["another host", "nobody", "expired", "not yet valid"],
)
def test_a_certificate_that_does_not_hold_is_refused(
    certified: Certified, links: Links, options: list[str], says: str
) -> None:
    person = Person(["yes"])
    with pytest.raises(HostKeyError, match=says):
        go(certified.boot(*options), links, person)
    assert person.asked == []


@pytest.mark.parametrize(
    ("patterns", "options"),
    [
        ("127.0.0.1", ["-h", "-n", "127.0.0.1"]),
        ("[127.0.0.*]:*", ["-h", "-n", "127.0.0.1"]),
        ("[127.0.0.*]:*", ["-h", "-n", "127.*"]),
        ("[127.0.0.1]:*", ["-h", "-n", "10.*"]),
        ("[127.0.0.1]:*", ["-h", "-n", "127.0.0.1", "-V", "20200101:20200201"]),
        ("[127.0.0.1]:*", ["-n", "127.0.0.1"]),
        ("10.*", ["-h", "-n", "127.0.0.1"]),
    ],
    ids=[
        "without the port",
        "a pattern on file",
        "a pattern in it",
        "another host",
        "expired",
        "a user's",
        "elsewhere",
    ],
)
def test_ssh_thinks_the_same_of_a_certificate(
    certified: Certified, links: Links, patterns: str, options: list[str]
) -> None:
    certified.trust(patterns)
    target = certified.boot(*options)
    try:
        go(target, links)
        ours = True
    except HostKeyError:
        ours = False
    ssh = [
        "ssh", "-F", "/dev/null", "-i", target.identity_files[0], "-p", str(target.port),
        "-o", f"UserKnownHostsFile={certified.file}", "-o", "GlobalKnownHostsFile=none",
        "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "127.0.0.1", "true",
    ]  # fmt: skip
    theirs = subprocess.run(ssh, check=False, capture_output=True, text=True)
    assert (theirs.returncode == 0) == ours, theirs.stderr


def test_a_certificate_of_an_authority_that_is_not_ours_counts_as_its_plain_key(
    certified: Certified, links: Links
) -> None:
    target = certified.boot("-h", "-n", "127.0.0.1")
    certified.trust("[elsewhere]:*")
    person = Person(["yes"])
    go(target, links, person)
    assert print_of(certified.key.with_suffix(".pub")) in person.asked[0].text


def test_a_revoked_authority_certifies_nobody(certified: Certified, links: Links) -> None:
    target = certified.boot("-h", "-n", "127.0.0.1")
    with certified.file.open("a") as file:
        file.write("@revoked * " + certified.authority.with_suffix(".pub").read_text())
    with pytest.raises(HostKeyRevoked):
        go(target, links)
