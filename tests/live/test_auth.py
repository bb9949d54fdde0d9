"""Every way to log in, and what is said when none works; on real sshd, ssh-agent and asyncssh."""

import getpass
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.agents import add_key, ssh_agent
from lab.logins import (
    KeyAndCode,
    LoginServer,
    PartialServer,
    PasswordServer,
    PromptServer,
)
from lab.people import Person
from lab.sshd import SshHost, keygen
from nbtui.clock import SystemClock
from nbtui.errors import LoginError
from nbtui.model.question import Ask, Question, nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

pytestmark = pytest.mark.live
OPEN_SESAME = "open sesame"


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(clock=SystemClock())
    yield made
    made.close()


@pytest.fixture(scope="session")
def keys(lab: Path) -> dict[str, Path]:
    """One key of each type; RSA takes a while to make."""
    return {
        kind: keygen(lab / f"a-{kind}", kind=kind) for kind in ("ed25519", "ecdsa", "rsa")
    }


def own_copy(key: Path, folder: Path) -> Path:
    """The key under a folder of the test's own."""
    copy = Path(shutil.copy(key, folder / "key"))
    shutil.copy(key.with_suffix(".pub"), folder / "key.pub")
    copy.chmod(0o600)
    return copy


def locked(path: Path, *options: str, kind: str = "ed25519") -> Path:
    """A key with the passphrase "open sesame"."""
    return keygen(path, "-a", "1", *options, kind=kind, passphrase=OPEN_SESAME)


@pytest.fixture
def agent(lab: Path) -> Iterator[str]:
    """A real ssh-agent without keys; its socket."""
    with ssh_agent(lab) as path:
        yield path


def log_in(
    target: Target, links: Links, *, ask: Ask = nobody, auth_sock: str | None = None
) -> None:
    context = LoginContext(auth_sock=auth_sock)
    link = links.get(target)
    link.open(ask=ask, tell=silent, timeout=10, context=context)
    assert link.up


def refused(
    target: Target, links: Links, *, ask: Ask = nobody, auth_sock: str | None = None
) -> LoginError:
    with pytest.raises(LoginError) as caught:
        log_in(target, links, ask=ask, auth_sock=auth_sock)
    return caught.value


def trusting(port: int, **facts: object) -> Target:
    """A target without keys, for the servers of this process."""
    base = Target(
        host="127.0.0.1",
        port=port,
        user="ada",
        identity_agent="none",
        strict_host_key_checking="accept-new",
    )
    return replace(base, **facts)  # type: ignore[arg-type]  # facts of a test


def accept_also(host: SshHost, public: Path) -> None:
    with (host.root / "authorized_keys").open("a") as file:
        file.write(public.read_text())


# ---------------------------------------------------------------- keys in files


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_each_type_of_key_logs_in(
    host: SshHost, links: Links, keys: dict[str, Path], kind: str
) -> None:
    key = keys[kind]
    accept_also(host, key.with_suffix(".pub"))
    log_in(host.target(identity_files=(str(key),)), links)


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_old_formats_of_keys_log_in(
    host: SshHost, links: Links, tmp_path: Path, form: str
) -> None:
    key = keygen(tmp_path / "key", "-m", form, kind="ecdsa")
    accept_also(host, key.with_suffix(".pub"))
    key.with_suffix(".pub").unlink()
    log_in(host.target(identity_files=(str(key),)), links)


def test_the_second_named_key_is_tried_when_the_first_is_refused(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    other = keygen(tmp_path / "other")
    log_in(host.target(identity_files=(str(other), str(host.key))), links)


@pytest.mark.parametrize("form", ["RFC4716", "PEM"])
def test_the_passphrase_is_asked_naming_key_and_hop(
    host: SshHost, links: Links, tmp_path: Path, form: str
) -> None:
    key = locked(tmp_path / "locked", "-m", form, kind="ecdsa")
    accept_also(host, key.with_suffix(".pub"))
    person = Person(["wrong", "open sesame"])
    target = host.target(identity_files=(str(key),))
    log_in(target, links, ask=person)
    assert person.kinds == ["passphrase", "passphrase"]
    assert str(key) in person.asked[0].text
    assert target.where in person.asked[0].text
    assert not person.asked[0].echo


def test_a_passphrase_is_asked_once_for_all_links(
    make_host: Callable[..., SshHost], links: Links, tmp_path: Path
) -> None:
    key = locked(tmp_path / "locked")
    person = Person(["open sesame"])
    for name in ("one", "two"):
        host = make_host(name)
        accept_also(host, key.with_suffix(".pub"))
        log_in(host.target(identity_files=(str(key),)), links, ask=person)
    assert person.kinds == ["passphrase"]
    assert "open sesame" not in repr(vars(links))


def test_nobody_is_asked_for_the_passphrase_of_a_key_that_the_host_would_not_take(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    key = locked(tmp_path / "locked")
    person = Person(["open sesame"])
    log_in(host.target(identity_files=(str(key), str(host.key))), links, ask=person)
    assert person.asked == []


def test_an_encrypted_key_and_nobody_there_says_what_to_do(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    key = locked(tmp_path / "locked")
    accept_also(host, key.with_suffix(".pub"))
    error = refused(host.target(identity_files=(str(key),)), links)
    assert "is encrypted" in error.message
    assert error.hint == f"ssh-add {key}"


def test_three_wrong_passphrases_are_enough(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    key = locked(tmp_path / "locked")
    accept_also(host, key.with_suffix(".pub"))
    person = Person(["a", "b", "c", "open sesame"])
    error = refused(host.target(identity_files=(str(key),)), links, ask=person)
    assert len(person.asked) == 3
    assert "none of the passphrases" in error.message


# ---------------------------------------------------------------- files that are no use


def spoil_mode(key: Path) -> None:
    key.chmod(0o644)


def spoil_public(key: Path) -> None:
    key.write_bytes(key.with_suffix(".pub").read_bytes())


def spoil_rtf(key: Path) -> None:
    key.write_text("{\\rtf1\\ansi " + key.read_text() + "}")


def spoil_crlf(key: Path) -> None:
    key.write_bytes(key.read_bytes().replace(b"\n", b"\r\n"))


def spoil_missing(key: Path) -> None:
    key.unlink()


def spoil_empty(key: Path) -> None:
    key.write_text("")


def spoil_ppk(key: Path) -> None:
    out = key.with_suffix(".ppk")
    subprocess.run(["puttygen", key, "-O", "private", "-o", out], check=True)
    out.rename(key)
    key.write_text(key.read_text().replace("-File-3", "-File-1"))


def spoil_other(key: Path) -> None:
    key.write_text("my key is under the mat\n")


def spoil_damaged(key: Path) -> None:
    lines = key.read_text().splitlines()
    key.write_text("\n".join([lines[0], lines[1][:40], lines[-1], ""]))


@pytest.mark.parametrize(
    "fault",
    [
        (spoil_mode, "can be read by others", "chmod 600"),
        (spoil_public, "is a public key", "without .pub"),
        (spoil_rtf, "RTF", "plain text"),
        (spoil_crlf, "CRLF", "sed -i"),
        (spoil_missing, "does not exist", "nbtui profile edit"),
        (spoil_empty, "is empty", "copy the private key"),
        (spoil_ppk, "(.ppk) of version 1", "puttygen"),
        (spoil_other, "not a private key", "ssh-keygen -l"),
        (spoil_damaged, "damaged", "copy"),
    ],
    ids=lambda fault: fault[0].__name__,
)
def test_each_fault_of_a_key_file_has_its_own_words(
    host: SshHost,
    links: Links,
    tmp_path: Path,
    fault: tuple[Callable[[Path], None], str, str],
) -> None:
    spoil, says, hint = fault
    key = own_copy(host.key, tmp_path)
    spoil(key)
    error = refused(host.target(identity_files=(str(key),)), links)
    assert says in error.message
    assert str(key) in error.message
    assert hint in error.hint


def test_a_useless_file_does_not_keep_the_next_key_from_working(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    public = tmp_path / "id.pub"
    shutil.copy(host.key.with_suffix(".pub"), public)
    log_in(host.target(identity_files=(str(public), str(host.key))), links)


def test_a_key_that_is_refused_is_named(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    key = keygen(tmp_path / "stranger")
    error = refused(host.target(identity_files=(str(key),)), links)
    assert str(key) in error.message
    assert "ssh-copy-id" in error.hint


def test_too_many_keys_are_recognised(
    make_host: Callable[..., SshHost], links: Links, tmp_path: Path
) -> None:
    host = make_host(config="MaxAuthTries 3")
    keys = tuple(str(keygen(tmp_path / f"key{n}")) for n in range(5))
    error = refused(host.target(identity_files=keys), links)
    assert "MaxAuthTries" in error.message
    assert "identity_file" in error.hint


def test_the_hosts_own_hint_about_the_user_is_taken(
    make_host: Callable[..., SshHost], links: Links, tmp_path: Path
) -> None:
    banner = tmp_path / "banner"
    banner.write_text(
        'Please login as the user "ubuntu" rather than the user "root".\n\x1b[31m'
    )
    banner.chmod(0o644)
    host = make_host(config=f"Banner {banner}")
    key = keygen(tmp_path / "stranger")
    error = refused(host.target(identity_files=(str(key),)), links)
    assert 'user = "ubuntu"' in error.hint
    assert "\x1b" not in error.message


def test_a_cloud_image_that_wants_another_user_is_understood(
    host: SshHost, links: Links
) -> None:
    sentence = 'Please login as the user "ec2-user" rather than the user "root".'
    forced = f"#!/bin/sh\necho '{sentence}'; echo; sleep 10; exit 142\n"
    (host.root / "wrap").write_text(forced)
    link = links.get(host.target())
    log_in(host.target(), links)
    with pytest.raises(LoginError) as caught:
        link.shell.run("true")
    assert "ec2-user" in caught.value.hint


# ---------------------------------------------------------------- the agent


def test_a_key_of_the_agent_of_who_asks_logs_in(
    host: SshHost, links: Links, agent: str
) -> None:
    add_key(agent, host.key)
    target = host.target(identity_files=(), identities_only=False, identity_agent=None)
    log_in(target, links, auth_sock=agent)


def test_identity_agent_none_means_no_agent(
    host: SshHost, links: Links, agent: str
) -> None:
    add_key(agent, host.key)
    error = refused(host.target(identity_files=()), links, auth_sock=agent)
    assert "there was no key to offer" in error.message


def test_an_rsa_key_of_the_agent_signs_without_sha1(
    host: SshHost, links: Links, agent: str, keys: dict[str, Path]
) -> None:
    key = keys["rsa"]
    accept_also(host, key.with_suffix(".pub"))
    add_key(agent, key)
    log_in(
        host.target(identity_files=(), identities_only=False, identity_agent=agent), links
    )


def test_the_agent_is_used_for_a_named_key_before_its_passphrase_is_asked(
    host: SshHost, links: Links, agent: str, tmp_path: Path
) -> None:
    key = own_copy(host.key, tmp_path)
    add_key(agent, key)
    lock: list[str | Path] = [
        "ssh-keygen",
        "-q",
        "-p",
        "-a",
        "1",
        "-N",
        "locked",
        "-f",
        key,
    ]
    subprocess.run(lock, check=True, stdout=subprocess.DEVNULL)
    person = Person(["locked"])
    target = host.target(identity_files=(str(key),), identity_agent=agent)
    log_in(target, links, ask=person)
    assert person.asked == []


def test_a_named_public_key_picks_the_agents_private_half(
    host: SshHost, links: Links, agent: str, tmp_path: Path
) -> None:
    for n in range(4):
        add_key(agent, keygen(tmp_path / f"other{n}"))
    add_key(agent, host.key)
    public = str(host.key.with_suffix(".pub"))
    log_in(host.target(identity_files=(public,), identity_agent=agent), links)
    accepted = [x for x in (host.root / "log").read_text().splitlines() if "Failed" in x]
    assert accepted == []


def test_an_agent_that_is_gone_is_as_none(
    host: SshHost, links: Links, tmp_path: Path
) -> None:
    log_in(host.target(identity_agent=str(tmp_path / "gone")), links)


# ---------------------------------------------------------------- certificates


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return keygen(tmp_path / "ca")


def sign_user(authority: Path, key: Path, *options: str) -> Path:
    principal = getpass.getuser()
    public = key.with_suffix(".pub")
    command: list[str | Path] = [
        "ssh-keygen",
        "-q",
        "-s",
        authority,
        "-I",
        "id",
        "-n",
        principal,
        *options,
        public,
    ]
    subprocess.run(command, check=True)
    return key.with_name(f"{key.name}-cert.pub")


@pytest.fixture
def certain(make_host: Callable[..., SshHost], authority: Path) -> SshHost:
    """A host that takes what the authority signed, and no plain key."""
    return make_host(config=f"TrustedUserCAKeys {authority}.pub\nAuthorizedKeysFile none")


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_certificate_beside_the_key_logs_in(
    certain: SshHost, links: Links, authority: Path, keys: dict[str, Path], kind: str
) -> None:
    key = own_copy(keys[kind], certain.root)
    sign_user(authority, key)
    log_in(certain.target(identity_files=(str(key),)), links)


def test_a_certificate_file_elsewhere_logs_in_with_the_agents_key(
    make_host: Callable[..., SshHost],
    links: Links,
    tmp_path: Path,
    authority: Path,
    agent: str,
) -> None:
    host = make_host(config=f"TrustedUserCAKeys {authority}.pub\nAuthorizedKeysFile none")
    key = keygen(tmp_path / "key")
    moved = sign_user(authority, key).rename(tmp_path / "elsewhere.pub")
    add_key(agent, key)
    target = host.target(
        identity_files=(str(key),), certificate_files=(str(moved),), identity_agent=agent
    )
    log_in(target, links)


def test_an_old_certificate_does_not_keep_the_plain_key_from_working(
    host: SshHost, links: Links, tmp_path: Path, authority: Path
) -> None:
    key = own_copy(host.key, tmp_path)
    sign_user(authority, key, "-V", "20200101:20200201")
    log_in(host.target(identity_files=(str(key),)), links)


# ---------------------------------------------------------------- passwords and codes


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    servers: list[LoginServer | PartialServer] = []

    def start(server: LoginServer | PartialServer) -> int:
        servers.append(server)
        return server.port

    yield start
    for server in servers:
        server.close()


def test_a_password_is_asked_kept_and_used_again(
    serve: Callable[..., int], links: Links
) -> None:
    target = trusting(serve(LoginServer(lambda: PasswordServer("right"))))
    person = Person(["wrong", "right"])
    log_in(target, links, ask=person)
    links.close()
    log_in(target, links, ask=person)
    assert person.kinds == ["password", "password"]
    assert target.where in person.asked[0].text
    assert not person.asked[0].echo


def test_a_kept_password_that_is_refused_is_forgotten(
    serve: Callable[..., int], links: Links
) -> None:
    accepted = ["first"]
    target = trusting(serve(LoginServer(lambda: PasswordServer(accepted[0]))))
    log_in(target, links, ask=Person(["first"]))
    links.close()
    accepted[0] = "second"
    person = Person(["second"])
    log_in(target, links, ask=person)
    assert person.kinds == ["password"]


def test_a_refused_password_is_said_and_never_shown(
    serve: Callable[..., int], links: Links
) -> None:
    target = trusting(serve(LoginServer(lambda: PasswordServer("right"))))
    error = refused(target, links, ask=Person(["hunter1", "hunter2", "hunter3"]))
    assert "the password was refused" in error.message
    assert "hunter" not in error.message


def test_a_password_and_nobody_there(serve: Callable[..., int], links: Links) -> None:
    target = trusting(serve(LoginServer(lambda: PasswordServer("right"))))
    error = refused(target, links)
    assert "needs the password" in error.message
    assert "terminal" in error.hint


def test_several_prompts_are_each_asked_and_never_kept(
    serve: Callable[..., int], links: Links
) -> None:
    prompts = [("Password: ", False), ("Verification code:\x1b[2J ", True)]
    port = serve(LoginServer(lambda: PromptServer(prompts, ["pw", "123456"])))
    target = trusting(port)
    for _ in range(2):
        person = Person(["pw", "123456"])
        log_in(target, links, ask=person)
        assert person.kinds == ["code", "code"]
        assert [question.echo for question in person.asked] == [False, True]
        assert "\x1b" not in person.asked[1].text
        assert "one code now, none again until you disconnect" in person.asked[1].text
        links.close()


def test_a_wrong_code_is_asked_again(serve: Callable[..., int], links: Links) -> None:
    port = serve(LoginServer(lambda: PromptServer([("Code: ", False)], ["2"])))
    log_in(trusting(port), links, ask=Person(["1", "2"]))


def test_key_and_code_together_log_in(
    serve: Callable[..., int], links: Links, user_key: Path
) -> None:
    server = PartialServer(lambda: KeyAndCode("777"), str(user_key))
    target = trusting(
        serve(server), identity_files=(str(user_key),), identities_explicit=True
    )
    person = Person(["777"])
    log_in(target, links, ask=person)
    assert person.kinds == ["code"]


def test_key_and_code_with_nobody_there_says_that_a_code_is_needed(
    serve: Callable[..., int], links: Links, user_key: Path
) -> None:
    server = PartialServer(lambda: KeyAndCode("777"), str(user_key))
    target = trusting(
        serve(server), identity_files=(str(user_key),), identities_explicit=True
    )
    error = refused(target, links)
    assert "the key was accepted" in error.message
    assert "a code" in error.message


def test_two_keys_where_the_host_wants_two(
    make_host: Callable[..., SshHost], links: Links, tmp_path: Path
) -> None:
    host = make_host(config="AuthenticationMethods publickey,publickey")
    second = keygen(tmp_path / "second")
    accept_also(host, second.with_suffix(".pub"))
    log_in(host.target(identity_files=(str(host.key), str(second))), links)


def test_preferred_authentications_leave_out_what_they_do_not_name(
    serve: Callable[..., int], links: Links
) -> None:
    target = trusting(
        serve(LoginServer(lambda: PasswordServer("right"))),
        preferred_authentications=("publickey",),
    )
    person = Person(["right"])
    refused(target, links, ask=person)
    assert person.asked == []


# ---------------------------------------------------------------- slow people


class LongPause(SystemClock):
    """Time that a test may add to."""

    extra = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.extra


def test_an_answer_that_came_after_the_host_hung_up_is_used_in_a_second_call(
    host: SshHost, tmp_path: Path
) -> None:
    clock = LongPause()
    links = Links(clock=clock)
    questions: list[Question] = []

    def ask(question: Question) -> str:
        questions.append(question)
        host.kill_sessions()  # what sshd does after LoginGraceTime
        clock.extra += 60
        return "yes"

    log_in(host.target(user_known_hosts=(str(tmp_path / "known_hosts"),)), links, ask=ask)
    assert len(questions) == 1
    links.close()


# ---------------------------------------------------------------- PAM


@pytest.fixture
def pam_host(make_host: Callable[..., SshHost], tmp_path: Path) -> SshHost:
    """A host that wants the key and, by PAM, the password "pw-one" of a shadow file of its own."""
    user = getpass.getuser()
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", "pw-one"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (tmp_path / "shadow").write_text(f"{user}:{hashed}:19000:0:99999:7:::\n")
    (tmp_path / "pam").write_text(
        "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
    )
    return make_host(
        boot=f"mount --bind {tmp_path}/shadow /etc/shadow; mount --bind {tmp_path}/pam /etc/pam.d/sshd",
        config=(
            "UsePAM yes\nKbdInteractiveAuthentication yes\nPermitRootLogin yes\n"
            "AuthenticationMethods publickey,keyboard-interactive"
        ),
    )


@pytest.mark.root
def test_key_and_password_by_pam_log_in(pam_host: SshHost, links: Links) -> None:
    person = Person(["pw-one"])
    log_in(pam_host.target(), links, ask=person)
    assert person.kinds == ["code"]
    assert "Password" in person.asked[0].text


@pytest.mark.root
def test_key_and_password_by_pam_with_nobody_there(pam_host: SshHost, links: Links) -> None:
    error = refused(pam_host.target(), links)
    assert "the key was accepted" in error.message
