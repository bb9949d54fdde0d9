"""Files that should hold keys, and certificates: any bytes are judged, none break the reader."""

import contextlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from nbtui.keys.certificate import is_certificate, parse, plain_key
from nbtui.keys.keyfile import NotAKey, PrivateKey, inspect, public_key
from nbtui.keys.wire import Malformed
from nbtui.ssh.wrong_user import right_user


def made(path: Path, *options: str) -> bytes:
    subprocess.run(["ssh-keygen", "-q", "-N", "", *options, "-f", path], check=True)
    return path.read_bytes()


@given(st.binary())
def test_any_bytes_are_judged(data: bytes) -> None:
    inspect(data)
    inspect(
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
        + data
        + b"\n-----END OPENSSH PRIVATE KEY-----"
    )
    public_key(data)
    with contextlib.suppress(Malformed):
        parse(data)


def test_the_public_half_is_read_from_an_encrypted_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    command = f"ssh-keygen -q -a 1 -t ed25519 -N secret -f {path}".split()
    subprocess.run(command, check=True)
    found = inspect(path.read_bytes())
    public = public_key((tmp_path / "key.pub").read_bytes())
    assert found == PrivateKey(encrypted=True, public=public)


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_old_formats_are_private_keys(tmp_path: Path, form: str) -> None:
    data = made(tmp_path / "key", "-t", "ecdsa", "-m", form)
    assert inspect(data) == PrivateKey(encrypted=False)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "public key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "public key"),
        (b"PuTTY-User-Key-File-2: ssh-rsa\r\n", ".ppk"),
        (b"\xff\xfe-\0-\0", "UTF-16"),
        (b"-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n", "DSA"),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "not a private key",
        ),
        (b" \n", "empty"),
    ],
)
def test_what_is_no_private_key_is_named(data: bytes, says: str) -> None:
    found = inspect(data)
    assert isinstance(found, NotAKey)
    assert says in found.what


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_certificate_says_what_ssh_keygen_put_in(tmp_path: Path, kind: str) -> None:
    made(tmp_path / "ca", "-t", "ed25519")
    made(tmp_path / "key", "-t", kind)
    sign = ["ssh-keygen", "-q", "-s", "ca", "-h", "-I", "lab", "-n", "a.org,*.b.org"]
    limits = ["-V", "20250101:20260101", "key.pub"]
    subprocess.run([*sign, *limits], check=True, cwd=tmp_path, env={"TZ": "UTC"})
    blob = public_key((tmp_path / "key-cert.pub").read_bytes())
    assert blob is not None
    certificate = parse(blob)
    assert is_certificate(blob)
    assert certificate.kind == "host"
    assert certificate.key_id == "lab"
    assert certificate.principals == ("a.org", "*.b.org")
    assert certificate.valid_before - certificate.valid_after == 365 * 86400
    assert certificate.authority == public_key((tmp_path / "ca.pub").read_bytes())
    assert plain_key(blob) == public_key((tmp_path / "key.pub").read_bytes())
    assert certificate.covers("A.org")
    assert not certificate.covers("x.b.org")


@pytest.mark.parametrize(
    ("banner", "user"),
    [
        ('Please login as the user "ubuntu" rather than the user "root".', "ubuntu"),
        ("Please log in as the user ec2-user", "ec2-user"),
        ("You may login as your university account", None),
        ("Login as root is disabled", None),
    ],
)
def test_only_a_name_that_is_marked_as_one_is_taken_for_a_user(
    banner: str, user: str | None
) -> None:
    assert right_user(banner) == user
