"""PuTTY's keys: every kind that puttygen writes is read, with puttygen and ssh-keygen as the judges."""

import base64
import hmac
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)
from hypothesis import given, settings, strategies as st

from lab.putty import FORMS, KINDS, PHRASE, Putty, puttygen
from nbtui.errors import KeyLocked, KeyUnusable
from nbtui.keys.keyfile import NotAKey, PrivateKey, inspect, public_key
from nbtui.keys.ppk.opening import Opened, WrongPassphrase, as_openssh, opened
from nbtui.keys.ppk.text import BadPpk, Ppk, parse
from nbtui.keys.wire import OPENSSH_MAGIC, Reader, string
from nbtui.ssh.privatekey import Unreadable, load

DER = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
Spoil = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def putty(tmp_path_factory: pytest.TempPathFactory) -> Putty:
    return Putty(folder=tmp_path_factory.mktemp("putty"))


def opening(file: Path, secret: str = "") -> Opened:
    return opened(parse(file.read_bytes()), secret)


# ---------------------------------------------------------------- what puttygen writes


CELLS = [(form, PHRASE if "Argon2" in form else "") for form in FORMS] + [("v2", PHRASE)]


@pytest.mark.parametrize(
    ("form", "secret"),
    CELLS,
    ids=lambda one: "encrypted" if one == PHRASE else one or "plain",
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_the_key_that_puttygen_takes_it_for(
    putty: Putty, kind: str, form: str, secret: str
) -> None:
    file = putty.ppk(kind, form=form, secret=secret)
    data, public = file.read_bytes(), public_key(puttygen(file, "-L").encode())
    theirs = load_ssh_private_key(putty.as_openssh(file, secret), None)
    assert inspect(data) == PrivateKey(encrypted=bool(secret), public=public)
    assert opening(file, secret).key.private_bytes(*DER) == theirs.private_bytes(*DER)
    assert load(data, secret or None).asbytes() == public


def test_what_puttygen_thinks_strong_enough_is_opened(putty: Putty) -> None:
    file = putty.ppk("ed25519", secret=PHRASE)
    assert opening(file, PHRASE).public == parse(file.read_bytes()).key


@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_it_is_what_puttygen_makes_of_it(putty: Putty, kind: str) -> None:
    file = putty.ppk(kind, comment="of the lab")
    ours = as_openssh(parse(file.read_bytes()), None)
    assert secrets_of(ours) == secrets_of(putty.as_openssh(file))


def secrets_of(openssh: bytes) -> tuple[bytes, bytes]:
    """Public half and private half of an OpenSSH key with that comment, without random numbers and padding."""
    reader = Reader(base64.b64decode(b"".join(openssh.splitlines()[1:-1])))
    reader.take(len(OPENSSH_MAGIC))
    assert [reader.text() for _ in range(3)] == ["none", "none", ""]
    reader.number()  # of keys
    public, private = reader.string(), reader.string()
    assert private[:4] == private[4:8]
    fields, comment, _padding = private[8:].rpartition(b"of the lab")
    return public, fields + comment


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_reads_it_with_its_passphrase_and_comment(
    putty: Putty, kind: str, tmp_path: Path
) -> None:
    file = putty.ppk(kind, form="v3 Argon2id", secret=PHRASE, comment="of the lab")
    out = tmp_path / "key"
    out.write_bytes(as_openssh(parse(file.read_bytes()), PHRASE))
    out.chmod(0o600)
    read = ["ssh-keygen", "-y", "-P", PHRASE, "-f", str(out)]
    done = subprocess.run(read, check=True, capture_output=True, text=True)
    assert done.stdout.split(None, 2) == [
        *putty.plain(kind).with_suffix(".pub").read_text().split()[:2],
        "of the lab\n",
    ]
    assert inspect(out.read_bytes()) == PrivateKey(
        encrypted=True, public=parse(file.read_bytes()).key
    )


def test_ed25519_keys_that_end_in_zeros_are_whole(putty: Putty, tmp_path: Path) -> None:
    seed = bytes(range(1, 30)) + bytes(3)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    plain, ppk = tmp_path / "key", tmp_path / "key.ppk"
    plain.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
    puttygen(plain, "-O", "private", "-o", ppk, "--new-passphrase", putty.phrase(""))
    found = opening(ppk).key
    assert isinstance(found, Ed25519PrivateKey)
    assert found.private_bytes_raw() == seed


@pytest.mark.parametrize("form", ["v2", "v3 Argon2id"])
def test_a_certificate_in_the_file_is_found_beside_its_key(
    putty: Putty, tmp_path: Path, form: str
) -> None:
    plain = putty.plain("ed25519")
    sign = ["ssh-keygen", "-q", "-s", str(putty.plain("rsa")), "-I", "lab", "-n", "ada"]
    subprocess.run([*sign, str(plain.with_suffix(".pub"))], check=True)
    certificate, out = plain.with_name("ed25519-cert.pub"), tmp_path / "with.ppk"
    phrase = ("--new-passphrase", putty.phrase(PHRASE))
    options = ("--certificate", certificate, *phrase, "--ppk-param", FORMS[form])
    puttygen(plain, "-O", "private", "-o", out, *options)
    found = inspect(out.read_bytes())
    assert found == PrivateKey(
        encrypted=True,
        public=public_key(plain.with_suffix(".pub").read_bytes()),
        certificate=public_key(certificate.read_bytes()),
    )
    assert opening(out, PHRASE).public == found.public
    certificate.unlink()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_of_every_system_are_read(putty: Putty, end: bytes) -> None:
    data = putty.ppk("ed25519").read_bytes().replace(b"\n", end)
    for text in (data, data.removesuffix(end)):
        assert opened(parse(text), None).public == parse(text).key


@pytest.mark.parametrize("form", ["v2", "v3 Argon2id"])
def test_a_comment_and_a_passphrase_of_any_alphabet_are_kept(
    putty: Putty, form: str
) -> None:
    file = putty.ppk("ed25519", form=form, secret="Schlüssel 鍵", comment="ключ")  # noqa: S106  # of a test
    assert parse(file.read_bytes()).comment.decode() == "ключ"
    assert opening(file, "Schlüssel 鍵").public == parse(file.read_bytes()).key


def test_a_passphrase_that_putty_took_in_windows_code_page_opens(
    putty: Putty, tmp_path: Path
) -> None:
    phrase, out = tmp_path / "phrase", tmp_path / "old.ppk"
    phrase.write_bytes("Schlüssel".encode("cp1252"))
    form = ("--new-passphrase", phrase, "--ppk-param", "version=2")
    puttygen(putty.plain("ed25519"), "-O", "private", "-o", out, *form)
    assert opening(out, "Schlüssel").public == parse(out.read_bytes()).key


# ---------------------------------------------------------------- wrong, changed, damaged


@pytest.mark.parametrize("form", ["v2", "v3 Argon2id"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_passphrase_is_called_that(putty: Putty, kind: str, form: str) -> None:
    file = putty.ppk(kind, form=form, secret=PHRASE)
    for wrong in ("", "sesame", "Schlüssel"):
        with pytest.raises(WrongPassphrase):
            opening(file, wrong)


def other_comment(data: bytes) -> bytes:
    return data.replace(b"lab key", b"lab kex")


def other_mac(data: bytes) -> bytes:
    head, mac = data.split(b"Private-MAC: ")
    return head + b"Private-MAC: " + mac[::-1].strip() + b"\n"


def last_cipher_block(data: bytes) -> bytes:
    """The padding, for most of it."""
    head, mac = data.split(b"\nPrivate-MAC")
    other = b"A" if head[-4:-3] != b"A" else b"B"
    return head[:-4] + other + head[-3:] + b"\nPrivate-MAC" + mac


CHANGES: list[Spoil] = [other_comment, other_mac, last_cipher_block]


@pytest.mark.parametrize("spoil", CHANGES, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("form", ["v2", "v3 Argon2id"])
def test_a_changed_file_is_told_from_a_wrong_passphrase(
    putty: Putty, form: str, spoil: Spoil
) -> None:
    data = spoil(putty.ppk("rsa", form=form, secret=PHRASE).read_bytes())
    with pytest.raises(
        KeyUnusable, match=r"the passphrase is right, but .* changed"
    ) as caught:
        opened(parse(data), PHRASE)
    assert not isinstance(caught.value, KeyLocked)
    with pytest.raises(WrongPassphrase):
        opened(parse(data), "wrong")


def test_a_change_that_spoils_the_decryption_is_said_to_be_one_or_the_other(
    putty: Putty,
) -> None:
    data = putty.ppk("ed25519", form="v3 Argon2id", secret=PHRASE).read_bytes()
    with pytest.raises(WrongPassphrase, match="or the file was changed"):
        opened(parse(data.replace(b"Argon2-Passes: 2", b"Argon2-Passes: 3")), PHRASE)


@pytest.mark.parametrize("form", ["v2", "v3"])
def test_a_changed_file_without_passphrase_is_no_question_of_one(
    putty: Putty, form: str
) -> None:
    data = other_comment(putty.ppk("ecdsa-256", form=form).read_bytes())
    with pytest.raises(Unreadable, match="changed or damaged"):
        load(data, None)


@pytest.mark.parametrize("kind", KINDS)
def test_halves_that_do_not_belong_together_are_refused_though_the_mac_fits(
    putty: Putty, kind: str, tmp_path: Path
) -> None:
    other = Putty(folder=tmp_path)
    with pytest.raises(KeyUnusable, match="none of its public half"):
        opened(mixed(parse_of(putty, kind), parse_of(other, kind)), None)


def parse_of(putty: Putty, kind: str) -> Ppk:
    return parse(putty.ppk(kind).read_bytes())


def mixed(one: Ppk, other: Ppk) -> Ppk:
    """The public half of one with the private half of the other, and a MAC that fits."""
    both = replace(one, private=other.private)
    covered = (both.algorithm, both.encryption, both.comment, both.public, both.private)
    data = b"".join(string(part) for part in covered)
    return replace(both, mac=hmac.digest(b"", data, "sha256"))


REFUSED = [
    ("-2: ssh", "-1: ssh", "of version 1, which only test versions"),
    ("-2: ssh", "-4: ssh", "of version 4; 2 and 3 are read here"),
    ("-2: ssh", "-x: ssh", "its first line names no version"),
    ("-2: ssh-rsa", "-2: ssh-dss", "is a DSA key"),
    ("-2: ssh-rsa", "-2: ssh-ed448", "is an Ed448 key"),
    ("-2: ssh-rsa", "-2: ssh-xmss", "of type ssh-xmss, not known here"),
    ("-2: ssh-rsa", "-2: ssh-ed25519", "its public half is no key of type ssh-ed25519"),
    ("Encryption: aes256-cbc", "Encryption: 3des", "encrypted with 3des, not known here"),
    ("Encryption: aes256-cbc", "Encryption: n\x1bone", "encrypted with n"),
    ("Comment: lab key\n", "", "its line 3 is not Comment"),
    ("Comment: lab key\n", "Comment: lab key\n" * 2, "its line 4 is not Public-Lines"),
    ("Public-Lines: 6", "Public-Lines: 5", "is not Private-Lines"),
    ("Public-Lines: 6", "Public-Lines: 7", "Public-Lines are no Base64"),
    ("Public-Lines: 6", "Public-Lines: 9999999999", "it ends before its Public-Lines do"),
    ("Public-Lines: 6", "Public-Lines: -1", "gives Public-Lines as '-1'"),
    ("Public-Lines: 6", f"Public-Lines: {'9' * 5000}", "gives Public-Lines as '999"),
    ("Public-Lines: 6", "Public-Lines: ٦", "gives Public-Lines as '٦'"),
    ("AAAA", "ÄAAA", "its Public-Lines are no Base64"),
    ("Private-MAC: ", "Private-MAC: 00", "its Private-MAC has 21 bytes"),
    ("Private-MAC: ", "Private-MAC: x", "gives Private-MAC as"),
    ("Private-MAC: ", "Private-Hash: ", "is not Private-MAC"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "says"), REFUSED, ids=[says for _, _, says in REFUSED]
)
def test_what_is_not_read_is_named(putty: Putty, old: str, new: str, says: str) -> None:
    data = putty.ppk("rsa", form="v2", secret=PHRASE).read_bytes()
    assert old.encode() in data
    found = inspect(data.replace(old.encode(), new.encode(), 1))
    assert isinstance(found, NotAKey)
    assert says in found.what
    assert found.what.isprintable()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Memory: 64", "Memory: 67108864", "64 GiB of memory (Argon2-Memory: 67108864)"),
        ("Memory: 64", "Memory: 9999999999", "9,537 GiB"),
        ("Memory: 64", "Memory: 1048577", "at most 1 GiB is given"),
        ("Memory: 64", "Memory: 7", "7 KiB of memory, which takes at least 8"),
        ("Memory: 64", "Memory: 0", "0 KiB of memory"),
        ("Passes: 2", "Passes: 4294967295", "4294967295 passes"),
        ("Passes: 2", "Passes: 0", "no passes"),
        ("Parallelism: 1", "Parallelism: 16777215", "16777215 threads"),
        ("Parallelism: 1", "Parallelism: 0", "no threads"),
        ("Salt: ", "Salt: 00\nx: ", "a salt of 1 bytes"),
        ("Argon2id", "scrypt", "derives its key by scrypt"),
    ],
)
def test_what_asks_too_much_of_this_machine_is_refused_with_the_number(
    putty: Putty, old: str, new: str, says: str
) -> None:
    data = putty.ppk("ed25519", form="v3 Argon2id", secret=PHRASE).read_bytes()
    assert old.encode() in data
    found = inspect(data.replace(old.encode(), new.encode(), 1))
    assert isinstance(found, NotAKey)
    assert says in found.what


@pytest.mark.parametrize("version", ["version=2", "version=3"])
@pytest.mark.parametrize(
    ("kind", "says"), [("dsa", "is a DSA key"), ("ed448", "is an Ed448 key")]
)
def test_what_hosts_do_not_take_is_refused_by_name(
    putty: Putty, tmp_path: Path, kind: str, says: str, version: str
) -> None:
    size = ("-b", "1024") if kind == "dsa" else ()
    phrase = ("--new-passphrase", putty.phrase(""), "--ppk-param", version)
    puttygen("-t", kind, *size, "-q", "-o", tmp_path / "key.ppk", *phrase)
    found = inspect((tmp_path / "key.ppk").read_bytes())
    assert isinstance(found, NotAKey)
    assert says in found.what


def test_a_key_of_any_length_but_its_own_is_damaged(putty: Putty) -> None:
    data = putty.ppk("ed25519", form="v3 Argon2id", secret=PHRASE).read_bytes()
    for size in range(len(data) - 2):
        with pytest.raises(BadPpk):
            parse(data[:size])
    with pytest.raises(BadPpk, match="too large"):
        parse(data + b"\n" * (64 << 10))


@settings(max_examples=150)
@given(data=st.data())
def test_no_change_of_a_file_gives_another_key_or_another_error(
    putty: Putty, data: st.DataObject
) -> None:
    secret = data.draw(st.sampled_from(["", PHRASE]))
    form = data.draw(st.sampled_from(["v2", "v3 Argon2id"]))
    file = putty.ppk(
        data.draw(st.sampled_from(["ed25519", "ecdsa-521"])), form=form, secret=secret
    )
    key = opening(file, secret).key.private_bytes(*DER)
    changed = mutated(data, file.read_bytes())
    try:
        assert opened(parse(changed), secret).key.private_bytes(*DER) == key
    except (BadPpk, KeyUnusable) as exc:
        assert exc.message.isprintable()  # noqa: PT017  # whatever it is, a person can read it


def mutated(data: st.DataObject, content: bytes) -> bytes:
    """With a piece cut out, another put in, doubled, or moved."""
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 80)))
    piece = data.draw(
        st.binary(max_size=6)
        | st.sampled_from([content[start:end] * 2, b"\n", b"\r", b"=", b"0"])
    )
    at = data.draw(st.sampled_from([start, start, len(content)]))
    without = content[:start] + content[end:]
    return without[:at] + piece + without[at:]
