"""nbtui and its peers, each as a process of its own that forwards a port to the same place through the same sshd.

`python benchmarks/forwarders.py NAME HOST_PORT KEY KNOWN_HOSTS LOCAL_PORT REMOTE_PORT` is one of them.
"""

import asyncio
import contextlib
import getpass
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ground import HERE, running
from traffic import answers

from lab.sshd import SshHost, free_port
from waiting import until

OURS = "nbtui"
SSH, SSH_GCM = "ssh -L", "ssh -L, aes128-gcm"
STOCK, ASYNCSSH = "stock sshtunnel", "asyncssh"
SLOW = (STOCK, ASYNCSSH)
EVERYBODY = (OURS, SSH, SSH_GCM, STOCK, ASYNCSSH)


class Way(NamedTuple):
    """What one of them needs to know."""

    host_port: int
    """Of the sshd, or of a wire that leads there."""

    key: str
    known_hosts: str
    local: int
    """Port to listen on."""

    remote: int
    """Port on the host that it leads to."""


def serve_ours(way: Way) -> None:
    """The link and a forward of nbtui."""
    from nbtui.clock import SystemClock  # noqa: PLC0415  # each process imports its own
    from nbtui.model.question import nobody, silent  # noqa: PLC0415
    from nbtui.ssh.forward import LocalForward  # noqa: PLC0415
    from nbtui.ssh.link import LoginContext  # noqa: PLC0415
    from nbtui.ssh.links import Links  # noqa: PLC0415

    host = SshHost(
        name="vm", root=Path(way.known_hosts).parent, key=Path(way.key), port=way.host_port
    )
    target = host.target(user_known_hosts=(way.known_hosts,))
    link = Links(clock=SystemClock()).get(target)
    link.open(ask=nobody, tell=silent, timeout=20, context=LoginContext())
    link.shell.open()
    to, listen = f"127.0.0.1:{way.remote}", f"127.0.0.1:{way.local}"
    LocalForward(listen=listen, to=to, transport=link.transport).open()
    sys.stdin.read()


def serve_stock(way: Way) -> None:
    """Stock sshtunnel as it comes."""
    import sshtunnel  # noqa: PLC0415  # see serve_ours

    forward = sshtunnel.SSHTunnelForwarder(
        ("127.0.0.1", way.host_port),
        ssh_username=getpass.getuser(),
        ssh_pkey=way.key,
        ssh_config_file=None,
        allow_agent=False,
        host_pkey_directories=[],
        local_bind_address=("127.0.0.1", way.local),
        remote_bind_address=("127.0.0.1", way.remote),
        logger=logging.getLogger("stock"),
    )
    forward.start()
    sys.stdin.read()


def serve_asyncssh(way: Way) -> None:
    """The forwarder of asyncssh as it comes."""
    import asyncssh  # noqa: PLC0415  # see serve_ours

    async def forever() -> None:
        async with asyncssh.connect(
            "127.0.0.1",
            way.host_port,
            client_keys=[way.key],
            known_hosts=way.known_hosts,
            config=None,
            agent_path=None,
        ) as link:
            to = ("127.0.0.1", way.remote)
            await link.forward_local_port("127.0.0.1", way.local, *to)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(forever())


SERVERS: dict[str, Callable[[Way], None]] = {
    OURS: serve_ours,
    STOCK: serve_stock,
    ASYNCSSH: serve_asyncssh,
}


def command(name: str, way: Way) -> list[str]:
    """What starts one of them."""
    if name in SERVERS:
        return [sys.executable, str(HERE / "forwarders.py"), name, *map(str, way)]
    cipher = ["-c", "aes128-gcm@openssh.com"] if name == SSH_GCM else []
    options = ["-o", f"UserKnownHostsFile={way.known_hosts}", "-o", "BatchMode=yes"]
    forward = ["-N", "-L", f"127.0.0.1:{way.local}:127.0.0.1:{way.remote}", *cipher]
    to = ["-i", way.key, "-o", "IdentitiesOnly=yes", "-p", str(way.host_port), "127.0.0.1"]
    return ["ssh", "-F", "/dev/null", *options, *forward, *to]


def installed(names: Sequence[str]) -> list[str]:
    """Those that can run here."""
    missing = {ASYNCSSH} if importlib.util.find_spec("asyncssh") is None else set()
    return [name for name in names if name not in missing]


@contextlib.contextmanager
def forwarding(
    names: Sequence[str], host: SshHost, remote: int, *, through: int | None = None
) -> Iterator[dict[str, int]]:
    """All of them up; the local port of each.

    Args:
        names: who.
        host: the sshd.
        remote: port on it.
        through: port of a wire that leads to the sshd.
    """
    known_hosts = host.root / f"known_hosts.{through or host.port}"
    public = (host.root / "hostkey.pub").read_text()
    known_hosts.write_text(f"[127.0.0.1]:{through or host.port} {public}")
    ports = {}
    with contextlib.ExitStack() as stack:
        for name in installed(names):
            facts = (through or host.port, str(host.key), str(known_hosts))
            way = Way(*facts, ports.setdefault(name, free_port()), remote)
            stack.enter_context(running(command(name, way)))
            until(lambda port=way.local: answers(port), what=f"{name} listening")  # type: ignore[misc]  # mypy knows no lambda default
        yield ports


if __name__ == "__main__":
    host_port, key, known_hosts, local, remote = sys.argv[2:]
    SERVERS[sys.argv[1]](Way(int(host_port), key, known_hosts, int(local), int(remote)))
