"""Logging in with PuTTY's keys as they are, on a real sshd and ssh-agent."""

import getpass
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.agents import add_key, ssh_agent
from lab.desk import Desk
from lab.people import Person
from lab.putty import FORMS, KINDS, PHRASE, Putty, puttygen
from lab.sshd import SshHost
from nbtui.clock import SystemClock
from nbtui.errors import LoginError
from nbtui.model.question import Ask, nobody, silent
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

pytestmark = pytest.mark.live


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(clock=SystemClock())
    yield made
    made.close()


@pytest.fixture(scope="module")
def putty(tmp_path_factory: pytest.TempPathFactory) -> Putty:
    return Putty(folder=tmp_path_factory.mktemp("putty"))


def accept(host: SshHost, public: Path) -> None:
    (host.root / "authorized_keys").write_text(public.read_text())


def log_in(host: SshHost, links: Links, *files: Path, ask: Ask = nobody) -> None:
    link = links.get(host.target(identity_files=tuple(map(str, files))))
    link.open(ask=ask, tell=silent, timeout=10, context=LoginContext())
    assert link.up


def refused(host: SshHost, links: Links, *files: Path, ask: Ask = nobody) -> LoginError:
    with pytest.raises(LoginError) as caught:
        log_in(host, links, *files, ask=ask)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_of_key_logs_in(
    host: SshHost, links: Links, putty: Putty, kind: str
) -> None:
    accept(host, putty.plain(kind).with_suffix(".pub"))
    log_in(host, links, putty.ppk(kind))


@pytest.mark.parametrize("form", ["v2", "v3"])
def test_an_encrypted_key_logs_in_and_nothing_of_it_is_written(
    host: SshHost, links: Links, putty: Putty, form: str
) -> None:
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    file = putty.ppk("ed25519", form=form, secret=PHRASE)
    person, before = Person(["wrong", PHRASE]), sorted(putty.folder.iterdir())
    log_in(host, links, file, ask=person)
    assert person.kinds == ["passphrase", "passphrase"]
    assert f"Passphrase of the key {file}, for " in person.asked[0].text
    assert "that was not it" in person.asked[1].text
    assert not person.asked[0].echo
    assert sorted(putty.folder.iterdir()) == before


def test_a_passphrase_is_asked_once_for_all_hosts(
    make_host: Callable[..., SshHost], links: Links, putty: Putty
) -> None:
    file = putty.ppk("ed25519", form="v2", secret=PHRASE)
    for ask in (Person([PHRASE]), nobody):
        host = make_host()
        accept(host, putty.plain("ed25519").with_suffix(".pub"))
        log_in(host, links, file, ask=ask)


def test_no_passphrase_is_asked_for_a_key_that_the_host_does_not_take(
    host: SshHost, links: Links, putty: Putty
) -> None:
    accept(host, putty.plain("ecdsa-256").with_suffix(".pub"))
    person, file = Person([PHRASE]), putty.ppk("ed25519", secret=PHRASE)
    error = refused(host, links, file, ask=person)
    assert person.asked == []
    assert str(file) in error.message


def test_no_passphrase_is_asked_for_a_key_that_an_agent_holds(
    host: SshHost, links: Links, putty: Putty, lab: Path
) -> None:
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    person, file = Person([PHRASE]), str(putty.ppk("ed25519", secret=PHRASE))
    with ssh_agent(lab) as sock:
        add_key(sock, putty.plain("ed25519"))
        target = host.target(identity_files=(file,), identity_agent=sock)
        links.get(target).open(ask=person, tell=silent, timeout=10, context=LoginContext())
    assert person.asked == []


def test_a_key_whose_file_was_changed_is_not_asked_for_again(
    host: SshHost, links: Links, putty: Putty, tmp_path: Path
) -> None:
    accept(host, putty.plain("rsa").with_suffix(".pub"))
    file, person = tmp_path / "changed.ppk", Person([PHRASE] * 3)
    good = putty.ppk("rsa", form="v3 Argon2id", secret=PHRASE).read_bytes()
    file.write_bytes(good.replace(b"lab key", b"lab kex"))
    file.chmod(0o600)
    error = refused(host, links, file, ask=person)
    assert person.kinds == ["passphrase"]
    assert "the passphrase is right, but the file was changed" in error.message
    assert PHRASE not in error.message


def test_a_changed_file_without_passphrase_leaves_the_next_key_its_turn(
    host: SshHost, links: Links, putty: Putty, tmp_path: Path
) -> None:
    file = tmp_path / "changed.ppk"
    file.write_bytes(putty.ppk("rsa").read_bytes().replace(b"lab key", b"lab kex"))
    file.chmod(0o600)
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    log_in(host, links, file, putty.ppk("ed25519"))
    accept(host, putty.plain("rsa").with_suffix(".pub"))
    error = refused(host, links, file)
    assert f"{file} cannot be read: the file was changed or damaged" in error.message


def test_wrong_passphrases_end_and_say_what_is_known(
    host: SshHost, links: Links, putty: Putty
) -> None:
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    file = putty.ppk("ed25519", form="v2", secret=PHRASE)
    error = refused(host, links, file, ask=Person(["a", "b", "c"]))
    assert "none of the passphrases opens it, or the file was changed" in error.message


def test_without_anybody_to_ask_the_hint_is_no_program_that_knows_no_ppk(
    host: SshHost, links: Links, putty: Putty
) -> None:
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    error = refused(host, links, putty.ppk("ed25519", form="v2", secret=PHRASE))
    assert "is encrypted, and nobody was there" in error.message
    assert "ssh-add" not in error.hint


def test_a_key_that_others_can_read_is_not_used(
    host: SshHost, links: Links, putty: Putty, tmp_path: Path
) -> None:
    file = tmp_path / "open.ppk"
    file.write_bytes(putty.ppk("ed25519").read_bytes())
    file.chmod(0o644)
    error = refused(host, links, file)
    assert "can be read by others (mode 0644)" in error.message
    assert error.hint == f"chmod 600 {file}"


def test_the_certificate_in_a_file_is_what_logs_in(
    host: SshHost, links: Links, putty: Putty, tmp_path: Path
) -> None:
    authority, plain = putty.plain("rsa"), putty.plain("ecdsa-256")
    public = authority.with_suffix(".pub").read_text()
    (host.root / "authorized_keys").write_text(f"cert-authority {public}")
    copy = tmp_path / "key.pub"
    copy.write_text(plain.with_suffix(".pub").read_text())
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "lab", "-n", getpass.getuser()]
    subprocess.run([*sign, str(copy)], check=True)
    with_it = ("--certificate", tmp_path / "key-cert.pub", "--ppk-param", FORMS["v3"])
    phrase = ("--new-passphrase", putty.phrase(""))
    file = tmp_path / "key.ppk"
    puttygen(plain, "-O", "private", "-o", file, *phrase, *with_it)
    log_in(host, links, file)


def test_a_profile_with_a_putty_key_asks_once_and_the_agent_remembers(
    host: SshHost, desk: Desk, putty: Putty
) -> None:
    accept(host, putty.plain("ed25519").with_suffix(".pub"))
    desk.knows(host)
    profiles = desk.config / "profiles.toml"
    file = str(putty.ppk("ed25519", secret=PHRASE))
    profiles.write_text(profiles.read_text().replace(str(host.key), file))
    with desk.terminal("shell", "myvm", "--", "echo", "inside") as terminal:
        terminal.wait_for(b"Passphrase of the key ")
        terminal.type(PHRASE.encode() + b"\r")
        terminal.wait_for(b"inside")
        assert terminal.end() == 0
    assert PHRASE.encode() not in terminal.shown
    assert desk.nbtui("disconnect", "myvm").status == 0
    assert desk.nbtui("shell", "myvm", "--", "echo", "again").out == "again\n"
    [check] = [
        one
        for one in desk.nbtui("doctor", "--json").json["checks"]
        if one["layer"] == "key files"
    ]
    assert (check["status"], check["evidence"]) == ("ok", f"{file} (encrypted)")
    assert PHRASE not in desk.log()
