"""Which host certificates hold, on files that ssh-keygen made; real hosts are in tests/live/test_trust.py."""

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes import FakeClock
from lab.sshd import keygen
from nbtui.errors import HostKeyChanged, HostKeyError, HostKeyRevoked, HostKeyUnknown
from nbtui.keys.certificate import parse
from nbtui.keys.known_hosts import fingerprint
from nbtui.model.question import nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.trust import HostProof, Trust

NOW = 1_700_000_000.0
FROM, TO = "20231101000000Z", "20231201000000Z"
BOUNDS = (1698796800.0, 1701388800.0)
HOST = "vm.example.org"


def blob(public: Path) -> bytes:
    return base64.b64decode(public.read_text().split()[1])


@dataclass(frozen=True, kw_only=True)
class Lab:
    """Keys of a host, of an authority and of a stranger, and a known_hosts file."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "known_hosts"

    def public(self, name: str) -> str:
        return (self.folder / f"{name}.pub").read_text().strip()

    def know(self, *lines: str) -> None:
        self.file.write_text("".join(f"{line}\n" for line in lines))

    def certificate(self, *options: str, host: str = "host", by: str = "ca") -> HostProof:
        """What the host proves to have, when the authority signed it so."""
        options = options or ("-h", "-n", HOST)
        sign = ["ssh-keygen", "-q", "-s", by, "-I", "lab", *options, f"{host}.pub"]
        subprocess.run(sign, check=True, cwd=self.folder, capture_output=True)
        certificate = blob(self.folder / f"{host}-cert.pub")
        return HostProof(blob=parse(certificate).plain, certificate=certificate)

    def plain(self) -> HostProof:
        return HostProof(blob=blob(self.folder / "host.pub"))

    def trust(self, *, at: float = NOW, **target: object) -> Trust:
        facts = {
            "host": HOST,
            "port": 22,
            "user": "ada",
            "user_known_hosts": (str(self.file),),
        }
        return Trust(Target(**{**facts, **target}), clock=FakeClock(at))  # type: ignore[arg-type]  # facts of a test

    def check(self, proof: HostProof, *, at: float = NOW, **target: object) -> None:
        self.trust(at=at, **target).check(proof, ask=nobody, tell=silent)

    def refuses(self, proof: HostProof, *, at: float = NOW, **target: object) -> str:
        with pytest.raises(HostKeyError) as caught:
            self.check(proof, at=at, **target)
        return caught.value.message


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("host", "ca", "stranger"):
        keygen(folder / name)
    keygen(folder / "rsa", "-b", "2048", kind="rsa")
    return folder


@pytest.fixture
def lab(keys: Path) -> Iterator[Lab]:
    one = Lab(folder=keys)
    one.know(f"@cert-authority {HOST} {one.public('ca')}")
    yield one
    for path in (one.file, keys / "host-cert.pub", keys / "rsa-cert.pub"):
        path.unlink(missing_ok=True)


def test_a_host_certified_by_an_authority_on_file_is_trusted(lab: Lab) -> None:
    lab.check(lab.certificate())
    lab.check(lab.certificate("-h", "-n", "a,b", "-n", f"other,{HOST}"))
    lab.check(lab.certificate("-h", "-n", "VM.Example.ORG"))


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (BOUNDS[0] - 1, False),
        (BOUNDS[0], True),
        (NOW, True),
        (BOUNDS[1] - 1, True),
        (BOUNDS[1], False),
        (BOUNDS[1] + 86400 * 365, False),
    ],
    ids=["not yet", "first moment", "within", "last second", "its end", "expired"],
)
def test_it_holds_from_its_first_moment_to_before_its_last(
    lab: Lab,
    at: float,
    holds: bool,  # noqa: FBT001  # a row of the table
) -> None:
    proof = lab.certificate("-h", "-n", HOST, "-V", f"{FROM}:{TO}")
    if holds:
        lab.check(proof, at=at)
    else:
        assert "not valid at this time (see this machine's clock)" in lab.refuses(
            proof, at=at
        )


def test_one_for_ever_holds(lab: Lab) -> None:
    lab.check(lab.certificate("-h", "-n", HOST, "-V", "always:forever"), at=4e9)


# ---------------------------------------------------------------- for whom


@pytest.mark.parametrize(
    "principals",
    [
        "*",
        "*.example.org",
        "vm.example.or?",
        "example.org",
        "[uvw]m.example.org",
        "!other",
        "vm.example.org.evil.com",
        "vm.example.org ",
    ],
)
def test_a_principal_is_the_whole_name_and_no_pattern_as_for_ssh(
    lab: Lab, principals: str
) -> None:
    assert f"not for {HOST}" in lab.refuses(lab.certificate("-h", "-n", principals))


@pytest.mark.parametrize("patterns", ["*", "*.example.org", "vm.example.or?,!other", HOST])
def test_the_line_of_an_authority_may_hold_patterns(lab: Lab, patterns: str) -> None:
    lab.know(f"@cert-authority {patterns} {lab.public('ca')}")
    lab.check(lab.certificate())


def test_an_authority_counts_only_for_the_hosts_of_its_line(lab: Lab) -> None:
    lab.know(f"@cert-authority *.example.org,!{HOST} {lab.public('ca')}")
    with pytest.raises(HostKeyUnknown):
        lab.check(lab.certificate())


def test_one_for_nobody_in_particular_is_for_nobody(lab: Lab) -> None:
    assert f"it is for nobody, not for {HOST}" in lab.refuses(lab.certificate("-h"))


def test_an_alias_is_who_the_host_must_be(lab: Lab) -> None:
    lab.know(f"@cert-authority cluster {lab.public('ca')}")
    lab.check(lab.certificate("-h", "-n", "cluster"), host_key_alias="cluster")
    assert "not for cluster" in lab.refuses(lab.certificate(), host_key_alias="cluster")


def test_a_name_that_would_forge_the_message_is_cleaned(lab: Lab) -> None:
    said = lab.refuses(lab.certificate("-h", "-n", "\x1b]0;x\x07evil"))
    assert "\x1b" not in said
    assert "evil" in said


# ---------------------------------------------------------------- what it is


def test_a_users_certificate_makes_no_host(lab: Lab) -> None:
    assert "a user's certificate" in lab.refuses(lab.certificate("-n", HOST))


def test_what_must_be_understood_and_is_not_makes_it_void(lab: Lab) -> None:
    proof = lab.certificate("-h", "-n", HOST, "-O", "critical:tpm@example.org=1")
    assert "tpm@example.org" in lab.refuses(proof)


def test_one_bit_makes_the_signature_void(lab: Lab) -> None:
    proof = lab.certificate()
    assert proof.certificate is not None
    for at in (40, len(proof.certificate) - 1):  # the nonce, the signature
        raw = bytearray(proof.certificate)
        raw[at] ^= 1
        forged = HostProof(blob=proof.blob, certificate=bytes(raw))
        assert "its signature does not hold" in lab.refuses(forged)


def test_a_certificate_cut_short_is_none(lab: Lab) -> None:
    whole = lab.certificate()
    assert whole.certificate is not None
    for size in range(0, len(whole.certificate), 7):
        short = HostProof(blob=whole.blob, certificate=whole.certificate[:size])
        lab.refuses(short)


@pytest.mark.parametrize(("kind", "holds"), [("ssh-rsa", False), ("rsa-sha2-256", True)])
def test_an_authority_that_signs_with_sha_1_is_not_believed(
    lab: Lab,
    kind: str,
    holds: bool,  # noqa: FBT001  # a row of the table
) -> None:
    lab.know(f"@cert-authority {HOST} {lab.public('rsa')}")
    proof = lab.certificate("-h", "-n", HOST, "-t", kind, by="rsa")
    if holds:
        lab.check(proof)
    else:
        assert "its signature does not hold" in lab.refuses(proof)


def test_an_authority_that_is_itself_a_certificate_is_none(lab: Lab) -> None:
    lab.certificate(host="stranger")
    chained = lab.folder / "stranger-cert.pub"
    lab.know(f"@cert-authority {HOST} {chained.read_text().strip()}")
    assert not any("cert" in kind for kind in lab.trust().key_types())
    chained.unlink()


# ---------------------------------------------------------------- revoked


@pytest.mark.parametrize("who", ["ca", "host"])
@pytest.mark.parametrize("patterns", ["*", HOST, f"[{HOST}]:2222"])
def test_what_is_revoked_is_refused_though_all_else_holds(
    lab: Lab, who: str, patterns: str
) -> None:
    port = 2222 if ":" in patterns else 22
    authority = f"@cert-authority {HOST},[{HOST}]:2222 {lab.public('ca')}"
    plain = f"{HOST},[{HOST}]:2222 {lab.public('host')}"
    lab.know(authority, plain, f"@revoked {patterns} {lab.public(who)}")
    with pytest.raises(HostKeyRevoked) as caught:
        lab.check(lab.certificate(), port=port)
    assert (caught.value.line, caught.value.file) == (3, str(lab.file))


def test_a_revocation_without_the_port_counts_for_every_port(lab: Lab) -> None:
    lab.know(f"[{HOST}]:2222 {lab.public('host')}", f"@revoked {HOST} {lab.public('host')}")
    with pytest.raises(HostKeyRevoked):
        lab.check(lab.plain(), port=2222)


# ---------------------------------------------------------------- instead of a certificate


def test_a_bad_certificate_is_not_made_good_by_a_plain_key_on_file(lab: Lab) -> None:
    lab.know(f"@cert-authority {HOST} {lab.public('ca')}", f"{HOST} {lab.public('host')}")
    lab.check(lab.certificate())
    assert "it is for other" in lab.refuses(lab.certificate("-h", "-n", "other"))


@pytest.mark.parametrize("policy", ["ask", "yes"])
def test_a_plain_key_where_an_authority_is_on_file_is_an_unknown_key(
    lab: Lab, policy: str
) -> None:
    with pytest.raises(HostKeyUnknown):
        lab.check(lab.plain(), strict_host_key_checking=policy)


def test_a_certificate_of_a_strangers_counts_as_its_plain_key(lab: Lab) -> None:
    proof = lab.certificate(by="stranger")
    with pytest.raises(HostKeyUnknown) as unknown:
        lab.check(proof)
    assert unknown.value.fingerprint == fingerprint(blob(lab.folder / "host.pub"))
    lab.know(f"{HOST} {lab.public('stranger')}")
    with pytest.raises(HostKeyChanged):
        lab.check(proof)
    lab.know(f"{HOST} {lab.public('host')}")
    lab.check(proof)


def test_an_authority_is_no_host_key(lab: Lab) -> None:
    with pytest.raises(HostKeyUnknown):
        lab.check(HostProof(blob=blob(lab.folder / "ca.pub")))


# ---------------------------------------------------------------- who is asked for one


def test_certificates_are_asked_for_where_an_authority_is_on_file(lab: Lab) -> None:
    assert lab.trust().key_types()[0].endswith("-cert-v01@openssh.com")
    assert not any("cert" in kind for kind in lab.trust(host="other.org").key_types())


def test_an_authority_without_a_port_counts_for_every_port_as_in_ssh(lab: Lab) -> None:
    assert lab.trust(port=2222).key_types()[0].endswith("-cert-v01@openssh.com")
    lab.check(lab.certificate(), port=2222)
    assert "not for" in lab.refuses(lab.certificate("-h", "-n", "other"), port=2222)
    with pytest.raises(HostKeyUnknown):
        lab.check(lab.certificate(), port=2222, host_key_alias="elsewhere")
