"""The system's keyring: only where a profile says so, only what was right, and forgotten when told."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.logins import LoginServer, PasswordServer
from lab.people import Person
from lab.sshd import SshHost, keygen
from nbtui.clock import SystemClock
from nbtui.errors import LoginError
from nbtui.model.question import Ask, nobody, silent
from nbtui.model.target import Target
from nbtui.ssh.keyring import SystemKeyring
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links
from nbtui.ssh.remembered import Secrets

pytestmark = pytest.mark.live
PHRASE = "sesame"
TESTS = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the keyring of this process."""
    import keyring  # noqa: PLC0415  # as late as the agent does

    from lab.file_keyring import FileKeyring  # noqa: PLC0415  # see above

    monkeypatch.setenv("LAB_KEYRING", str(tmp_path / "keyring"))
    monkeypatch.setattr(keyring.core, "_keyring_backend", FileKeyring())
    return tmp_path / "keyring"


def held(file: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return found


@pytest.fixture
def make_links() -> Iterator[Callable[[], Links]]:
    """Each is an agent of its own: it remembers nothing of the one before."""
    made: list[Links] = []

    def make(patience: float = 30.0) -> Links:
        made.append(Links(clock=SystemClock(), secrets=Secrets(SystemKeyring(patience=patience))))  # fmt: skip
        return made[-1]

    yield make
    for links in made:
        links.close()


@pytest.fixture
def accepts() -> list[str]:
    """The password that the host takes now."""
    return ["right"]


@pytest.fixture
def target(accepts: list[str]) -> Iterator[Target]:
    server = LoginServer(lambda: PasswordServer(accepts[0]))
    yield Target(
        host="127.0.0.1", port=server.port, user="ada", identity_agent="none",
        strict_host_key_checking="accept-new",
    )  # fmt: skip
    server.close()


def log_in(
    links: Links, target: Target, ask: Ask = nobody, *, keyring: bool = True
) -> None:
    link = links.get(target)
    context = LoginContext(keyring=keyring)
    link.open(ask=ask, tell=silent, timeout=10, context=context)
    links.release(link)


Make = Callable[..., Links]


def test_a_password_that_was_right_is_kept_and_nobody_is_asked_again(
    kept: Path, make_links: Make, target: Target
) -> None:
    person = Person(["wrong", "right"])
    log_in(make_links(), target, person)
    assert person.kinds == ["password", "password"]
    assert held(kept) == {f"nbtui|password {target.where}": "right"}
    log_in(make_links(), target)


def test_without_the_profiles_word_nothing_is_kept_or_looked_up(
    kept: Path, make_links: Make, target: Target
) -> None:
    log_in(make_links(), target, Person(["right"]), keyring=False)
    assert held(kept) == {}
    log_in(make_links(), target, Person(["right"]))
    with pytest.raises(LoginError):
        log_in(make_links(), target, keyring=False)


def test_one_that_is_refused_is_dropped_and_asked_for(
    kept: Path, make_links: Make, target: Target, accepts: list[str]
) -> None:
    log_in(make_links(), target, Person(["right"]))
    accepts[0] = "newer"
    person = Person(["newer"])
    log_in(make_links(), target, person)
    assert person.kinds == ["password"]
    assert held(kept) == {f"nbtui|password {target.where}": "newer"}
    accepts[0] = "newest"
    with pytest.raises(LoginError):
        log_in(make_links(), target, Person(["guess"]))
    assert held(kept) == {}


def test_what_the_agent_remembers_goes_first_then_the_keyrings(
    kept: Path, make_links: Make, target: Target, accepts: list[str]
) -> None:
    links = make_links()
    log_in(links, target, Person(["right"]))
    accepts[0] = "newer"
    kept.write_text(json.dumps({f"nbtui|password {target.where}": "newer"}))
    log_in(links, target)
    assert held(kept) == {f"nbtui|password {target.where}": "newer"}


@pytest.mark.parametrize("broken", ["LockedKeyring", "SleepingKeyring"])
def test_a_keyring_that_cannot_be_used_is_none(
    make_links: Make,
    target: Target,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import keyring  # noqa: PLC0415  # as late as the agent does

    from lab import file_keyring  # noqa: PLC0415  # see above

    backend = getattr(file_keyring, broken)()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    person = Person(["right"])
    log_in(make_links(0.3), target, person)
    assert person.kinds == ["password"]
    assert "keyring" in caplog.text
    assert "ada" not in caplog.text


def test_forgetting_takes_it_from_memory_and_keyring_and_from_no_other(
    kept: Path, make_links: Make, target: Target
) -> None:
    links = make_links()
    log_in(links, target, Person(["right"]))
    others = {"nbtui|password eve@other": "x", "other|password ada@127.0.0.1": "y"}
    kept.write_text(json.dumps({**held(kept), **others}))
    assert links.erase(target) == (f"password {target.where}",)
    assert held(kept) == others
    assert links.erase(target) == ()
    person = Person(["right"])
    log_in(links, target, person)
    assert person.kinds == ["password"]


# ---------------------------------------------------------------- as a user does it


@pytest.fixture
def desk(make_desk: Callable[..., Desk], tmp_path: Path) -> Desk:
    return make_desk(
        PYTHON_KEYRING_BACKEND="lab.file_keyring.FileKeyring",
        PYTHONPATH=str(TESTS),
        LAB_KEYRING=str(tmp_path / "keyring"),
    )


def locked(host: SshHost, desk: Desk, *lines: str) -> Path:
    """A profile whose key wants the passphrase `sesame`."""
    key = keygen(desk.root / "locked", "-a", "1", passphrase=PHRASE)
    with (host.root / "authorized_keys").open("a") as file:
        file.write(key.with_suffix(".pub").read_text())
    desk.knows(host)
    profiles = desk.config / "profiles.toml"
    text = profiles.read_text().replace(str(host.key), str(key))
    profiles.write_text(
        text.replace("[profiles.myvm]\n", "\n".join(("[profiles.myvm]", *lines, "")))
    )
    return key


def shell(desk: Desk, *typed: bytes) -> int:
    with desk.terminal("shell", "myvm", "--", "true") as tty:
        for answer in typed:
            tty.wait_for(b"Passphrase")
            tty.type(answer + b"\n")
        return tty.end()


@pytest.mark.slow
def test_a_profile_that_says_so_is_asked_once_for_ever_and_forget_ends_that(
    host: SshHost, desk: Desk, tmp_path: Path
) -> None:
    key = locked(host, desk, "keyring = true")
    assert shell(desk, b"sesame") == 0
    assert held(tmp_path / "keyring") == {f"nbtui|passphrase {key}": "sesame"}
    assert desk.nbtui("agent", "stop").status == 0
    assert desk.nbtui("shell", "myvm", "--", "true").status == 0
    ran = desk.nbtui("profile", "forget", "myvm")
    assert (ran.status, ran.out) == (0, f"passphrase {key}\n"), ran.err
    assert held(tmp_path / "keyring") == {}
    assert desk.nbtui("profile", "forget", "myvm").out == ""
    assert desk.nbtui("disconnect", "myvm").status == 0
    assert desk.nbtui("shell", "myvm", "--", "true").status == 4
    for text in (desk.log(), ran.out, ran.err):
        assert "sesame" not in text


@pytest.mark.slow
def test_another_profile_keeps_nothing_and_a_removed_one_takes_its_own_along(
    host: SshHost, desk: Desk, tmp_path: Path
) -> None:
    locked(host, desk)
    assert shell(desk, b"sesame") == 0
    assert held(tmp_path / "keyring") == {}
    profiles = desk.config / "profiles.toml"
    profiles.write_text(profiles.read_text() + "[defaults]\nkeyring = true\n")
    desk.nbtui("agent", "stop")
    assert shell(desk, b"sesame") == 0
    assert len(held(tmp_path / "keyring")) == 1
    assert desk.nbtui("profile", "remove", "myvm").status == 0
    assert held(tmp_path / "keyring") == {}


@pytest.mark.slow
def test_where_the_package_is_missing_it_is_said_and_the_person_is_asked(
    host: SshHost, desk: Desk
) -> None:
    locked(host, desk, "keyring = true")
    hidden = desk.root / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'keyring' else find(name, package)\n"
    )
    desk.env["PYTHONPATH"] = str(hidden)
    with desk.terminal("shell", "myvm", "--", "true") as tty:
        tty.wait_for(b"Passphrase")
        tty.type(b"sesame\n")
        assert tty.end() == 0
        assert b"nbtui-sessions[keyring]" in tty.shown
