"""Fixtures that more than one folder of tests needs; all of them are of POSIX."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, keygen


@pytest.fixture(scope="session")
def lab() -> Iterator[Path]:
    """A short folder (Unix sockets allow 107 bytes) that goes away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nb.", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def user_key(lab: Path) -> Path:
    """The private key that every host of the lab accepts."""
    return keygen(lab / "id")


@contextmanager
def booting(lab: Path, user_key: Path) -> Iterator[Callable[..., SshHost]]:
    """Hosts that are cut off at the end."""
    hosts: list[SshHost] = []

    def make(name: str = "alpha", **facts: object) -> SshHost:
        root = Path(tempfile.mkdtemp(prefix="h", dir=lab))
        host = SshHost(name=name, root=root, key=user_key, **facts)  # type: ignore[arg-type]
        hosts.append(host)
        return host.start()

    yield make
    for host in hosts:
        host.stop()
        shutil.rmtree(host.root, ignore_errors=True)


@pytest.fixture
def make_host(lab: Path, user_key: Path) -> Iterator[Callable[..., SshHost]]:
    """Boot a host of one's own: `make_host("alpha", config="MaxSessions 1")`."""
    with booting(lab, user_key) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_host(lab: Path, user_key: Path) -> Iterator[Callable[..., SshHost]]:
    """`make_host` for hosts that all tests of a module share."""
    with booting(lab, user_key) as make:
        yield make


@pytest.fixture
def host(make_host: Callable[..., SshHost]) -> SshHost:
    """A fresh host with nothing on it."""
    return make_host()


@contextmanager
def sitting(lab: Path) -> Iterator[Callable[..., Desk]]:
    """Desks whose agents are ended at the end."""
    desks: list[Desk] = []

    def make(*inside: str, **env: str) -> Desk:
        root = Path(tempfile.mkdtemp(prefix="d", dir=lab))
        desks.append(Desk(root=root, env=env, inside=[*inside]))
        return desks[-1]

    yield make
    for desk in desks:
        desk.leave()
        shutil.rmtree(desk.root, ignore_errors=True)


@pytest.fixture
def make_desk(lab: Path) -> Iterator[Callable[..., Desk]]:
    """Sit a user down: `make_desk()`; the agent that they started is ended afterwards."""
    with sitting(lab) as make:
        yield make


@pytest.fixture(scope="module")
def shared_desk(lab: Path) -> Iterator[Desk]:
    """A user whom all tests of a module share, with the agent."""
    with sitting(lab) as make:
        yield make()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A user without anything."""
    return make_desk()
